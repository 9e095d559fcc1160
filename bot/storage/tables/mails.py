"""The table of letters that are to be sent by e-mail, written with their cause in one transaction."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime

_WAITING = text("state = 'waiting'")


class MailRow(Base):
    """A letter. Its states: `waiting`, `sent`, `refused`, `given_up`; its text goes when it is over."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_due", "next_attempt_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mails_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    """Why it is written: a code, nothing personal."""
    to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
