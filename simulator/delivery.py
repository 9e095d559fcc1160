"""Brings events to the bot's webhook: signed, in order within a chat, again when they were not answered in time."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Signal
from typing import Any

import urllib3

from simulator.events import Event, redelivered
from simulator.misbehaviour import Misbehaviour
from simulator.queues import THREADS, ChatQueues
from simulator.settings import Settings
from simulator.tokens import ReplyTokens
from simulator.traffic import Traffic

ANSWER_SECONDS = 2.0
"""How long the bot may take."""
HOLD_SECONDS = 3.0
"""The longest that an event is held back to come out of order."""

STOP_SECONDS = ANSWER_SECONDS + 0.5
"""So long a delivery under way is waited for at the end."""

Outcome = Callable[[bool], None]
"""Told once an event was answered with 2xx (True) or given up (False)."""


@dataclass(slots=True, eq=False)
class _Parcel:
    event: Event
    outcome: Outcome
    tries: int = 0


def sign(secret: str, body: bytes) -> str:
    """LINE's `x-line-signature`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Delivery:
    """The events of a chat go out one after the other; a redelivery lets new ones pass."""

    def __init__(
        self,
        settings: Settings,
        destination: str,
        reply_tokens: ReplyTokens,
        misbehaviour: Misbehaviour,
        traffic: Traffic,
    ) -> None:
        self._settings = settings
        self._destination = destination
        self._reply_tokens = reply_tokens
        self._misbehaviour = misbehaviour
        self._traffic = traffic
        # One pool for all chats; a redirect is an answer other than 2xx, and LINE itself counts the tries.
        self._http = urllib3.PoolManager(maxsize=THREADS, retries=False)
        self._queues = ChatQueues(self._deliver, self._held)
        self._stopping = Signal()

    def enqueue(self, chat_id: str, event: Event, outcome: Outcome = lambda _: None) -> None:
        """Deliver in the background, after what already waits for this chat."""
        self._queues.put(chat_id, _Parcel(event, outcome))

    def stop(self) -> None:
        """Send nothing more; what is under way is waited for."""
        self._stopping.set()
        self._queues.stop(STOP_SECONDS)
        self._http.clear()

    def _held(self, _parcel: _Parcel) -> float | None:
        return HOLD_SECONDS if self._misbehaviour.happens("reorder") else None

    def _deliver(self, parcel: _Parcel) -> float | None:
        """Send the event; the seconds until it must go out again, None: it is settled."""
        if self._stopping.wait(self._misbehaviour.value("webhook_delay_ms") / 1000):
            return None
        event = redelivered(parcel.event) if parcel.tries else parcel.event
        # Settled before it goes: a switch turned once it arrived is meant for the next one.
        twice = self._misbehaviour.happens("duplicate")
        arrived = self._post(event)
        if twice:
            arrived = self._post(event) or arrived
        if not arrived and parcel.tries < len(self._settings.redelivery_seconds):
            parcel.tries += 1
            return self._settings.redelivery_seconds[parcel.tries - 1]
        parcel.outcome(arrived)
        return None

    def _post(self, event: Event) -> bool:
        """Whether the bot answered with 2xx in time."""
        if token := event.get("replyToken"):
            self._reply_tokens.delivered(token)
        return self.post_events([event]) in range(200, 300)

    def post_events(self, events: list[dict[str, Any]]) -> int:
        """One signed webhook request; the status of its answer, 0 where none came in time."""
        webhook = {"destination": self._destination, "events": events}
        body = json.dumps(webhook, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(self._settings.channel_secret, body),
        }
        timeout = urllib3.Timeout(total=ANSWER_SECONDS)
        try:
            answer = self._http.request(
                "POST",
                self._settings.webhook_url,
                body=body,
                headers=headers,
                timeout=timeout,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError:
            self._traffic.webhook(webhook, 0)
            return 0
        self._traffic.webhook(webhook, answer.status)
        return answer.status
