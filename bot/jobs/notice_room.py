"""How many messages may still be pushed this month for what is not urgent: LINE's count, what went since, and the part
that is kept for what is ready. What does not fit goes another way, and how much that was is kept for staff.
"""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.notices.month import Month, month_of
from bot.policies import Policy
from bot.storage.depths import QUOTA
from bot.storage.notice_messages import FAILED, LINE
from bot.storage.tables.notices import NoticeMessageRow
from bot.storage.tasks import SharedValues

OVER: Final = "notices_over_quota"
"""The shared value `{"month": "2026-12", "count": int}`: notices that went no way by LINE for want of messages."""


def month_now(session: Session, clock: Clock, policy: Policy) -> Month | None:
    """The month by LINE's last answer and what was made since; None: LINE has not said yet."""
    found = SharedValues(session, clock).get(QUOTA)
    if found is None:
        return None
    row = NoticeMessageRow
    since = session.scalar(
        select(func.count()).where(row.channel == LINE, row.state != FAILED, row.created_at >= found[1])
    )
    limit = found[0].get("limit")
    used = int(found[0].get("used", 0)) + (since or 0)
    return month_of(None if limit is None else int(limit), used, clock.now(), policy)


def pushes_left(session: Session, clock: Clock, policy: Policy) -> int | None:
    """None: as many as wanted, or LINE has not said yet."""
    month = month_now(session, clock, policy)
    return None if month is None else month.left


def note_over(session: Session, clock: Clock, count: int) -> None:
    """So many notices more found no message left for them. By the one process that composes."""
    if count:
        value = {"month": _name(clock), "count": over_this_month(session, clock) + count}
        SharedValues(session, clock).set(OVER, value)


def over_this_month(session: Session, clock: Clock) -> int:
    """How many notices of this month went another way, or none, for want of messages."""
    found = SharedValues(session, clock).get(OVER)
    return int(found[0]["count"]) if found is not None and found[0]["month"] == _name(clock) else 0


def _name(clock: Clock) -> str:
    return f"{clock.today():%Y-%m}"
