"""The only reader of the time in the simulator; everything else is handed a clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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


def millis(at: datetime) -> int:
    """An instant as LINE writes it: milliseconds since 1970."""
    return int(at.timestamp() * 1000)
