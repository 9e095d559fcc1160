"""The only reader of the time in the simulator; everything else is handed a clock."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    """Tells the instant."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """The machine's clock, moved by `shift`, so that bot and platform can both live at another time."""

    shift: timedelta = field(default=timedelta(0))

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC) + self.shift


@dataclass(slots=True)
class HandClock:
    """A clock that stands until it is moved; for tests."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant

    def advance(self, step: timedelta) -> None:
        """Move it on by `step`."""
        self.instant += step


LINES_DAY = timezone(timedelta(hours=9))
"""LINE counts days and months in UTC+9."""


def line_day(at: datetime) -> date:
    """The day that LINE counts this instant to."""
    return at.astimezone(LINES_DAY).date()


def iso(at: datetime) -> str:
    """An instant as LINE's answers write it: `2026-01-05T01:00:00.000Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def millis(at: datetime) -> int:
    """An instant as LINE writes it: milliseconds since 1970."""
    return int(at.timestamp() * 1000)
