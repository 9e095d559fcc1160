"""Table of what was not understood. Nothing in it is anybody's: words of a closed list, a day, how often."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base

MASKED_LENGTH = 80
GUESS_LENGTH = 32


class NotUnderstoodRow(Base):
    """Messages of one day that are the same once they are masked and were taken for the same."""

    __tablename__ = "not_understood"

    day: Mapped[date] = mapped_column(primary_key=True)
    """In the library's zone; the hour is not kept."""
    masked: Mapped[str] = mapped_column(String(MASKED_LENGTH), primary_key=True)
    guess: Mapped[str] = mapped_column(String(GUESS_LENGTH), primary_key=True)
    """Name of the likeliest intent."""
    times: Mapped[int]
