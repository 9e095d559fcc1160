"""Finds what is to be told, in batches and without a query a patron: candidates from the record, the rules decide.

Each batch is read by itself, and what is new in it is written by itself. What is found twice, or by two machines at
once, is raised once, by its key; so a run that was cut short is simply done again.
"""

from collections import Counter
from collections.abc import Callable, Sequence
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
from bot.storage.engine import reading, writing
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
        """As `plan_day`, but nothing is raised."""
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
                found, after = self._batch_after(candidates, after)
                new.update(_kinds(found) if is_rehearsal else self._raise(found))
                is_over = not after
        for kind, count in new.items():
            if count and not is_rehearsal:
                _log.info("notice raised", kind=kind.value, count=count)
        return new

    def _batch_after(self, candidates: Candidates, after: str) -> tuple[list[NewNotice], str]:
        """What is to be told of the next candidates and is not known yet, and the key to go on from."""
        with reading(self._engine) as session:
            policy = policy_now(session, self._policy, self._clock)
            scene = Scene(
                self._open_reader(session),
                Audience(session, policy),
                policy,
                self._clock.now(),
                self._clock.today(),
            )
            found, after = candidates.batch(scene, after, self._batch)
            return Notices(session, self._clock).unknown(found), after

    def _raise(self, found: Sequence[NewNotice]) -> Counter[NoticeKind]:
        """Raise them; somebody else may have done so meanwhile."""
        if not found:
            return Counter()
        with writing(self._engine) as session:
            notices = Notices(session, self._clock)
            return Counter(
                {
                    kind: notices.add(notice for notice in found if notice.kind is kind)
                    for kind in _kinds(found)
                }
            )


def _kinds(notices: Sequence[NewNotice]) -> Counter[NoticeKind]:
    return Counter(notice.kind for notice in notices)
