"""What the staff console needs from outside."""

from dataclasses import dataclass

from sqlalchemy import Engine

from bot.clock import Clock
from bot.policies import Policy
from bot.staff.announcements import AnnouncementActs
from bot.staff.calendar import CalendarActs
from bot.staff.counter import CounterActs, OpenDesk
from bot.staff.patrons import OpenLibrary, PatronActs
from bot.staff.sign_in import StaffSignIn


@dataclass(frozen=True, slots=True)
class StaffServices:
    """Handed in by whoever builds the web application."""

    engine: Engine
    policy: Policy
    clock: Clock
    sign_in: StaffSignIn
    counter: CounterActs
    patrons: PatronActs
    calendar: CalendarActs
    announcements: AnnouncementActs
    open_library: OpenLibrary
    open_desk: OpenDesk
    secret_key: str
    """Signs the session's cookie."""
    address: str
    """The console as staff reach it (`STAFF_URL`, or else `PUBLIC_URL`)."""

    @property
    def over_https(self) -> bool:
        """Whether staff reach it by https."""
        return self.address.startswith("https:")
