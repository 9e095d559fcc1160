"""The form for many processes: wake-ups come through Redis to whichever worker is free, and one of them sweeps.

What a worker does is the same as in the one process: turns under the chat's lease, sending after the commit. While
Redis is away, the process that sweeps does what is due itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog
from dramatiq import Worker
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.actors import declare_actors
from bot.jobs.pool import Pool
from bot.jobs.queue import QUEUE, Waker
from bot.jobs.retention import RETENTION_EVERY, Retention
from bot.jobs.sender import Sender
from bot.jobs.sweeper import Aside, OneSweeper, Seldom, Sweeper
from bot.jobs.turns import TurnRunner
from bot.storage.engine import reading
from bot.storage.inbox import Inbox
from bot.storage.outbox import Due, Outbox

_log = structlog.get_logger("bot.jobs.spread")

AGAIN_AFTER: Final = timedelta(seconds=5)
"""What is still due after so long is woken for again: its wake-up may have been lost."""

_STOP_MS: Final = 60_000


class SpreadWorkers:
    """The threads of one of many worker processes."""

    def __init__(
        self,
        runner: TurnRunner,
        sender: Sender,
        retention: Retention,
        engine: Engine,
        broker: RedisBroker,
        clock: Clock,
        threads: int = 8,
        also: Iterable[Aside] = (),
    ) -> None:
        """`also`: what else is to be done again and again, such as sending letters and notices."""
        self._runner = runner
        self._engine = engine
        self._clock = clock
        self._sends = Pool("send", threads, sender.send)
        self._own_turns = Pool("turn", threads, self._turn)
        declare_actors(broker, turn=self._turn_of, send=self._send_of)
        # Its threads wait on a queue of their own; how often Redis is asked is the broker's matter.
        self._worker = Worker(broker, queues={QUEUE}, worker_threads=threads)
        self._finder = _Finder(engine, clock, Waker(broker), self._own_turns, self._sends)
        self._one = OneSweeper(engine, clock)
        forgetting = Seldom(retention.run, clock, RETENTION_EVERY)
        self._sweepers = (
            Sweeper([self._finder.find, forgetting], self._one.is_mine),
            *(
                Sweeper(aside.tasks, _always if aside.everywhere else self._one.is_mine, name=aside.name)
                for aside in also
            ),
        )

    def start(self) -> None:
        """Begin. What other processes hold is left to them: their leases run out if they are gone."""
        self._sends.start()
        self._own_turns.start()
        self._worker.start()
        for sweeper in self._sweepers:
            sweeper.start()
        _log.info("worker starts")

    def stop(self) -> None:
        """Finish the turns in hand and send their answers; wake-ups go back, and another process may sweep."""
        for sweeper in self._sweepers:
            sweeper.stop()
        self._worker.stop(_STOP_MS)
        self._own_turns.stop()
        self._sends.stop(finishing=True)
        self._one.let_go()
        _log.info("worker stopped")

    def _turn_of(self, inbox_id: int) -> None:
        with reading(self._engine) as session:
            chat_id = Inbox(session, self._clock).chat_of(inbox_id)
        if chat_id:
            self._turn(chat_id)

    def _send_of(self, outbox_id: int) -> None:
        with reading(self._engine) as session:
            chat_id = Outbox(session, self._clock).chat_of(outbox_id)
        if chat_id:
            self._sends.add([chat_id])

    def _turn(self, chat_id: str) -> None:
        """All that waits in the chat, and in those in which something waits because of it."""
        waiting = [chat_id]
        while waiting:
            chat = waiting.pop(0)
            waiting += self._runner.run(chat)
            self._sends.add([chat])


def _always() -> bool:
    return True


class _Finder:
    """Finds what is due and has it seen to; each row once in a while."""

    def __init__(self, engine: Engine, clock: Clock, waker: Waker, turns: Pool, sends: Pool) -> None:
        self._engine = engine
        self._clock = clock
        self._waker = waker
        self._turns = turns
        self._sends = sends
        self._woken: dict[tuple[str, Due], datetime] = {}

    def find(self) -> None:
        """One look at both tables."""
        with reading(self._engine) as session:
            events, parcels = Inbox(session, self._clock), Outbox(session, self._clock)
            waiting, unsent = events.due_each(), parcels.due_each()
        woken = self._waker.turns(self._new("event", waiting))
        woken = self._waker.sends(self._new("parcel", unsent)) and woken
        if not woken:
            self._see_to_it_here()
        self._forget(now=self._clock.now())

    def _see_to_it_here(self) -> None:
        with reading(self._engine) as session:
            waiting, unsent = Inbox(session, self._clock).due(), Outbox(session, self._clock).due()
        self._turns.add(waiting)
        self._sends.add(unsent)

    def _new(self, table: str, due: Iterable[Due]) -> list[int]:
        """Those for which nobody was woken lately. A row that is due anew (another try) counts as new."""
        now = self._clock.now()
        new = [item for item in due if (table, item) not in self._woken]
        self._woken.update({(table, item): now for item in new})
        return [item.row_id for item in new]

    def _forget(self, now: datetime) -> None:
        self._woken = {key: at for key, at in self._woken.items() if now - at < AGAIN_AFTER}
