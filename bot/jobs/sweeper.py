"""The sweeper: a thread that sees, again and again, to what nobody was woken for and to what has its times.

Where several processes share a database, one of them sweeps at a time.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.guarded import guarded
from bot.storage.engine import writing
from bot.storage.leases import new_owner
from bot.storage.tasks import TaskLeases

SWEEP_SECONDS: Final = 1.0
"""How often it is looked for what is due: two reads of a small index."""

SWEEP_LEASE: Final = timedelta(seconds=15)
"""After a crash of the process that sweeps, another one begins so much later."""

_TASK = "sweep"
_log = structlog.get_logger("bot.jobs.sweeper")

Task = Callable[[], object]
"""`True`: there is more, look again at once."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is done again and again beside turns and answers, in a thread of its own, so that it holds nobody up."""

    name: str
    """Of the thread."""
    tasks: tuple[Task, ...]
    everywhere: bool = False
    """By every process, rather than by one at a time."""


class Sweeper:
    """Does the tasks in their order once a second, whatever breaks in one of them."""

    def __init__(
        self, tasks: Iterable[Task], is_mine: Callable[[], bool] = lambda: True, name: str = "sweeper"
    ) -> None:
        """`is_mine`: whether it is for this process to sweep now. `name`: of the thread."""
        self._tasks = tuple(tasks)
        self._is_mine = is_mine
        self._stopping = threading.Event()
        self._is_more = False
        self._thread = threading.Thread(target=self._sweep_on, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def is_alive(self) -> bool:
        """Whether it is at its work."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End after the task in hand."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _sweep_on(self) -> None:
        while not self._stopping.is_set():
            self._is_more = False
            guarded(self._sweep, "sweep")
            self._stopping.wait(0 if self._is_more else SWEEP_SECONDS)

    def _sweep(self) -> None:
        if not self._is_mine():
            return
        for task in self._tasks:
            if not self._stopping.is_set():
                guarded(lambda task=task: self._do(task), "sweep")  # type: ignore[misc]

    def _do(self, task: Task) -> None:
        self._is_more = task() is True or self._is_more


class OneSweeper:
    """Sees to it that one process sweeps, by a lease in the database that is renewed before it runs out."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._owner = new_owner()
        self._held_at: datetime | None = None
        self._one_at_a_time = threading.Lock()

    def is_mine(self) -> bool:
        """Whether this process sweeps now. Asks the database seldom while it does; several threads may ask."""
        with self._one_at_a_time:
            return self._is_mine(self._clock.now())

    def _is_mine(self, now: datetime) -> bool:
        if self._held_at is not None and now - self._held_at < SWEEP_LEASE / 3:
            return True
        had_it = self._held_at is not None
        self._held_at = None
        with writing(self._engine) as session:
            has_it = TaskLeases(session, self._clock).hold(_TASK, self._owner, SWEEP_LEASE)
        self._held_at = now if has_it else None
        if has_it and not had_it:
            _log.info("this process sweeps now")
        return has_it

    def let_go(self) -> None:
        """Another process may sweep at once."""
        if self._held_at is not None:
            with writing(self._engine) as session:
                TaskLeases(session, self._clock).release(_TASK, self._owner)
            self._held_at = None


class Seldom:
    """A task that is done at the first sweep, and then once in a while."""

    def __init__(self, task: Task, clock: Clock, every: timedelta) -> None:
        self._task = task
        self._clock = clock
        self._every = every
        self._done_at: datetime | None = None

    def __call__(self) -> None:
        """Do it, if its time has come. If it breaks, it is done again after the same while."""
        now = self._clock.now()
        if self._done_at is None or now - self._done_at >= self._every:
            self._done_at = now
            self._task()
