"""LINE's webhook: the signature over the raw bytes, all events into the inbox, a worker woken, 200. Nothing else.

The signature is compared here and not by the SDK: the SDK takes the body as text, and a body that is no valid
UTF-8 could not be checked without changing it first. SHA-256 and base64 are the standard library's.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import structlog
from flask import Blueprint, Response, request

_log = structlog.get_logger(__name__)

PATH = "/line/webhook"

LARGEST_BODY = 1024 * 1024
"""Bytes. A text message has 5,000 characters at most, and a webhook a few events."""

LONGEST_ID = 64
"""Characters of an event's id that are logged; LINE's have 26."""

Store = Callable[[Sequence[Mapping[str, Any]]], tuple[str, ...]]
"""Keeps raw events safely, in one transaction, and returns what to wake workers by: something waits there now."""


def line_blueprint(secrets: Sequence[str], store: Store, wake: Callable[[Iterable[str]], None]) -> Blueprint:
    """The blueprint of the webhook. `secrets`: the channel secrets that are accepted, at least one."""
    if not all(secrets) or not secrets:
        raise ValueError("a webhook without a channel secret would take anybody's word")
    keys = [secret.encode() for secret in secrets]
    blueprint = Blueprint("line", __name__)

    def webhook() -> Response:
        request.max_content_length = LARGEST_BODY
        body = request.get_data(cache=False)
        if not is_signed(body, request.headers.get("X-Line-Signature", ""), keys):
            return _answer(401, "wrong signature")
        try:
            events = read_events(body)
        except NotAWebhook:
            return _answer(400, "not a webhook")
        return _keep(events, store, wake)

    blueprint.add_url_rule(PATH, "webhook", webhook, methods=["POST"], provide_automatic_options=False)
    return blueprint


def is_signed(body: bytes, signature: str, keys: Iterable[bytes]) -> bool:
    """Whether `signature` is the base64 of the body's HMAC-SHA256 under one of the keys."""
    given = signature.encode("utf-8", "replace")
    # Each key is tried, right or wrong, so that the time tells nothing.
    matches = [hmac.compare_digest(b64encode(hmac.digest(key, body, "sha256")), given) for key in keys]
    return any(matches)


class NotAWebhook(Exception):
    """A signed body that is no webhook."""


def read_events(body: bytes) -> list[dict[str, Any]]:
    """The events of a webhook's body, as they came. Raises NotAWebhook."""
    try:
        webhook = json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotAWebhook from None
    events = webhook.get("events") if isinstance(webhook, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise NotAWebhook
    return events


def _refuse(constant: str) -> NoReturn:
    """NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(constant)


def _keep(
    events: Sequence[Mapping[str, Any]], store: Store, wake: Callable[[Iterable[str]], None]
) -> Response:
    if not events:
        return _answer(200, "")  # The console's Verify button.
    try:
        waiting = store(events)
    except Exception as error:
        # LINE delivers them again where that is turned on in its console.
        _log.error("webhook: events could not be stored", events=len(events), error=type(error).__name__)
        return _answer(503, "not stored")
    _log.info("webhook: events stored", events=len(events), event_ids=_ids(events))
    try:
        wake(waiting)
    except Exception as error:
        # They are safe: the sweeper finds what nobody was woken for.
        _log.error("webhook: no worker could be woken", error=type(error).__name__)
    return _answer(200, "")


def _ids(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """LINE's ids of the events: by them their turns and answers are found in the log."""
    return [str(event.get("webhookEventId", ""))[:LONGEST_ID] for event in events]


def _answer(status: int, text: str) -> Response:
    return Response(text, status, mimetype="text/plain")
