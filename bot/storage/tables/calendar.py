"""The table of what staff changed over the policy's calendar."""

from datetime import date, datetime

from sqlalchemy import Date, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime

_IN_FORCE = text("withdrawn_at IS NULL")


class SpecialDaysRow(Base):
    """Days on which a branch, or all of them, are closed or open at other hours. Of two the later row counts."""

    __tablename__ = "special_days"
    __table_args__ = (
        Index("ix_special_days_last_on", "last_on", sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
        # A number that was given stands for that entry for good, in the history of what staff did.
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    """By which staff speak of it."""
    branch: Mapped[str] = mapped_column(String(32), default="")
    """Code of the branch; empty: all."""
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    hours: Mapped[str] = mapped_column(String(16), default="")
    """`10:00-15:00`; empty: closed."""
    reason: Mapped[str] = mapped_column(default="")
    """As said to the patron."""
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
