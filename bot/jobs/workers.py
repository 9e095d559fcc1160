"""The in-process form: a few threads do the turns, a few send, and a sweeper finds what nobody was woken for.

The inbox and the outbox are the queue; what is in memory here only says where to look. So nothing is lost when the
process ends, however it ends.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.retention import Retention
from bot.jobs.sender import Sender
from bot.jobs.turns import TurnRunner
from bot.logs import what_broke
from bot.storage.engine import reading, writing
from bot.storage.inbox import Inbox
from bot.storage.leases import Leases
from bot.storage.outbox import Outbox

_log = structlog.get_logger("bot.jobs.workers")

SWEEP_SECONDS: Final = 1.0
"""How often it is looked for what is due: two reads of a small index."""

RETENTION_EVERY: Final = timedelta(days=1)

Work = Callable[[str], None]


class Workers:
    """The threads of one process. `start` is called once, before anything else of this process writes."""

    def __init__(
        self,
        runner: TurnRunner,
        sender: Sender,
        retention: Retention,
        engine: Engine,
        clock: Clock,
        threads: int = 4,
        also: Iterable[Callable[[], None]] = (),
    ) -> None:
        """`also`: what else is to be done at each sweep, such as sending letters."""
        self._runner = runner
        self._sender = sender
        self._retention = retention
        self._engine = engine
        self._clock = clock
        self._also = tuple(also)
        self._turns = _Pool("turn", threads, self._turn)
        self._sends = _Pool("send", threads, self._send)
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep_on, name="sweeper", daemon=True)
        self._retained_at: datetime | None = None

    def start(self) -> None:
        """Take over what an earlier process left, and begin.

        This is the one process of its database (`bot.storage.sole_process`): whoever holds a lease or was sending
        is gone.
        """
        with writing(self._engine) as session:
            leases = Leases(session, self._clock).clear()
            attempts = Outbox(session, self._clock).cut_short()
        _log.info("workers start", leases_left=leases, attempts_left=attempts)
        self._turns.start()
        self._sends.start()
        self._sweeper.start()

    def wake(self, chat_ids: Iterable[str]) -> None:
        """Something waits in these chats."""
        self._turns.add(chat_ids)

    def are_alive(self) -> bool:
        """Whether every thread is at its work."""
        threads = [*self._turns.threads, *self._sends.threads, self._sweeper]
        return not self._stopping.is_set() and all(thread.is_alive() for thread in threads)

    def stop(self) -> None:
        """Finish what is in hand and end; what waits stays in the database."""
        self._stopping.set()
        self._turns.stop()
        self._sends.stop()
        if self._sweeper.ident is not None:
            self._sweeper.join()
        _log.info("workers stopped")

    def _turn(self, chat_id: str) -> None:
        self._turns.add(self._runner.run(chat_id))
        self._sends.add([chat_id])

    def _send(self, chat_id: str) -> None:
        self._sender.send(chat_id)

    def _sweep_on(self) -> None:
        while not self._stopping.is_set():
            for task in (self._find_due, self._retain, *self._also):
                _guarded(task, "sweep")
            self._stopping.wait(SWEEP_SECONDS)

    def _find_due(self) -> None:
        with reading(self._engine) as session:
            waiting, unsent = Inbox(session, self._clock).due(), Outbox(session, self._clock).due()
        self._turns.add(waiting)
        self._sends.add(unsent)

    def _retain(self) -> None:
        now = self._clock.now()
        if self._retained_at is None or now - self._retained_at >= RETENTION_EVERY:
            self._retained_at = now
            self._retention.run()


class _Pool:
    """Threads that work on keys: a key that is being worked on is taken up again afterwards, never twice at once."""

    def __init__(self, name: str, threads: int, work: Work) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._known: set[str] = set()
        self._in_hand: set[str] = set()
        self._again: set[str] = set()
        self._stopping = False
        self.threads = [
            threading.Thread(target=self._loop, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def add(self, keys: Iterable[str]) -> None:
        with self._changed:
            for key in keys:
                if key in self._in_hand:
                    self._again.add(key)
                elif key not in self._known:
                    self._known.add(key)
                    self._waiting.append(key)
                    self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self.threads:
            if thread.ident is not None:
                thread.join()

    def _loop(self) -> None:
        while (key := self._take()) is not None:
            _guarded(lambda key=key: self._work(key), "work")  # type: ignore[misc]
            self._done(key)

    def _take(self) -> str | None:
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            if self._stopping:
                return None
            key = self._waiting.popleft()
            self._known.discard(key)
            self._in_hand.add(key)
            return key

    def _done(self, key: str) -> None:
        with self._changed:
            self._in_hand.discard(key)
            wanted = key in self._again
            self._again.discard(key)
        if wanted:
            self.add([key])


def _guarded(task: Callable[[], None], what: str) -> None:
    """A thread outlives whatever breaks in it; the sweeper comes by again."""
    try:
        task()
    except Exception as error:
        _log.error("worker broke", what=what, **what_broke(error))
