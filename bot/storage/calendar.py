"""What staff changed over the policy's calendar, and the policy with it: read in each transaction, so that a change
holds at once in every process, without a restart. Moving dates that fall into a closure is the library system's part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.policies import Policy, SpecialDays
from bot.storage.tables.calendar import SpecialDaysRow

PAST_DAYS: Final = 31
"""How long what is past still counts: a date that is worked out today may begin with a day of last month."""

_READ: Final = "special_days"
"""Under this name a session remembers what it has read."""


@dataclass(frozen=True, slots=True)
class SpecialEntry:
    """Days that are otherwise, as staff entered them."""

    branch: str
    """Code of the branch; empty: all."""
    first_on: date
    last_on: date
    hours: str = ""
    """`10:00-15:00`; empty: closed."""
    reason: str = ""
    """As said to the patron; empty: not said."""


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry with its number and who made it."""

    number: int
    entry: SpecialEntry
    made_by: str
    made_at: datetime
    """UTC."""


class Closures:
    """What staff changed, closures and special openings. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def list(self) -> tuple[KeptEntry, ...]:
        """What holds today or later, in the order in which it was entered."""
        return tuple(_kept(row) for row in self._in_force(self._clock.today()))

    def add(self, entry: SpecialEntry, *, by: str) -> tuple[int, bool]:
        """Enter it; `by`: who does. Returns its number, and whether it is new: the same again changes nothing.

        Raises ValueError where it ends before it begins, or its hours can't be read.
        """
        _special(entry)
        _one_at_a_time(self._session)
        same = self._already_said(entry)
        if same is not None:
            return same.number, False
        row = SpecialDaysRow(
            branch=entry.branch,
            first_on=entry.first_on,
            last_on=entry.last_on,
            hours=entry.hours,
            reason=entry.reason,
            made_by=by,
            made_at=self._clock.now(),
        )
        self._session.add(row)
        self._flush()
        return row.number, True

    def remove(self, number: int, *, by: str) -> KeptEntry | None:
        """Take an entry back; None where there is none of this number, or it was taken back already.

        Dates that it moved stay where they are: they were told.
        """
        _one_at_a_time(self._session)
        row = self._session.get(SpecialDaysRow, number, populate_existing=True)
        if row is None or row.withdrawn_at is not None:
            return None
        row.withdrawn_by, row.withdrawn_at = by, self._clock.now()
        self._flush()
        return _kept(row)

    def special_days(self) -> tuple[SpecialDays, ...]:
        """What is in force, as a policy has it; read once a transaction."""
        known = self._session.info.get(_READ)
        if known is None:
            since = self._clock.today() - timedelta(days=PAST_DAYS)
            known = tuple(_special(_kept(row).entry) for row in self._in_force(since))
            self._session.info[_READ] = known
        return tuple(known)

    def forget_old(self, kept: timedelta) -> None:
        """Remove what is past, or was taken back, for so long."""
        row, before = SpecialDaysRow, self._clock.today() - kept
        is_over = or_(row.last_on < before, row.withdrawn_at < self._clock.now() - kept)
        self._session.execute(delete(row).where(is_over))

    def _in_force(self, since: date) -> Iterable[SpecialDaysRow]:
        row = SpecialDaysRow
        in_force = select(row).where(row.withdrawn_at.is_(None), row.last_on >= since)
        return self._session.scalars(in_force.order_by(row.number))

    def _already_said(self, entry: SpecialEntry) -> SpecialDaysRow | None:
        """The same entry, unless something that was entered later goes before it."""
        for row in reversed(list(self._in_force(entry.first_on))):
            if _kept(row).entry == entry:
                return row
            if row.first_on <= entry.last_on and (
                not row.branch or not entry.branch or row.branch == entry.branch
            ):
                return None
        return None

    def _flush(self) -> None:
        self._session.flush()
        self._session.info.pop(_READ, None)


def policy_now(session: Session, policy: Policy, clock: Clock) -> Policy:
    """The policy with what staff changed over its calendar: one small query a transaction, however often asked."""
    changes = Closures(session, clock).special_days()
    if not changes:
        return policy
    return policy.model_copy(update={"special_days": (*policy.special_days, *changes)})


def _one_at_a_time(session: Session) -> None:
    """Two who change the calendar at once do so one after the other; whoever reads it waits for neither."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE special_days IN SHARE ROW EXCLUSIVE MODE"))


def _kept(row: SpecialDaysRow) -> KeptEntry:
    entry = SpecialEntry(row.branch, row.first_on, row.last_on, row.hours, row.reason)
    return KeptEntry(row.number, entry, row.made_by, row.made_at)


def _special(entry: SpecialEntry) -> SpecialDays:
    return SpecialDays.model_validate(
        {
            "branches": (entry.branch,) if entry.branch else (),
            "from": entry.first_on,
            "until": entry.last_on,
            "hours": entry.hours,
            "reason": entry.reason,
        }
    )
