"""The only reader of the time. Everything else is handed a clock, an instant or a day."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """Tells instants (aware, UTC) and the day it is in the library's zone."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The day it is now in the library's zone."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, moved by `shift` (so that a demo can start at another instant and run on)."""

    zone: ZoneInfo = JST
    shift: timedelta = timedelta(0)

    @classmethod
    def starting_at(cls, start: datetime | None, zone: ZoneInfo = JST) -> "SystemClock":
        """A clock that shows `start` (aware) now and runs on; None: the true time."""
        if start is None:
            return cls(zone)
        return cls(zone, start.astimezone(UTC) - datetime.now(UTC))

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC) + self.shift

    def today(self) -> date:
        """The day it is now in the library's zone."""
        return self.now().astimezone(self.zone).date()


@dataclass(slots=True)
class StoppedClock:
    """A clock that shows one instant until it is moved; for tests and for `--at`."""

    instant: datetime
    zone: ZoneInfo = field(default=JST)

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self.instant.astimezone(UTC)

    def today(self) -> date:
        """The day of that instant in the library's zone."""
        return self.instant.astimezone(self.zone).date()

    def advance(self, step: timedelta) -> None:
        """Move the clock on by `step`."""
        self.instant += step
