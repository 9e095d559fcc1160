"""Where notices come from: each source reads its candidates batch by batch and lets the rules decide on them.

What only those hear of who asked for it is raised for their cards alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Protocol

from bot.jobs.notice_audience import Audience, Watcher
from bot.library import RenewalFacts, Title, TitleQuery
from bot.library.notices import DueLoan, NoticeReader
from bot.messages.dates import local_day
from bot.notices.model import NewNotice, Recipient
from bot.policies import Policy
from bot.rules import notice_timing
from bot.rules.notice_kinds import NoticeKind, is_wanted

_MOST_ARRIVALS: Final = 50
"""Titles that one watch tells of at once."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a batch is decided by."""

    reader: NoticeReader
    audience: Audience
    policy: Policy
    now: datetime
    today: date

    @property
    def since(self) -> datetime:
        """What happened before is not told any more."""
        first = self.today - timedelta(days=self.policy.notices.late_days)
        return datetime.combine(first, time(), tzinfo=self.policy.zone)


Found = tuple[Iterable[NewNotice], str]
"""What is to be told, and the key to go on from; empty where there is no more."""


class Candidates(Protocol):
    """One source."""

    def batch(self, scene: Scene, after: str, limit: int) -> Found:
        """The notices of the candidates after the key `after`."""
        ...


class Ready:
    """Reservations on the hold shelf: told that they wait, and that their last day comes near."""

    def batch(self, scene: Scene, after: str, limit: int) -> Found:
        """By id."""
        rows = scene.reader.list_ready(after=after, limit=limit)
        return self._notices(scene, rows), _next([row.reservation_id for row in rows], limit)

    def _notices(self, scene: Scene, rows: Sequence[Any]) -> Iterator[NewNotice]:
        for row in rows:
            for kind in notice_timing.of_reservation(row, scene.today, scene.policy):
                day = row.ready_on if kind is NoticeKind.READY else row.pickup_by
                yield NewNotice(kind, row.card_number, row.reservation_id, day, scene.now)


class Ended:
    """Reservations that came to an end without being picked up."""

    def batch(self, scene: Scene, after: str, limit: int) -> Found:
        """In the order in which they ended."""
        rows = scene.reader.list_ended(scene.since, after=after, limit=limit)
        return self._notices(scene, rows), _next([row.key for row in rows], limit)

    def _notices(self, scene: Scene, rows: Sequence[Any]) -> Iterator[NewNotice]:
        for row in rows:
            ended_on = local_day(row.ended_at, scene.policy.zone)
            item = row.reservation
            kind = notice_timing.of_ended(item, ended_on, row.actor, scene.today, scene.policy)
            if kind is not None:
                facts = {"reason": row.reason} if row.reason else {}
                yield NewNotice(kind, item.card_number, item.reservation_id, ended_on, scene.now, facts)


class DueLoans:
    """Loans due in some days, today, or some days ago; for those who asked for it."""

    def batch(self, scene: Scene, after: str, limit: int) -> Found:
        """By due date."""
        first, last = notice_timing.due_days(scene.today, scene.policy)
        rows = scene.reader.list_due_loans(first, last, after=after, limit=limit)
        return self._notices(scene, rows), _next([row.key for row in rows], limit)

    def _notices(self, scene: Scene, rows: Sequence[DueLoan]) -> Iterator[NewNotice]:
        kinds = [(row, notice_timing.of_due_date(row.due_on, scene.today, scene.policy)) for row in rows]
        told = [(row, kind) for row, kind in kinds if kind is not None]
        wanting = scene.audience.wanting(row.card_number for row, _ in told)
        for row, kind in told:
            if _is_wanted(kind, wanting.get(row.card_number, ())):
                yield NewNotice(kind, row.card_number, row.loan_id, row.due_on, scene.now)


class LostLoans:
    """Loans that somebody's reservation keeps from being renewed; for those who asked for it."""

    def batch(self, scene: Scene, after: str, limit: int) -> Found:
        """By id."""
        rows = scene.reader.list_lost_loans(scene.since, after=after, limit=limit)
        return self._notices(scene, rows), _next([row.loan.loan_id for row in rows if row.loan], limit)

    def _notices(self, scene: Scene, rows: Sequence[RenewalFacts]) -> Iterator[NewNotice]:
        kind = NoticeKind.RESERVED_BY_OTHER
        wanting = scene.audience.wanting(row.patron.card_number for row in rows)
        for row in rows:
            loan = row.loan
            if loan is None or not _is_wanted(kind, wanting.get(loan.card_number, ())):
                continue
            if notice_timing.is_lost_to_another(row, scene.today, scene.policy):
                yield NewNotice(kind, loan.card_number, loan.loan_id, loan.checked_out_on, scene.now)


class Arrivals:
    """What came in, for each LINE user who watches for it. What many watch for is looked for once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Sequence[Title]] = {}

    def batch(self, scene: Scene, after: str, limit: int) -> Found:
        """By watch."""
        rows = scene.audience.watchers(after=after, limit=limit)
        return self._notices(scene, rows), _next([row.watch_id for row in rows], limit)

    def _notices(self, scene: Scene, rows: Sequence[Watcher]) -> Iterator[NewNotice]:
        kind = NoticeKind.NEW_ARRIVALS
        friends = scene.audience.friends(row.line_user_id for row in rows)
        for row in rows:
            friend = friends.get(row.line_user_id)
            if friend is None or not is_wanted(kind, friend.notices):
                continue
            since = local_day(row.since, scene.policy.zone)
            for title in self._titles(scene, row):
                if title.arrived_on and notice_timing.is_news(
                    title.arrived_on, since, scene.today, scene.policy
                ):
                    yield NewNotice(
                        kind, "", title.title_id, title.arrived_on, scene.now, line_user_id=row.line_user_id
                    )

    def _titles(self, scene: Scene, row: Watcher) -> Sequence[Title]:
        asked = (row.kind, row.words)
        if asked not in self._found:
            query = TitleQuery(**{row.kind: row.words})
            since = local_day(scene.since, scene.policy.zone)
            self._found[asked] = scene.reader.list_arrivals(since, query, limit=_MOST_ARRIVALS)
        return self._found[asked]


def _is_wanted(kind: NoticeKind, recipients: Sequence[Recipient]) -> bool:
    return any(is_wanted(kind, recipient.notices) for recipient in recipients)


def _next(keys: Sequence[str], limit: int) -> str:
    return keys[-1] if len(keys) == limit else ""
