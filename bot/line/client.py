"""The only caller of LINE's SDK: one connection pool a process, a time limit on every call, nothing repeated here.

Whether an attempt that failed is made again is the outbox's to decide, by what is known of its fate. A log line of a
call holds LINE's request id and our own ids, never a body, an address within LINE's API or a LINE user id.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

import structlog
from linebot.v3.insight import ApiClient as InsightClient
from linebot.v3.insight import ApiException as InsightException
from linebot.v3.insight import Insight as InsightApi
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BroadcastRequest,
    Configuration,
    ErrorResponse,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
)
from linebot.v3.messaging import Message as SdkMessage
from pydantic.v1 import PrivateAttr  # The SDK's models are of that version.
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

from bot.line.api import (
    AccessTokens,
    BotInfo,
    Delivery,
    Insight,
    LineBusy,
    LineDoesNotKnow,
    LineUnavailable,
    Message,
    Quota,
    SendResult,
    WebhookEndpoint,
)

_log = structlog.get_logger(__name__)

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 5.0
TIME_LIMIT: Final = (CONNECT_SECONDS, READ_SECONDS)
"""Of each call. A reply token lives a minute, so a reply may be tried several times within it."""

_BAD_REPLY_TOKEN = "Invalid reply token"  # noqa: S105  # A text of LINE's, and no secret.
_REQUEST_ID = "x-line-request-id"
_ACCEPTED_ID = "x-line-accepted-request-id"
"""With a 409: of the request that was accepted."""
_UNAUTHORIZED = 401
_UNAVAILABLE: Final = {404: LineDoesNotKnow, 429: LineBusy}


class _Client(ApiClient):  # type: ignore[misc]  # The SDK ships no types.
    """The SDK's client, for which an answer that its models can't read is one without content.

    Left alone it raises, and a message that LINE accepted would count as lost.
    """

    def deserialize(self, response: Any, response_type: Any) -> Any:
        """The answer's content, or None."""
        try:
            return super().deserialize(response, response_type)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("line: an answer of LINE's has an unknown form", error=type(error).__name__)
            return None


@dataclass(frozen=True, slots=True, repr=False)
class _OneToken:
    """A long-lived token."""

    token: str

    def current(self) -> str:
        """The one there is."""
        return self.token

    def refused(self, token: str) -> None:
        """There is no other; `madoguchi check` and the metrics tell of it."""


class _Configuration(Configuration):  # type: ignore[misc]  # The SDK ships no types.
    """The SDK's, which asks for the token at each call."""

    def __init__(self, tokens: AccessTokens, host: str) -> None:
        super().__init__(access_token="", host=host)
        self._tokens = tokens

    def auth_settings(self) -> dict[str, Any]:
        """The header of a call. Raises LineUnavailable."""
        value = f"Bearer {self._tokens.current()}"
        return {"Bearer": {"type": "bearer", "in": "header", "key": "Authorization", "value": value}}


class LineClient:
    """Fulfils `bot.line.api.LineApi`. Safe to share among threads; close it at the end."""

    def __init__(
        self, *, access_token: str | AccessTokens, base_url: str, time_limit: tuple[float, float] = TIME_LIMIT
    ) -> None:
        """`access_token`: one that lives as long as this client, or where to get the one of the moment."""
        self._tokens = _OneToken(access_token) if isinstance(access_token, str) else access_token
        configuration = _Configuration(self._tokens, base_url.rstrip("/"))
        # The SDK would connect up to four times; each of ours is an attempt that is noted.
        configuration.retries = False
        self._client = _Client(configuration)
        self._api = MessagingApi(self._client)
        self._insight_client = InsightClient(configuration)
        self._insight = InsightApi(self._insight_client)
        self._time_limit = time_limit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for client in (self._client, self._insight_client):
            client.rest_client.pool_manager.clear()
            client.close()

    def reply(self, reply_token: str, messages: Sequence[Message]) -> SendResult:
        """Answer an event with at most 5 messages; free of charge, and without a retry key."""
        return self._send(
            "reply",
            build=lambda: ReplyMessageRequest(reply_token=reply_token, messages=_plain(messages)),
            call=lambda request: self._api.reply_message_with_http_info(
                request, _request_timeout=self._time_limit
            ),
        )

    def push(self, line_user_id: str, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        """Send at most 5 messages to one LINE user; the same `retry_key` (a UUID) is accepted once in 24 hours."""
        return self._send(
            "push",
            build=lambda: PushMessageRequest(to=line_user_id, messages=_plain(messages)),
            call=lambda request: self._api.push_message_with_http_info(
                request, x_line_retry_key=retry_key, _request_timeout=self._time_limit
            ),
            retry_key=retry_key,
        )

    def multicast(
        self, line_user_ids: Sequence[str], messages: Sequence[Message], *, retry_key: str, unit: str
    ) -> SendResult:
        """Send at most 5 messages to at most 500 LINE users; LINE counts them under the name `unit`."""
        return self._send(
            "multicast",
            build=lambda: MulticastRequest(
                to=list(line_user_ids), messages=_plain(messages), custom_aggregation_units=[unit]
            ),
            call=lambda request: self._api.multicast_with_http_info(
                request, x_line_retry_key=retry_key, _request_timeout=self._time_limit
            ),
            retry_key=retry_key,
        )

    def broadcast(self, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        """Send at most 5 messages to every friend."""
        return self._send(
            "broadcast",
            build=lambda: BroadcastRequest(messages=_plain(messages)),
            call=lambda request: self._api.broadcast_with_http_info(
                request, x_line_retry_key=retry_key, _request_timeout=self._time_limit
            ),
            retry_key=retry_key,
        )

    def unit_insight(self, unit: str, first: date, last: date) -> Insight:
        """Of all that was sent under a name in these days (at most 30). Raises LineUnavailable."""
        days = (f"{first:%Y%m%d}", f"{last:%Y%m%d}")
        found = self.ask("unit_insight", self._insight.get_statistics_per_unit, unit, *days)
        return Insight(found.overview.unique_impression, found.overview.unique_click)

    def broadcast_insight(self, request_id: str) -> Insight:
        """Of one broadcast. Raises LineUnavailable."""
        found = self.ask("broadcast_insight", self._insight.get_message_event, request_id)
        return Insight(found.overview.unique_impression, found.overview.unique_click)

    def issue_link_token(self, line_user_id: str) -> str:
        """A one-time token for LINE's account-link dialog, valid for 10 minutes. Raises LineUnavailable."""
        answer = self.ask("issue_link_token", self._api.issue_link_token, line_user_id)
        token = answer.link_token
        if not token:
            raise LineUnavailable("LINE gave no link token")
        return str(token)

    def is_friend(self, line_user_id: str) -> bool:
        """Whether LINE shows us their profile, which it does of friends alone. Raises LineUnavailable."""
        try:
            self.ask("profile", self._api.get_profile, line_user_id)
        except LineDoesNotKnow:
            return False
        return True

    def bot_info(self) -> BotInfo:
        """This bot as LINE knows it: whether the token opens anything. Raises LineUnavailable."""
        info = self.ask("bot_info", self._api.get_bot_info)
        return BotInfo(basic_id=str(info.basic_id), answers_by_itself=info.chat_mode == "bot")

    def webhook_endpoint(self) -> WebhookEndpoint:
        """Where LINE sends events. Raises LineUnavailable, also where no endpoint was ever set."""
        endpoint = self.ask("webhook_endpoint", self._api.get_webhook_endpoint)
        return WebhookEndpoint(url=str(endpoint.endpoint), active=bool(endpoint.active))

    def quota(self) -> Quota:
        """How much of the month's messages is used. Raises LineUnavailable."""
        limit = self.ask("quota", self._api.get_message_quota)
        used = self.ask("quota_consumption", self._api.get_message_quota_consumption)
        return Quota(None if limit.value is None else int(limit.value), int(used.total_usage))

    def _send(self, name: str, **how: Any) -> SendResult:
        result = _send(name, **how)
        if result.status == _UNAUTHORIZED:
            self._token_refused()
        return result

    def _token_refused(self) -> None:
        with suppress(LineUnavailable):
            self._tokens.refused(self._tokens.current())

    @property
    def api(self) -> Any:
        """The SDK's calls, for the modules beside this one; each goes through `ask`."""
        return self._api

    def ask(self, name: str, ask: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """Ask LINE something; whatever goes wrong is a LineUnavailable without anything personal.

        `name` is what the call is called in the log; `more` goes to the SDK.
        """
        try:
            answer = ask(*arguments, **{"_request_timeout": self._time_limit, **more})
        except (ApiException, InsightException) as error:
            if error.status == _UNAUTHORIZED:
                self._token_refused()
            request_id = _request_id(error.headers)
            _log.warning(f"line.{name} failed", status=error.status, line_request_id=request_id)
            kind = _UNAVAILABLE.get(error.status, LineUnavailable)
            raise kind(f"LINE answered {name} with status {error.status}") from None
        except (HTTPError, ValueError) as error:
            _log.warning(f"line.{name} failed", error=type(error).__name__)
            raise LineUnavailable(f"LINE did not answer {name} ({type(error).__name__})") from None
        if answer is None:
            raise LineUnavailable(f"LINE's answer to {name} has an unknown form")
        return answer


class _Plain(SdkMessage):  # type: ignore[misc]  # The SDK ships no types.
    """A message in the SDK's requests that is plain JSON and stays it.

    Read into the SDK's models and written again, a page of a list takes longer than the rest of its turn. That ours
    fit the models is what tests are for; what LINE refuses is known by its answer.
    """

    _json: Message = PrivateAttr(default_factory=dict)

    @classmethod
    def of(cls, message: Message) -> Self:
        """This message."""
        made: Self = cls.construct()
        made._json = message
        return made

    def to_dict(self) -> Message:
        """As it was written."""
        return self._json


def _plain(messages: Sequence[Message]) -> list[_Plain]:
    return [_Plain.of(message) for message in messages]


def _send(name: str, *, build: Callable[[], Any], call: Callable[[Any], Any], **ids: str) -> SendResult:
    """Make one attempt and say what came of it."""
    started = monotonic()
    result = _attempt(build, call)
    _log.info(
        f"line.{name}",
        delivery=result.delivery.value,
        status=result.status,
        line_request_id=result.request_id,
        seconds=round(monotonic() - started, 3),
        **ids,
    )
    return result


def _attempt(build: Callable[[], Any], call: Callable[[Any], Any]) -> SendResult:
    try:
        request = build()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # The SDK's text quotes the messages: only its name is told.
        _log.error("line: a message of ours has no valid form", error=type(error).__name__)
        return SendResult(Delivery.REFUSED)
    try:
        answer = call(request)
    except ApiException as error:
        return _of_error(error)
    except LineUnavailable as error:
        _log.warning("line: no access token", why=str(error))
        return SendResult(Delivery.TRY_LATER)
    except HTTPError as error:
        return SendResult(_without_answer(error))
    except ValueError as error:
        _log.error("line: an answer is no text", error=type(error).__name__)
        return SendResult(Delivery.UNKNOWN)
    return SendResult(Delivery.ACCEPTED, answer.status_code, _request_id(answer.headers))


def _of_error(error: ApiException) -> SendResult:
    status = error.status or None
    accepted = str(error.headers.get(_ACCEPTED_ID, "")) if error.headers else ""
    request_id = accepted or _request_id(error.headers)
    return SendResult(_delivery(status, error), status, request_id, _blamed(error))


def _blamed(error: ApiException) -> str:
    """The part of the request that the first of LINE's details names: `to[1]`, `messages[0].text`."""
    try:
        details = ErrorResponse.from_json(error.body).details or ()
        return re.split(r"[.\[]", str(details[0].var_property or details[0].message))[0] if details else ""
    except (TypeError, ValueError, AttributeError):
        return ""


def _delivery(status: int | None, error: ApiException) -> Delivery:
    if status is None:
        return Delivery.UNKNOWN  # The SDK's form of any TLS error, before or after sending.
    if status == 409:
        return Delivery.ACCEPTED
    if status in {401, 429}:
        # A token that ran out is mended by whoever runs this; the message itself is sound.
        return Delivery.TRY_LATER
    if status == 400 and _says(error, _BAD_REPLY_TOKEN):
        return Delivery.INVALID_REPLY_TOKEN
    return Delivery.REFUSED if 400 <= status < 500 else Delivery.UNKNOWN


def _says(error: ApiException, text: str) -> bool:
    """Whether the answer's message is `text`. LINE's texts may change, but nothing else tells these apart."""
    try:
        message = str(ErrorResponse.from_json(error.body).message)
    except (TypeError, ValueError, AttributeError):
        return False
    return message.strip().rstrip(".").lower() == text.lower()


def _without_answer(error: HTTPError) -> Delivery:
    """No connection: it did not arrive. Anything later: nobody knows."""
    reason = error.reason if isinstance(error, MaxRetryError) else error
    never_left = isinstance(reason, NewConnectionError | ConnectTimeoutError)
    return Delivery.TRY_LATER if never_left else Delivery.UNKNOWN


def _request_id(headers: Any) -> str:
    return str(headers.get(_REQUEST_ID, "")) if headers else ""
