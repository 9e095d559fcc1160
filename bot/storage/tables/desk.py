"""The table of messages that patrons leave for the library's staff, with the answers."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime


class DeskMessageRow(Base):
    """One message to the desk. It goes when the patron unsends it, unlinks, or its days have passed."""

    __tablename__ = "desk_messages"
    __table_args__ = (
        Index("ix_desk_messages_line_user_id_answered_at", "line_user_id", "answered_at"),
        # A number is never given twice, or the answer to a message that is gone could reach somebody else.
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    """By which staff and patron speak of it."""
    line_user_id: Mapped[str] = mapped_column(String(64))
    card_number: Mapped[str] = mapped_column(String(64), default="")
    """The card in use when it was sent; empty without one."""
    message_id: Mapped[str] = mapped_column(String(64), default="", index=True)
    """LINE's id of the message it was written in: when that is unsent, the row goes."""
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
