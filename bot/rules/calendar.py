"""When a branch is open, from the policy's calendar. Without one every day counts as open.

CALENDAR-1 no calendar            every day is open, no hours are known
CALENDAR-2 a closed weekday       closed
CALENDAR-3 a closed day           closed
CALENDAR-4 hours empty that day   closed
CALENDAR-5 else                   open
"""

from datetime import date, timedelta

from bot.policies import WEEKDAYS, Policy

SEARCH_DAYS = 366
"""How far the next open day is looked for."""


def is_open_on(branch: str, day: date, policy: Policy) -> bool:
    """Whether the branch (its code) is open on `day`."""
    calendar = policy.calendar
    if calendar is None:
        return True
    if WEEKDAYS[day.weekday()] in calendar.closed_weekdays or day in calendar.closed_days:
        return False
    return opening_hours(branch, day, policy) != ""


def opening_hours(branch: str, day: date, policy: Policy) -> str | None:
    """The hours of that weekday as `HH:MM-HH:MM`; empty: closed by the hours; None: not known."""
    hours = policy.calendar.hours.get(branch) if policy.calendar is not None else None
    if hours is None:
        return None
    return {"sat": hours.saturday, "sun": hours.sunday}.get(WEEKDAYS[day.weekday()], hours.weekday)


def next_open_day(branch: str, first: date, policy: Policy) -> date:
    """The first open day from `first` on, that day included; `first` itself where none is found in a year."""
    days = (first + timedelta(days=step) for step in range(SEARCH_DAYS))
    return next((day for day in days if is_open_on(branch, day, policy)), first)
