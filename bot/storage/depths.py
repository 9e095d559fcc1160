"""How much waits and for how long, for the metrics: a few counts over small partial indexes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage import inbox, mails, notices, outbox
from bot.storage.tables.mails import MailRow
from bot.storage.tables.messages import InboxRow, OutboxRow
from bot.storage.tables.notices import NoticeRow
from bot.storage.tasks import SharedValues

QUOTA = "line_quota"
"""The shared value `{"limit": int or null, "used": int}`."""

Depths = Mapping[str, tuple[float | None, str]]
"""By name: the number (None: not known) and what it is."""


def depths(session: Session, clock: Clock) -> Depths:
    """All depths and ages (seconds) as they are now."""
    waiting, received_at = session.execute(
        select(func.count(), func.min(InboxRow.received_at)).where(InboxRow.state == inbox.WAITING)
    ).one()
    unsent, created_at = session.execute(
        select(func.count(), func.min(OutboxRow.created_at)).where(
            OutboxRow.state.in_((outbox.WAITING, outbox.SENDING))
        )
    ).one()
    failed = session.scalar(select(func.count()).where(InboxRow.state == inbox.FAILED))
    letters = session.scalar(select(func.count()).where(MailRow.state == mails.WAITING))
    return {
        "inbox_waiting": (waiting, "Events that wait for their turn."),
        "inbox_oldest_seconds": (_age(received_at, clock), "Since the oldest of them came."),
        "outbox_waiting": (unsent, "Answers and notices that wait to be sent."),
        "outbox_oldest_seconds": (_age(created_at, clock), "Since the oldest of them was written."),
        "dead_letters": (failed, "Events that failed for good; see `madoguchi dead-letters`."),
        "letters_waiting": (letters, "E-mails that wait to be sent."),
        "notices_waiting": (
            _notices(session, NoticeRow.state == notices.WAITING),
            "Notices that wait to be told.",
        ),
        "notices_unreached": (
            _notices(session, NoticeRow.state == notices.UNREACHED),
            "Notices of the last weeks that reached nobody.",
        ),
        "calls_waiting": (
            _notices(session, NoticeRow.call_on.is_not(None) & NoticeRow.called_on.is_(None)),
            "Patrons whom the desk is to phone.",
        ),
        "line_quota_left": (_quota_left(session, clock), "Messages that may still be pushed this month."),
    }


def _notices(session: Session, which: ColumnElement[bool]) -> int | None:
    return session.scalar(select(func.count()).select_from(NoticeRow).where(which))


def _age(since: datetime | None, clock: Clock) -> float:
    return 0.0 if since is None else max(0.0, (clock.now() - since).total_seconds())


def _quota_left(session: Session, clock: Clock) -> float | None:
    found = SharedValues(session, clock).get(QUOTA)
    if found is None or found[0].get("limit") is None:
        return None
    return float(found[0]["limit"]) - float(found[0]["used"])
