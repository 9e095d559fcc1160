"""When the library is open: the `[calendar]` of a policy, and days that are otherwise than it says.

Regular closed days are those of the week and the month. What a holiday does to them is the library's own rule, and a
branch may have rules of its own. Days that are otherwise (`[[special_days]]` and what staff enter) go before all of it.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from bot.policies.section import (
    WEEKDAYS,
    BranchCode,
    MonthDay,
    OpeningHours,
    Section,
    Weekday,
    is_day_of_year,
)

MonthlyDay = Annotated[
    str,
    Field(
        pattern=r"^([1-5]|last)_(mon|tue|wed|thu|fri|sat|sun)$|^last_(day|workday)$|^([1-9]|[12]\d|3[01])$"
    ),
]
"""A day of each month: `3_thu` (the third Thursday), `last_thu`, `last_day` (末日), `last_workday` (the last one that
is neither Saturday, Sunday nor holiday), `15` (the 15th; not in months that have none)."""

OnHolidays = Literal["as_usual", "closed", "open", "open_then_closed"]
"""What a holiday does: nothing; the library is closed; a regular closed day on it is open; and, in its place, the next
day that is neither Saturday, Sunday, holiday nor closed anyway is closed (祝日の場合は開館し、翌平日休館)."""


class Hours(Section):
    """Opening hours of a branch."""

    weekday: OpeningHours
    saturday: OpeningHours
    sunday: OpeningHours
    holiday: OpeningHours | None = None
    """On holidays, whatever the weekday; None: as on that weekday."""


class YearlyClosure(Section):
    """Closed each year from a day until a day (年末年始); it may go over New Year."""

    first: Annotated[MonthDay, Field(alias="from")]
    last: Annotated[MonthDay, Field(alias="until")]
    reason: str = ""
    """As said to the patron; empty: not said."""

    @field_validator("first", "last")
    @classmethod
    def _there_is_such_a_day(cls, value: str) -> str:
        if not is_day_of_year(value):
            raise ValueError("there is no such day (MM-DD)")
        return value

    def covers(self, day: date) -> bool:
        """Whether `day` is in it."""
        at = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


class ClosedRules(Section):
    """On which days a branch is regularly closed. None: as the library's calendar says."""

    closed_weekdays: Annotated[tuple[Weekday, ...] | None, Field(strict=False)] = None
    closed_monthly: Annotated[tuple[MonthlyDay, ...] | None, Field(strict=False)] = None
    closed_yearly: Annotated[tuple[YearlyClosure, ...] | None, Field(strict=False)] = None
    holidays: OnHolidays | None = None


class Calendar(Section):
    """When the library is open. Without one, date arithmetic takes every day as open."""

    sample: bool = False
    """True: made up for a demo (見本)."""
    closed_weekdays: Annotated[tuple[Weekday, ...], Field(strict=False)] = ()
    closed_monthly: Annotated[tuple[MonthlyDay, ...], Field(strict=False)] = ()
    closed_yearly: Annotated[tuple[YearlyClosure, ...], Field(strict=False)] = ()
    closed_days: Annotated[tuple[date, ...], Field(strict=False)] = ()
    """Single days, of all branches; for a reason or for one branch, write `[[special_days]]`."""
    holidays: OnHolidays = "as_usual"
    hours: dict[BranchCode, Hours] = Field(default_factory=dict)
    branch: dict[BranchCode, ClosedRules] = Field(default_factory=dict)
    """Branches with rules of their own."""

    @field_validator("closed_weekdays")
    @classmethod
    def _some_day_is_open(cls, value: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if set(value) == set(WEEKDAYS):
            raise ValueError("every weekday is closed")
        return value

    def weekdays_closed(self, branch: str) -> tuple[Weekday, ...]:
        """The weekdays on which the branch is closed."""
        own = self._own(branch).closed_weekdays
        return self.closed_weekdays if own is None else own

    def monthly_closed(self, branch: str) -> tuple[str, ...]:
        """The days of each month on which the branch is closed."""
        own = self._own(branch).closed_monthly
        return self.closed_monthly if own is None else own

    def yearly_closed(self, branch: str) -> tuple[YearlyClosure, ...]:
        """The times of each year in which the branch is closed."""
        own = self._own(branch).closed_yearly
        return self.closed_yearly if own is None else own

    def on_holidays(self, branch: str) -> OnHolidays:
        """What a holiday does to the branch."""
        return self._own(branch).holidays or self.holidays

    def _own(self, branch: str) -> ClosedRules:
        return self.branch.get(branch, _NO_RULES)


class SpecialDays(Section):
    """Days on which branches are closed, or open at other hours, whatever the calendar says."""

    branches: Annotated[tuple[BranchCode, ...], Field(strict=False)] = ()
    """Empty: all branches."""
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="until")]
    hours: OpeningHours = ""
    """When it is open on them; empty: closed."""
    reason: str = ""
    """As said to the patron (台風のため); empty: not said."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last < self.first:
            raise ValueError("it ends before it begins")
        return self

    def covers(self, branch: str, day: date) -> bool:
        """Whether `day` is one of them at the branch."""
        return self.first <= day <= self.last and (not self.branches or branch in self.branches)


class DueDates(Section):
    """What closed days do to due dates."""

    moved_by: Literal["nothing", "special_days", "closed_days"]
    """Which closed days at the copy's branch move a due date on to the next open day: none; only special ones (台風),
    for loans that run and for new due dates; or all of them for new due dates, special ones for loans that run."""


_NO_RULES = ClosedRules()
