"""Wake-ups through Redis: which rows of the inbox and the outbox to look at. Nothing else ever stands there.

The queue itself is in the database, so Redis may be lost or emptied at any time: a wake-up that is lost is found by
the sweeper, one that comes twice finds nothing to do. Row ids say nothing about anybody.
"""

import logging
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Final

import dramatiq
import structlog
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from bot.jobs.guarded import guarded
from bot.logs import what_broke

_log = structlog.get_logger("bot.jobs.queue")

QUEUE: Final = "madoguchi"
TURN: Final = "turn"
SEND: Final = "send"

TOGETHER: Final = 10
"""Rows in one wake-up, at most: whoever is woken sees to them one after the other."""

GATHERING_SECONDS: Final = 0.01
"""After a wake-up others are gathered for so long: one for several costs no more than one for one."""

WEB_SECONDS: Final = 0.25
"""How long a web process waits for Redis; after that the sweeper is sooner."""
WORKER_SECONDS: Final = 5.0

_IDLE_MS = 25
"""How long an idle worker waits at most before it looks for wake-ups again."""
_PAUSE_SECONDS = 1.0
"""After a failure Redis is left alone for so long, so that not every wake-up waits for it."""


class QueueError(ValueError):
    """REDIS_URL is no address of a Redis."""


class _Broker(RedisBroker):
    """Dramatiq's, which looks for work often when idle, and without its queue of delayed messages: we delay none."""

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        return super().consume(queue_name, prefetch, min(timeout, _IDLE_MS))

    def declare_queue(self, queue_name: str) -> None:
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)


def open_broker(url: str, seconds: float) -> RedisBroker:
    """The broker at `url`, each of whose calls ends after `seconds`. Raises QueueError; connects at the first call.

    Without Dramatiq's retries, which would be a second queue beside ours: what fails is in the database.
    """
    # Says every second that Redis is away; we say it once.
    logging.getLogger(f"dramatiq.worker.ConsumerThread({QUEUE})").setLevel(logging.CRITICAL + 1)
    try:
        client = Redis.from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError:
        raise QueueError("is no address of a Redis, such as redis://host:6379/0") from None
    broker: RedisBroker = _Broker(client=client, middleware=[], namespace=QUEUE)  # type: ignore[no-untyped-call]
    broker.declare_queue(QUEUE)
    return broker


class Waker:
    """Sends wake-ups. Safe to share among threads."""

    def __init__(self, broker: RedisBroker) -> None:
        self._broker = broker
        self._failed_at: float | None = None

    def turns(self, inbox_ids: Iterable[int]) -> bool:
        """Have somebody look at these events; False where Redis does not answer."""
        return self._wake(TURN, inbox_ids)

    def sends(self, outbox_ids: Iterable[int]) -> bool:
        """Have somebody send these parcels; False where Redis does not answer."""
        return self._wake(SEND, outbox_ids)

    def answers(self) -> bool:
        """Whether Redis answers now."""
        try:
            return bool(self._broker.client.ping())
        except RedisError:
            return False

    def _wake(self, actor: str, row_ids: Iterable[int]) -> bool:
        failed_at = self._failed_at
        if failed_at is not None and time.monotonic() - failed_at < _PAUSE_SECONDS:
            return False
        remaining = iter(row_ids)
        try:
            while together := tuple(islice(remaining, TOGETHER)):
                self._broker.enqueue(
                    dramatiq.Message(queue_name=QUEUE, actor_name=actor, args=together, kwargs={}, options={})
                )
        except RedisError as error:
            self._failed(error)
            return False
        if failed_at is not None:
            self._failed_at = None
            _log.info("redis answers again")
        return True

    def _failed(self, error: RedisError) -> None:
        """Said once, when it begins."""
        if self._failed_at is None:
            _log.error("redis does not answer: the sweeper finds what waits", **what_broke(error))
        self._failed_at = time.monotonic()


class WakingThread:
    """Wakes for turns in a thread of its own: no webhook waits for Redis, whatever Redis does.

    The first to come is woken for at once; what comes soon after it goes together, so that a rush takes few wake-ups.
    """

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        self._ids: SimpleQueue[int | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._wake_on, name="waking", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def turns(self, inbox_ids: Iterable[int]) -> None:
        """Have somebody look at these events soon; returns at once."""
        for inbox_id in inbox_ids:
            self._ids.put(inbox_id)

    def stop(self) -> None:
        """Wake for what has come so far and end."""
        self._ids.put(None)
        self._thread.join()

    def _wake_on(self) -> None:
        goes_on = True
        while goes_on:
            together = [self._ids.get()]
            with suppress(Empty):
                while len(together) < TOGETHER:
                    together.append(self._ids.get_nowait())
            goes_on = None not in together
            guarded(partial(self._waker.turns, [each for each in together if each is not None]), "waking")
            if goes_on and self._ids.empty():
                time.sleep(GATHERING_SECONDS)
