"""Brings events to the bot's webhook: signed, in order within a chat, again when they were not answered in time."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event as Signal
from threading import Lock, Thread
from time import monotonic
from typing import Any

import urllib3

from simulator.events import Event, redelivered
from simulator.misbehaviour import Misbehaviour
from simulator.settings import Settings
from simulator.tokens import ReplyTokens

ANSWER_SECONDS = 2.0
"""How long the bot may take."""
HOLD_SECONDS = 3.0
"""The longest that an event is held back to come out of order."""

Outcome = Callable[[bool], None]
"""Told once an event was answered with 2xx (True) or given up (False)."""


@dataclass(slots=True, eq=False)
class _Parcel:
    event: Event
    outcome: Outcome
    tries: int = 0
    due: float = 0.0
    """By `monotonic()`."""


def sign(secret: str, body: bytes) -> str:
    """LINE's `x-line-signature`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Delivery:
    """One thread a chat: the events of a chat go out one after the other; a redelivery lets new ones pass."""

    def __init__(
        self, settings: Settings, destination: str, reply_tokens: ReplyTokens, misbehaviour: Misbehaviour
    ) -> None:
        self._settings = settings
        self._destination = destination
        self._reply_tokens = reply_tokens
        self._misbehaviour = misbehaviour
        # One pool for all chats; a redirect is an answer other than 2xx, and LINE itself counts the tries.
        self._http = urllib3.PoolManager(maxsize=32, retries=False)
        self._lock = Lock()
        self._queues: dict[str, Queue[_Parcel | None]] = {}
        self._stopping = Signal()

    def enqueue(self, chat_id: str, event: Event, outcome: Outcome = lambda _: None) -> None:
        """Deliver in the background, after what already waits for this chat."""
        with self._lock:
            queue = self._queues.get(chat_id)
            if queue is None:
                queue = self._queues[chat_id] = Queue()
                Thread(target=self._work, args=(queue,), name="delivery", daemon=True).start()
        queue.put(_Parcel(event, outcome))

    def stop(self) -> None:
        """Send nothing more."""
        self._stopping.set()
        with self._lock:
            for queue in self._queues.values():
                queue.put(None)

    def _work(self, queue: "Queue[_Parcel | None]") -> None:
        waiting: list[_Parcel] = []
        held: list[_Parcel] = []
        while not self._stopping.is_set():
            parcel = _next(queue, waiting, held)
            if parcel is None:
                continue
            if parcel.tries == 0 and parcel not in held and self._misbehaviour.use("reorder_webhooks"):
                parcel.due = monotonic() + HOLD_SECONDS
                held.append(parcel)
                continue
            if parcel in held:
                held.remove(parcel)
            self._deliver(parcel, waiting)
            # What was held back has now been overtaken.
            for overtaken in held:
                overtaken.due = 0.0

    def _deliver(self, parcel: _Parcel, waiting: list[_Parcel]) -> None:
        self._stopping.wait(self._misbehaviour.value("webhook_delay_ms") / 1000)
        event = redelivered(parcel.event) if parcel.tries else parcel.event
        # Settled before it goes: a switch turned once it arrived is meant for the next one.
        twice = self._misbehaviour.use("duplicate_webhooks")
        arrived = self._post(event)
        if twice:
            arrived = self._post(event) or arrived
        if arrived:
            parcel.outcome(True)
        elif parcel.tries < len(self._settings.redelivery_seconds):
            parcel.due = monotonic() + self._settings.redelivery_seconds[parcel.tries]
            parcel.tries += 1
            waiting.append(parcel)
        else:
            parcel.outcome(False)

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
            return 0
        return answer.status


def _next(queue: "Queue[_Parcel | None]", waiting: list[_Parcel], held: list[_Parcel]) -> _Parcel | None:
    """The next parcel to go out: one whose time has come, else the next new one; None: look again."""
    now = monotonic()
    for parcel in (*held, *waiting):
        if parcel.due <= now:
            if parcel in waiting:
                waiting.remove(parcel)
            return parcel
    dues = [parcel.due for parcel in (*held, *waiting)]
    try:
        return queue.get(timeout=min(dues) - now if dues else None)
    except Empty:
        return None
