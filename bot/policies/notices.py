"""What the library tells of its own accord, when, and how much of the month's messages is kept for the most urgent."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from bot.policies.section import Days, PositiveDays, Section

TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""`08:00`, in the library's zone."""


class Notices(Section):
    """What the library tells of its own accord."""

    due_reminder_days_before: PositiveDays
    due_reminder_from_the_start: bool
    """False: off until the patron asks for it; so are the due date itself and an overdue loan."""
    overdue_days_after: PositiveDays
    """An overdue loan is told of so many days after its due date, once."""
    pickup_reminder_days_before: PositiveDays
    """Before the last day on which a reserved item is kept."""
    reserved_by_other_from_the_start: bool
    """False: that a loan can't be renewed any more is told to those alone who asked for it."""
    new_arrivals_by: Annotated[tuple[Literal["subject", "author"], ...], Field(min_length=1, strict=False)]
    """What a watch for new arrivals may name."""
    hold_from_the_start: bool
    """Whether tidings of one's reservations come before the patron has said anything about them."""
    announcements_from_the_start: bool
    new_arrivals_days: PositiveDays
    """What came into the library within so many days is new."""
    watches: Annotated[int, Field(ge=1, le=50)]
    """How many watches for new arrivals one LINE user may have."""
    daily_at: TimeOfDay
    """When it is looked for what is to be told on a day; what happens during the day is looked for all the time."""
    quiet_from: TimeOfDay
    quiet_until: TimeOfDay
    """Nothing is pushed from the one to the other, usually across midnight; it waits."""
    late_days: Days
    """What could not be told on its day (the machine was off) is still told within so many days."""
    button_days: PositiveDays
    """How long the buttons under a notice begin what they say; what would change anything is asked about first."""
    quota_reserve_percent: Annotated[int, Field(ge=0, le=100)]
    """Part of the month's messages that is kept for what is ready to be picked up."""

    @property
    def daily_time(self) -> time:
        """`daily_at` as a time of day."""
        return time.fromisoformat(self.daily_at)

    @property
    def quiet_hours(self) -> tuple[time, time]:
        """From and until; both the same: there are none."""
        return time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
