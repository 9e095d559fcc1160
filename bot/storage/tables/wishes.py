"""Tables of what patrons mean to reserve: the cart, and later volumes that follow an earlier one.

Kept for a LINE user and a card together, some days long (policy); both go when the link ends.
"""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.accounts import CARD_NUMBER_LENGTH, LINE_USER_ID_LENGTH


class CartItemRow(Base):
    """A title in a cart."""

    __tablename__ = "cart_items"

    line_user_id: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH), primary_key=True)
    card_number: Mapped[str] = mapped_column(String(CARD_NUMBER_LENGTH), primary_key=True)
    title_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int]
    """The order in which they were put in, from 1."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FollowUpRow(Base):
    """Later volumes to be reserved, the next one once the one before it was checked out by the card."""

    __tablename__ = "follow_ups"
    __table_args__ = (Index("ix_follow_ups_card_number_after", "card_number", "after_title_id"),)

    follow_up_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    line_user_id: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH), index=True)
    card_number: Mapped[str] = mapped_column(String(CARD_NUMBER_LENGTH))
    after_title_id: Mapped[str] = mapped_column(String(64))
    """The volume that is reserved now; once it is on loan, the next is reserved."""
    later: Mapped[list[str]] = mapped_column(JSON)
    """Title ids of the volumes after it, in their order; never empty."""
    pickup_branch: Mapped[str] = mapped_column(String(32))
    contact: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When it was asked for, or when the last volume was reserved by it."""
    look_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When the record is to be looked at next."""
