"""What holds for every call: the request id, the bearer token, the largest body, and misbehaviour on purpose."""

import hmac
import socket
import time
import uuid
from contextlib import suppress
from typing import Any

from flask import Blueprint, Request, Response, g, request

from simulator.api.errors import LineError, answer
from simulator.platform import Platform
from simulator.texts import whole

LARGEST_BODY = 2 * 1024 * 1024
SENDING = "/v2/bot/message/"
"""Errors and lost answers on purpose meet only calls below this path."""


def guard(blueprint: Blueprint, platform: Platform) -> None:
    """Hold all calls of the blueprint to these rules."""

    @blueprint.before_request
    def admit() -> None:
        g.request_id = str(uuid.uuid4())
        if delay := platform.misbehaviour.value("api_delay_ms"):
            time.sleep(delay / 1000)
        if (request.content_length or 0) > LARGEST_BODY:
            raise LineError(413, "Request is larger than the max 2 MB")
        request.get_data()  # A connection that is closed with an unread body is reset, and an error not seen.
        if not _is_known(request.headers.get("Authorization", ""), platform):
            raise LineError(
                401, "Authentication failed. Confirm that the access token in the header is valid."
            )
        if platform.settings.rate_limits and not platform.rates.admit(_endpoint()):
            raise LineError(429, "The API rate limit has been exceeded. Try again later.")
        if _meets_trouble(platform) and (status := platform.misbehaviour.failure()):
            raise LineError(status, f"The simulator was told to answer {status}")

    @blueprint.after_request
    def identify(response: Response) -> Response:
        response.headers["x-line-request-id"] = g.request_id
        platform.traffic.api(
            f"{request.method} {request.path}", response.status_code, _json(request), _json(response)
        )
        is_done = response.status_code < 300
        if is_done and _meets_trouble(platform) and platform.misbehaviour.happens("lose"):
            _cut_connection()
        return response

    blueprint.register_error_handler(LineError, answer)
    blueprint.register_error_handler(RecursionError, _too_deep)


def _endpoint() -> str:
    """Method and rule: what LINE counts calls by."""
    return f"{request.method} {request.url_rule.rule if request.url_rule else request.path}"


def _meets_trouble(platform: Platform) -> bool:
    return request.path.startswith(SENDING) or bool(platform.misbehaviour.value("fail_everything"))


def _json(message: Request | Response) -> dict[str, Any] | None:
    """The JSON object of a request or an answer, for who looks on; None: it has none."""
    try:
        found = message.get_json(silent=True) if message.is_json else None
        return whole(found) if isinstance(found, dict) else None
    except RecursionError:
        return None


def _too_deep(_error: Exception) -> Response:
    return answer(LineError(400, "The request body is nested too deeply"))


def _is_known(header: str, platform: Platform) -> bool:
    """The long-lived token, or a short-lived one that lives."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "bearer":
        return False
    long_lived = platform.settings.channel_access_token
    is_long_lived = hmac.compare_digest(given.strip().encode(), long_lived.encode())
    return is_long_lived or platform.channel_tokens.seconds_left(given.strip()) is not None


def _cut_connection() -> None:
    """The call was carried out, but its answer will not arrive."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
