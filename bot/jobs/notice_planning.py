"""Finds what is to be told, in batches and without a query a patron: candidates from the record, the rules decide.

Each batch is a transaction of its own. What is found twice, or by two machines at once, is raised once, by its key; so
a run that was cut short is simply done again.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.jobs.notice_audience import Audience
from bot.jobs.notice_candidates import Arrivals, Candidates, DueLoans, Ended, LostLoans, Ready, Scene
from bot.library.notices import NoticeReader
from bot.notices.model import NewNotice
from bot.policies import Policy
from bot.rules.notice_kinds import NoticeKind
from bot.storage.calendar import policy_now
from bot.storage.engine import writing
from bot.storage.notices import Notices

_log = structlog.get_logger("bot.jobs.notice_planning")

BATCH: Final = 2000
"""Records of one transaction."""

_CHANGES: Final = (Ready, Ended)
_OF_THE_DAY: Final = (DueLoans, LostLoans, Arrivals)


class NoticePlanner:
    """Raises notices. Safe to be run at any time, twice, and by several processes at once."""

    def __init__(
        self,
        engine: Engine,
        policy: Policy,
        clock: Clock,
        open_reader: Callable[[Session], NoticeReader],
        batch: int = BATCH,
    ) -> None:
        self._engine = engine
        self._policy = policy
        self._clock = clock
        self._open_reader = open_reader
        self._batch = batch

    def rehearse(self) -> Counter[NoticeKind]:
        """As `plan_day`, but nothing of it stays."""
        return self._plan(*_CHANGES, *_OF_THE_DAY, is_rehearsal=True)

    def plan_day(self) -> Counter[NoticeKind]:
        """Raise all that is to be told today; how many notices were new, by kind."""
        return self._plan(*_CHANGES, *_OF_THE_DAY)

    def plan_changes(self) -> Counter[NoticeKind]:
        """Raise what happened during the day: something became ready, was declined, released or cancelled."""
        return self._plan(*_CHANGES)

    def _plan(self, *sources: type[Candidates], is_rehearsal: bool = False) -> Counter[NoticeKind]:
        new: Counter[NoticeKind] = Counter()
        for source in sources:
            candidates, after, is_over = source(), "", False
            while not is_over:
                with writing(self._engine) as session, _undone(session, is_rehearsal):
                    raised, after = self._step(session, candidates, after)
                new.update(raised)
                is_over = not after
        for kind, count in new.items():
            if count and not is_rehearsal:
                _log.info("notice raised", kind=kind.value, count=count)
        return new

    def _step(self, session: Session, candidates: Candidates, after: str) -> tuple[Counter[NoticeKind], str]:
        policy = policy_now(session, self._policy, self._clock)
        scene = Scene(
            self._open_reader(session),
            Audience(session, policy),
            policy,
            self._clock.now(),
            self._clock.today(),
        )
        found, after = candidates.batch(scene, after, self._batch)
        notices = Notices(session, self._clock)
        by_kind: dict[NoticeKind, list[NewNotice]] = {}
        for notice in found:
            by_kind.setdefault(notice.kind, []).append(notice)
        return Counter({kind: notices.add(some) for kind, some in by_kind.items()}), after


@contextmanager
def _undone(session: Session, is_wanted: bool) -> Iterator[None]:
    """What is written within is undone, where that is wanted."""
    if not is_wanted:
        yield
        return
    point = session.begin_nested()
    try:
        yield
    finally:
        point.rollback()
