"""Tables of notices: what is to be told of a card, and the messages in which it is told.

A notice is one thing told of one card (or, for new arrivals, to one LINE user); its natural key is unique, so that
planning twice, or on two machines, tells once. A message is what one recipient gets: several notices together,
frozen before the first attempt. `bot.storage.notices` and `bot.storage.notice_messages` say which states there are.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.accounts import CARD_NUMBER_LENGTH, LINE_USER_ID_LENGTH

_WAITING = text("state = 'waiting'")
_TO_CALL = text("call_on IS NOT NULL")
_UNDER_WAY = text("state IN ('waiting', 'sending')")


class NoticeRow(Base):
    """One thing to be told. What is particular about it goes once it is over; the key stays some days (policy)."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("uq_notices_key", "card_number", "line_user_id", "kind", "subject", "day", unique=True),
        Index("ix_notices_due", "not_before", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_notices_to_call", "call_on", sqlite_where=_TO_CALL, postgresql_where=_TO_CALL),
        Index("ix_notices_line_user_id_state", "line_user_id", "state"),
        Index("ix_notices_ended_at", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ours; may stand in a log."""
    card_number: Mapped[str] = mapped_column(String(CARD_NUMBER_LENGTH), default="")
    line_user_id: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH), default="")
    """Only where it is told to one LINE user rather than of a card."""
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    """Id of the loan, reservation or title that it is about."""
    day: Mapped[date] = mapped_column(Date)
    """The day in the life of its subject: ready since, due on, arrived on."""
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the record does not tell later: a reason, an old date. Emptied once it is over."""
    state: Mapped[str] = mapped_column(String(16))
    rung: Mapped[int] = mapped_column(default=0)
    """How many ways to reach the patron have failed."""
    reason: Mapped[str] = mapped_column(String(64), default="")
    """Why it was dropped, or why the last way failed: a code."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    call_on: Mapped[date | None] = mapped_column(Date)
    """Set where the desk is to phone: since that day."""
    called_on: Mapped[date | None] = mapped_column(Date)
    """When it did."""


class NoticeMessageRow(Base):
    """What one recipient gets at one time, by LINE or as a letter.

    Its states: `waiting`, `sending` (an attempt is noted; a letter is on its way), `sent`, `failed`.
    """

    __tablename__ = "notice_messages"
    __table_args__ = (
        Index(
            "ix_notice_messages_due",
            "channel",
            "urgent",
            "next_attempt_at",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index("ix_notice_messages_recipient", "recipient"),
        Index("ix_notice_messages_ended_at", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    """`line` or `mail`."""
    recipient: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH), default="")
    """The LINE user; empty for a letter, whose address only the letter has."""
    mail_id: Mapped[int | None]
    """The letter."""
    messages: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """LINE message objects, the same in every attempt; None once it is over."""
    retry_key: Mapped[str] = mapped_column(String(36), default="")
    """A UUID, by which LINE takes it once in 24 hours."""
    urgent: Mapped[bool] = mapped_column(default=False)
    """Tells of something ready: sent first, and only to one who still is a friend."""
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    pushed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The first attempt: LINE remembers the retry key for 24 hours from then on."""
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(64), default="")
    """What became of the last attempt: a code."""
    request_id: Mapped[str] = mapped_column(String(64), default="")
    """LINE's id of the last request, for its support."""


class NoticeMessageItemRow(Base):
    """Which notices a message tells."""

    __tablename__ = "notice_message_items"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("notice_messages.id", ondelete="CASCADE"), primary_key=True
    )
    notice_id: Mapped[int] = mapped_column(
        ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True, index=True
    )
