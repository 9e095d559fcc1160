"""Tables of announcements: what staff wrote, its picture, and the batches in which it goes out.

A batch is one call to LINE: its recipients and its retry key stand here before the call is made. The recipients go
once the batch is over; the numbers stay as long as the announcement.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.accounts import LINE_USER_ID_LENGTH
from bot.storage.tables.staff import USERNAME_LENGTH

_UNDER_WAY = text("state IN ('waiting', 'sending')")


class AnnouncementRow(Base):
    """One announcement. `bot.announcements.states` says which states there are."""

    __tablename__ = "announcements"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    """By which staff speak of it."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each change: what somebody approves is what they have seen."""
    layout: Mapped[str] = mapped_column(String(16))
    heading: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    link_label: Mapped[str] = mapped_column(Text, default="")
    link_url: Mapped[str] = mapped_column(Text, default="")
    link_key: Mapped[str] = mapped_column(String(32), unique=True)
    """Stands for the link's address in what goes out, so that taps can be counted."""
    audience: Mapped[str] = mapped_column(Text)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not before; None: at once."""
    written_by: Mapped[str] = mapped_column(String(USERNAME_LENGTH))
    """The account's name; empty: a command on the server."""
    approved_by: Mapped[str] = mapped_column(String(USERNAME_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    is_broadcast: Mapped[bool] = mapped_column(default=False)
    left_out: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many of the audience were not reached, by reason."""
    taps: Mapped[int] = mapped_column(default=0)
    """How often the link was opened, counted by our own address."""
    opened: Mapped[int | None]
    clicked: Mapped[int | None]
    """People, as LINE counts them; None: LINE has not said, or withholds it."""
    insight_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When LINE was last asked for them."""


class AnnouncementPictureRow(Base):
    """The picture of an announcement, drawn anew from what was uploaded."""

    __tablename__ = "announcement_pictures"

    number: Mapped[int] = mapped_column(
        ForeignKey("announcements.number", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(32), unique=True)
    """In its address."""
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class AnnouncementBatchRow(Base):
    """One call: at most 500 recipients, or everybody."""

    __tablename__ = "announcement_batches"
    __table_args__ = (
        Index(
            "ix_announcement_batches_due",
            "next_attempt_at",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ours; may stand in a log."""
    number: Mapped[int] = mapped_column(ForeignKey("announcements.number", ondelete="CASCADE"), index=True)
    is_trial: Mapped[bool] = mapped_column(default=False)
    """Goes to the one who tries it out, and counts for nothing."""
    recipients: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """LINE user ids while it is under way; None: everybody, or it is over."""
    people: Mapped[int]
    messages: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """Frozen; None once it is over."""
    retry_key: Mapped[str] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(16))
    may_have_arrived: Mapped[bool] = mapped_column(default=False)
    """An attempt was cut short, or its answer was lost."""
    attempts: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    request_id: Mapped[str] = mapped_column(String(64), default="")
    """LINE's, of the attempt that it accepted."""


class StaffPhoneRow(Base):
    """The LINE user to whom somebody of the staff sends an announcement to try it out."""

    __tablename__ = "staff_phones"

    username: Mapped[str] = mapped_column(
        ForeignKey("staff_accounts.username", ondelete="CASCADE"), primary_key=True
    )
    line_user_id: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH))
