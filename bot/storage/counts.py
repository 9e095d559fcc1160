"""How much the counter is used: figures of now and of the last days, without anybody's name or number.

Counting goes through whole tables, so it is done for all at most every ten minutes and kept meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.clock import Clock
from bot.library import Actor
from bot.storage.depths import QUOTA
from bot.storage.engine import reading, writing
from bot.storage.tables.accounts import LineUserRow, LinkRow
from bot.storage.tables.desk import DeskMessageRow
from bot.storage.tables.library import LoanHistoryRow, ReservationHistoryRow
from bot.storage.tables.messages import InboxRow
from bot.storage.tables.notices import NoticeMessageRow
from bot.storage.tasks import SharedValues

DAYS: Final = 7
"""Today and the days before it: what was sent and received is kept no longer than a policy says."""

SERIES: Final = (
    *("messages", "understood", "missed", "links", "renewals", "reservations"),
    *("notices_line", "notices_mail"),
)
"""What is counted a day; each is a key of a day's counts."""

_KEPT: Final = timedelta(minutes=10)
_NAME: Final = "counts"


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures."""

    at: datetime
    """When they were counted, UTC."""
    now: Mapping[str, int]
    """`friends`, `linked_users`, `linked_cards`, `open_messages`."""
    days: tuple[tuple[date, Mapping[str, int]], ...]
    """Day by day, today first, by `SERIES`."""
    quota: Mapping[str, Any]
    """`limit` (None: none) and `used` of the month's messages; empty while nobody has asked LINE."""


def counts(engine: Engine, clock: Clock, zone: ZoneInfo) -> Counts:
    """The figures, at most ten minutes old."""
    with reading(engine) as session:
        values = SharedValues(session, clock)
        known, quota = values.get(_NAME), values.get(QUOTA)
        is_fresh = known is not None and timedelta(0) <= clock.now() - known[1] < _KEPT
        found = known[0] if known is not None and is_fresh else _count(session, clock, zone)
    if not is_fresh:
        with writing(engine) as session:
            SharedValues(session, clock).set(_NAME, found)
    days = tuple((date.fromisoformat(day), of_day) for day, of_day in found["days"])
    at = known[1] if known is not None and is_fresh else clock.now()
    return Counts(at, found["now"], days, quota[0] if quota is not None else {})


def _count(session: Session, clock: Clock, zone: ZoneInfo) -> dict[str, Any]:
    days = [clock.today() - timedelta(days=back) for back in range(DAYS)]
    series = {name: _by_day(session, days, zone, at, *where) for name, at, where in _sources()}
    return {
        "now": _now(session),
        "days": [[day.isoformat(), {name: series[name][n] for name in SERIES}] for n, day in enumerate(days)],
    }


def _sources() -> Iterable[tuple[str, "InstrumentedAttribute[Any]", tuple[ColumnElement[bool], ...]]]:
    loan, reservation, notice = LoanHistoryRow, ReservationHistoryRow, NoticeMessageRow
    patron = Actor.PATRON.value
    yield "messages", InboxRow.received_at, (InboxRow.kind == "message",)
    yield "understood", InboxRow.received_at, (InboxRow.understood.is_(True),)
    yield "missed", InboxRow.received_at, (InboxRow.understood.is_(False),)
    yield "links", LinkRow.linked_at, ()
    yield "renewals", loan.at, (loan.event == "renewed", loan.actor == patron)
    yield "reservations", reservation.at, (reservation.event == "place", reservation.actor == patron)
    yield "notices_line", notice.ended_at, (notice.state == "sent", notice.channel == "line")
    yield "notices_mail", notice.ended_at, (notice.state == "sent", notice.channel == "mail")


def _by_day(
    session: Session,
    days: list[date],
    zone: ZoneInfo,
    at: "InstrumentedAttribute[Any]",
    *where: ColumnElement[bool],
) -> list[int]:
    """How many rows fall on each day, in one go through them."""
    begins = [datetime.combine(day, time.min, zone) for day in days]
    ends = [datetime.combine(day + timedelta(days=1), time.min, zone) for day in days]
    columns = [
        func.count().filter(and_(at >= begin, at < end)) for begin, end in zip(begins, ends, strict=True)
    ]
    return list(session.execute(select(*columns).where(at >= begins[-1], *where)).one())


def _now(session: Session) -> dict[str, int]:
    def count(what: ColumnElement[int], *where: ColumnElement[bool]) -> int:
        return session.scalar(select(what).where(*where)) or 0

    return {
        "friends": count(func.count(LineUserRow.line_user_id), LineUserRow.blocked_at.is_(None)),
        "linked_users": count(func.count(LinkRow.line_user_id.distinct())),
        "linked_cards": count(func.count(LinkRow.card_number.distinct())),
        "open_messages": count(func.count(DeskMessageRow.number), DeskMessageRow.answered_at.is_(None)),
    }
