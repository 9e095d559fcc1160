"""The in-process form: a few threads do the turns, a few send, and a sweeper finds what nobody was woken for.

The inbox and the outbox are the queue; what is in memory here only says where to look. So nothing is lost when the
process ends, however it ends.
"""

from collections.abc import Iterable

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.pool import Pool
from bot.jobs.retention import RETENTION_EVERY, Retention
from bot.jobs.sender import Sender
from bot.jobs.sweeper import Aside, Seldom, Sweeper
from bot.jobs.turns import TurnRunner
from bot.storage.engine import reading, writing
from bot.storage.inbox import Inbox
from bot.storage.leases import Leases
from bot.storage.outbox import Outbox

_log = structlog.get_logger("bot.jobs.workers")


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
        also: Iterable[Aside] = (),
    ) -> None:
        """`also`: what else is to be done again and again, such as sending letters and notices."""
        self._runner = runner
        self._sender = sender
        self._engine = engine
        self._clock = clock
        self._turns = Pool("turn", threads, self._turn)
        self._sends = Pool("send", threads, sender.send)
        forgetting = Seldom(retention.run, clock, RETENTION_EVERY)
        self._sweepers = (
            Sweeper([self._find_due, forgetting]),
            *(Sweeper(aside.tasks, name=aside.name) for aside in also),
        )
        self._is_stopping = False

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
        for sweeper in self._sweepers:
            sweeper.start()

    def wake(self, chat_ids: Iterable[str]) -> None:
        """Something waits in these chats."""
        self._turns.add(chat_ids)

    def are_alive(self) -> bool:
        """Whether every thread is at its work."""
        threads = [*self._turns.threads, *self._sends.threads]
        alive = [thread.is_alive() for thread in threads] + [it.is_alive() for it in self._sweepers]
        return not self._is_stopping and all(alive)

    def stop(self) -> None:
        """Finish what is in hand and end; what waits stays in the database."""
        self._is_stopping = True
        self._turns.stop()
        self._sends.stop()
        for sweeper in self._sweepers:
            sweeper.stop()
        _log.info("workers stopped")

    def _turn(self, chat_id: str) -> None:
        self._turns.add(self._runner.run(chat_id))
        self._sends.add([chat_id])

    def _find_due(self) -> None:
        with reading(self._engine) as session:
            waiting, unsent = Inbox(session, self._clock).due(), Outbox(session, self._clock).due()
        self._turns.add(waiting)
        self._sends.add(unsent)
