"""When a branch is open, from the policy's calendar. Without one every day counts as open.

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/calendar.yaml`):

    CALENDAR-1  open    there is no calendar: every day counts as open, no hours are known
    CALENDAR-2  closed  a weekday on which the library is closed
    CALENDAR-3  closed  a day on which the library is closed
    CALENDAR-4  closed  the branch has no hours on that weekday
    CALENDAR-5  open    none of these
    CALENDAR-6  search  the next open day is looked for in a year; where none is found, the day itself stays
"""

from datetime import date, timedelta

from bot.policies import WEEKDAYS, Policy

SEARCH_DAYS = 366
"""How far the next open day is looked for."""

CLOSED = ""


def is_open_on(branch: str, day: date, policy: Policy) -> bool:
    """Whether the branch (its code) is open on `day`."""
    return opening_hours(branch, day, policy) != CLOSED


def opening_hours(branch: str, day: date, policy: Policy) -> str | None:
    """The branch's hours on `day` as `HH:MM-HH:MM`; empty: it is closed; None: open, but the hours are not known."""
    calendar = policy.calendar
    if calendar is None:
        return None
    if WEEKDAYS[day.weekday()] in calendar.closed_weekdays or day in calendar.closed_days:
        return CLOSED
    hours = calendar.hours.get(branch)
    if hours is None:
        return None
    return {"sat": hours.saturday, "sun": hours.sunday}.get(WEEKDAYS[day.weekday()], hours.weekday)


def next_open_day(branch: str, first: date, policy: Policy) -> date:
    """The first open day from `first` on, that day included; `first` itself where none is found in a year."""
    days = (first + timedelta(days=step) for step in range(SEARCH_DAYS))
    return next((day for day in days if is_open_on(branch, day, policy)), first)
