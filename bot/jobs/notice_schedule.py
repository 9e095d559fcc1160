"""When notices are planned and composed: the day's plan at its time, what happens during the day all the time.

The plan's times are APScheduler's cron trigger, asked with our own clock; when it was last done stands in the database,
so that a run which was missed (the machine was off) is made up for, and by one process alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.notice_composing import NoticeComposer
from bot.jobs.notice_planning import NoticePlanner
from bot.jobs.notice_sending import look_at_letters
from bot.library import LibraryError
from bot.policies import Policy
from bot.rules.notice_kinds import NoticeKind
from bot.storage.engine import reading, writing
from bot.storage.tasks import SharedValues

_log = structlog.get_logger("bot.jobs.notice_schedule")

CHANGES_EVERY: Final = timedelta(seconds=10)
"""How often it is looked for what happened during the day."""

PLANNED: Final = "notices_planned"
"""The shared value that tells when the day's plan was last made."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one look came to."""

    planned_day: bool
    """The day's plan was made."""
    released: int
    """Reservations that were not picked up in time."""
    raised: int
    composed: int


class NoticeSchedule:
    """Looks what is to be done now. To be called often, by one process at a time."""

    def __init__(
        self,
        engine: Engine,
        policy: Policy,
        clock: Clock,
        planner: NoticePlanner,
        composer: NoticeComposer,
        release: Callable[[], int],
    ) -> None:
        """`release`: lets go of what was not picked up in time, and serves the next; how many there were."""
        self._engine = engine
        self._clock = clock
        self._planner = planner
        self._composer = composer
        self._release = release
        self._looked_at: datetime | None = None
        at = policy.notices.daily_time
        self._trigger: Any = CronTrigger(hour=at.hour, minute=at.minute, timezone=policy.zone)

    def look(self) -> Round:
        """Plan, compose, and see what became of letters.

        While the library system does not answer, nothing is planned and nothing composed; it is tried at the next look.
        """
        look_at_letters(self._engine, self._clock)
        try:
            is_due = self._is_day_due()
            released = self._release() if is_due else 0
            raised = self._plan(is_due)
            composed = self._composer.compose()
        except LibraryError as error:
            _log.warning("library did not answer", error=type(error).__name__)
            return Round(False, 0, 0, 0)
        return Round(is_due, released, raised.total(), composed)

    def run(self) -> Round:
        """The day's plan now, whatever the time and whatever was done before; then as `look`."""
        released = self._release()
        raised = self._planner.plan_day()
        look_at_letters(self._engine, self._clock)
        return Round(True, released, raised.total(), self._composer.compose())

    def _plan(self, is_due: bool) -> Counter[NoticeKind]:
        """The day's plan if it is due, or else what happened since the last look, if that is a while ago."""
        now = self._clock.now()
        if is_due:
            raised = self._planner.plan_day()
            self._done()
        elif self._looked_at is None or now - self._looked_at >= CHANGES_EVERY:
            raised = self._planner.plan_changes()
        else:
            return Counter()
        self._looked_at = now
        return raised

    def _is_day_due(self) -> bool:
        """Whether the plan's time has come since it was last made; at the very first look it has."""
        with reading(self._engine) as session:
            last = SharedValues(session, self._clock).get(PLANNED)
        if last is None:
            return True
        due: datetime | None = self._trigger.get_next_fire_time(last[1], last[1])
        return due is not None and due <= self._clock.now()

    def _done(self) -> None:
        with writing(self._engine) as session:
            SharedValues(session, self._clock).set(PLANNED, {})
