"""When a branch is open, from the policy's calendar and its special days. Without both every day counts as open.

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/calendar.yaml`):

    CALENDAR-1  special  a special day: the hours given for it, or closed; the newest that covers the day counts
    CALENDAR-2  open     there is no calendar: every day counts as open, no hours are known
    CALENDAR-3  closed   a time of each year, or a single day, on which the library is closed
    CALENDAR-4  closed   a holiday, where the branch is closed on holidays
    CALENDAR-5  closed   a regular closed day of the week or the month, unless holidays open it
    CALENDAR-6  closed   the workday after a holiday that opened a regular closed day, where that is made up for
    CALENDAR-7  closed   the branch has no hours on that weekday, or on holidays
    CALENDAR-8  open     none of these
    CALENDAR-9  search   the next open day is looked for in a year; where none is found, the day itself stays
"""

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.policies import WEEKDAYS, Calendar, Policy, SpecialDays
from bot.rules.holidays import holiday_name, is_workday

SEARCH_DAYS = 366
"""How far the next open day is looked for."""

CLOSED = ""

_LONGEST_RUN = 14
"""A regular closed day that a holiday opened is made up for within so many days (a Golden Week has seven)."""


class Why(StrEnum):
    """Why a branch is closed, or open at other hours."""

    NOTHING = ""
    SPECIAL = "special"
    YEARLY = "yearly"
    DAY = "day"
    HOLIDAY = "holiday"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MADE_UP = "made_up"
    """In place of a closed day that was open because it was a holiday."""
    NO_HOURS = "no_hours"


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of a branch on a day."""

    hours: str | None
    """`HH:MM-HH:MM`; empty: it is closed; None: open, but the hours are not known."""
    why: Why = Why.NOTHING
    reason: str = ""
    """In the library's words (台風のため); empty where it gave none."""

    @property
    def is_open(self) -> bool:
        """Open, as far as is known."""
        return self.hours != CLOSED


def day_at(branch: str, day: date, policy: Policy) -> Day:
    """What is known of the branch (its code) on `day`."""
    special = special_day(branch, day, policy)
    if special is not None:
        return Day(special.hours, Why.SPECIAL, special.reason)
    return _regular_day(branch, day, policy.calendar) if policy.calendar is not None else Day(None)


def special_day(branch: str, day: date, policy: Policy) -> SpecialDays | None:
    """The newest special days that cover `day` at the branch."""
    return next((one for one in reversed(policy.special_days) if one.covers(branch, day)), None)


def is_open_on(branch: str, day: date, policy: Policy) -> bool:
    """Whether the branch (its code) is open on `day`."""
    return day_at(branch, day, policy).is_open


def is_known(branch: str, day: date, policy: Policy) -> bool:
    """Whether anything says when the branch is open on `day`."""
    return policy.calendar is not None or special_day(branch, day, policy) is not None


def opening_hours(branch: str, day: date, policy: Policy) -> str | None:
    """The branch's hours on `day` as `HH:MM-HH:MM`; empty: it is closed; None: open, but the hours are not known."""
    return day_at(branch, day, policy).hours


def next_open_day(branch: str, first: date, policy: Policy) -> date:
    """The first open day from `first` on, that day included; `first` itself where none is found in a year."""
    days = (first + timedelta(days=step) for step in range(SEARCH_DAYS))
    return next((day for day in days if is_open_on(branch, day, policy)), first)


def _regular_day(branch: str, day: date, calendar: Calendar) -> Day:
    closed = _closed_whatever_comes(branch, day, calendar)
    if closed is not None:
        return closed
    on_holidays = calendar.on_holidays(branch)
    # Asked only where a holiday changes anything: the library of holidays takes a moment to read.
    is_holiday = on_holidays != "as_usual" and bool(holiday_name(day))
    if is_holiday and on_holidays == "closed":
        return Day(CLOSED, Why.HOLIDAY)
    regular = _regularly_closed(branch, day, calendar)
    if regular and not is_holiday:
        return Day(CLOSED, regular)
    if on_holidays == "open_then_closed" and _makes_up(branch, day, calendar):
        return Day(CLOSED, Why.MADE_UP)
    hours = _hours(branch, day, calendar)
    return Day(hours, Why.NO_HOURS if hours == CLOSED else Why.NOTHING)


def _closed_whatever_comes(branch: str, day: date, calendar: Calendar) -> Day | None:
    for closure in calendar.yearly_closed(branch):
        if closure.covers(day):
            return Day(CLOSED, Why.YEARLY, closure.reason)
    return Day(CLOSED, Why.DAY) if day in calendar.closed_days else None


def _regularly_closed(branch: str, day: date, calendar: Calendar) -> Why:
    if WEEKDAYS[day.weekday()] in calendar.weekdays_closed(branch):
        return Why.WEEKLY
    if any(_falls_on(wanted, day) for wanted in calendar.monthly_closed(branch)):
        return Why.MONTHLY
    return Why.NOTHING


def _makes_up(branch: str, day: date, calendar: Calendar) -> bool:
    """Whether `day` is the first workday after a holiday that opened a regular closed day."""
    if not is_workday(day):
        return False
    for back in range(1, _LONGEST_RUN):
        before = day - timedelta(days=back)
        closed = _closed_whatever_comes(branch, before, calendar) is not None
        regular = bool(_regularly_closed(branch, before, calendar))
        if regular and not closed and holiday_name(before):
            return True
        if is_workday(before) and not regular and not closed:
            return False  # It was made up for on that day already.
    return False


def _falls_on(wanted: str, day: date) -> bool:
    """Whether `day` is this day of its month (`3_thu`, `last_day`, `last_workday`, `15`)."""
    length = months.monthrange(day.year, day.month)[1]
    place, _, kind = wanted.partition("_")
    if not kind:
        return day.day == int(place)
    if kind == "day":
        return day.day == length
    if kind == "workday":
        return is_workday(day) and not any(
            is_workday(day.replace(day=later)) for later in range(day.day + 1, length + 1)
        )
    if WEEKDAYS[day.weekday()] != kind:
        return False
    return day.day + 7 > length if place == "last" else (day.day - 1) // 7 + 1 == int(place)


def _hours(branch: str, day: date, calendar: Calendar) -> str | None:
    hours = calendar.hours.get(branch)
    if hours is None:
        return None
    if hours.holiday is not None and holiday_name(day):
        return hours.holiday
    return {"sat": hours.saturday, "sun": hours.sunday}.get(WEEKDAYS[day.weekday()], hours.weekday)
