"""How many messages may still be pushed this month for what is not urgent: LINE's count, what went since, and the part
that is kept for what is ready.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.policies import Policy
from bot.storage.depths import QUOTA
from bot.storage.notice_messages import FAILED, LINE
from bot.storage.tables.notices import NoticeMessageRow
from bot.storage.tasks import SharedValues


def pushes_left(session: Session, clock: Clock, policy: Policy) -> int | None:
    """None: as many as wanted, or LINE has not said yet."""
    found = SharedValues(session, clock).get(QUOTA)
    if found is None or found[0].get("limit") is None:
        return None
    limit, used, asked_at = int(found[0]["limit"]), int(found[0]["used"]), found[1]
    row = NoticeMessageRow
    since = session.scalar(
        select(func.count()).where(row.channel == LINE, row.state != FAILED, row.created_at >= asked_at)
    )
    kept = limit * policy.notices.quota_reserve_percent // 100
    return max(limit - kept - used - (since or 0), 0)
