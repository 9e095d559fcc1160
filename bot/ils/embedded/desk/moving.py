"""Moves the dates that fall on special closed days (台風) to an open day, by the rules, and has it told once.

Set by set, not loan by loan: a closure of a city's library moves tens of thousands. All in the caller's transaction,
the patrons locked first, so that nobody renews or picks up meanwhile. Moving again moves nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.clock import Clock
from bot.ils.embedded import history
from bot.ils.embedded.importing.batches import batches
from bot.library import Actor, ReservationState
from bot.library.desk import MovedDates
from bot.policies import Policy
from bot.rules import due_dates
from bot.rules.calendar import CLOSED, special_day
from bot.rules.notice_kinds import NoticeKind
from bot.storage.base import Base
from bot.storage.notices import NewNotice, Notices
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow

_Rule: TypeAlias = Callable[[date, str, Policy], date]
_Dates: TypeAlias = Select[Any, Any, Any, Any, Any]
"""Id, card, title, branch and date."""


@dataclass(frozen=True, slots=True)
class _Move:
    """One date that moves."""

    subject: str
    """Id of the loan or reservation."""
    card_number: str
    title_id: str
    branch: str
    old: date
    new: date


class DateMover:
    """Within `session`'s transaction; `policy` with what staff changed over its calendar."""

    def __init__(self, session: Session, policy: Policy, clock: Clock) -> None:
        self._session = session
        self._policy = policy
        self._clock = clock

    def move(self, actor: Actor) -> MovedDates:
        """Move whatever lies on a special closed day, unless the open day after it is past, too."""
        loans_in = self._in_closures(_loans(), LoanRow.due_on)
        waiting_in = self._in_closures(_waiting(), ReservationRow.pickup_by)
        if loans_in is None or waiting_in is None:
            return MovedDates()
        self._lock_patrons(loans_in, waiting_in)
        loans = self._moves(loans_in, due_dates.running_due_on)
        waiting = self._moves(waiting_in, due_dates.running_pickup_by)
        now = self._clock.now()
        self._write(LoanRow, LoanRow.loan_id, "due_on", loans)
        history.moved_due_dates(
            self._session, ((one.subject, one.card_number, one.new) for one in loans), actor, now
        )
        self._write(ReservationRow, ReservationRow.reservation_id, "pickup_by", waiting)
        history.moved_last_days(
            self._session, ((one.subject, one.card_number) for one in waiting), actor, now
        )
        Notices(self._session, self._clock).add(self._told(loans, waiting))
        self._session.expire_all()
        return MovedDates(len(loans), len(waiting))

    def _in_closures(self, dates: _Dates, column: InstrumentedAttribute[Any]) -> _Dates | None:
        """Those that may move; the rule decides. None: there is no closure."""
        closures = [days for days in self._policy.special_days if days.hours == CLOSED]
        return (
            dates.where(or_(*(column.between(one.first, one.last) for one in closures))) if closures else None
        )

    def _lock_patrons(self, *dates: _Dates) -> None:
        """All at once and in one order, so that two who move dates do not wait for each other."""
        cards = [some.order_by(None).with_only_columns(PatronRow.card_number) for some in dates]
        self._session.execute(
            select(PatronRow.card_number)
            .where(or_(*(PatronRow.card_number.in_(some) for some in cards)))
            .order_by(PatronRow.card_number)
            .with_for_update()
        ).all()

    def _moves(self, dates: _Dates, rule: _Rule) -> list[_Move]:
        found = (self._move(*row, rule) for row in self._session.execute(dates))
        return [one for one in found if one.new != one.old and one.new >= self._clock.today()]

    def _move(
        self, subject: str, card_number: str, title_id: str | None, branch: str, old: date, rule: _Rule
    ) -> _Move:
        return _Move(subject, card_number, title_id or "", branch, old, rule(old, branch, self._policy))

    def _write(
        self, table: type[Base], key: InstrumentedAttribute[str], name: str, moves: Sequence[_Move]
    ) -> None:
        by_date: dict[date, list[str]] = defaultdict(list)
        for move in moves:
            by_date[move.new].append(move.subject)
        for new, subjects in by_date.items():
            for some in batches(subjects):
                self._session.execute(
                    update(table)
                    .where(key.in_(some))
                    .values({name: new})
                    .execution_options(synchronize_session=False)
                )

    def _told(self, loans: Sequence[_Move], waiting: Sequence[_Move]) -> Iterator[NewNotice]:
        for what, moves in (("due_on", loans), ("pickup_by", waiting)):
            for move in moves:
                days = special_day(move.branch, move.old, self._policy)
                yield NewNotice(
                    kind=NoticeKind.CLOSURE_MOVED,
                    card_number=move.card_number,
                    subject=move.subject,
                    day=move.new,
                    not_before=self._clock.now(),
                    facts={
                        "what": what,
                        "old": move.old.isoformat(),
                        "new": move.new.isoformat(),
                        "title_id": move.title_id,
                        "branch": move.branch,
                        "reason": days.reason if days is not None else "",
                    },
                )


def _loans() -> _Dates:
    return (
        select(LoanRow.loan_id, LoanRow.card_number, CopyRow.title_id, CopyRow.branch, LoanRow.due_on)
        .join(CopyRow, CopyRow.barcode == LoanRow.barcode)
        .join(PatronRow, PatronRow.card_number == LoanRow.card_number)
        .where(LoanRow.returned_on.is_(None))
        .order_by(LoanRow.loan_id)
    )


def _waiting() -> _Dates:
    row = ReservationRow
    return (
        select(row.reservation_id, row.card_number, row.title_id, row.pickup_branch, row.pickup_by)
        .join(PatronRow, PatronRow.card_number == row.card_number)
        .where(row.state == ReservationState.READY.value)
        .order_by(row.reservation_id)
    )
