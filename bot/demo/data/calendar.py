"""A sample calendar (見本), made up: the libraries' guides name no opening hours and no closed days."""

from calendar import THURSDAY
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from bot.policies import bundled_policy_text, load_policy, parse_policy
from bot.policies.calendar import Calendar
from bot.policies.model import Policy

_DAYS_BEFORE: Final = 62
_DAYS_AFTER: Final = 124
_MAIN_HOURS: Final = {"weekday": "09:30-19:00", "saturday": "09:30-17:00", "sunday": "09:30-17:00"}
_BRANCH_HOURS: Final = {"weekday": "09:30-18:00", "saturday": "09:30-17:00", "sunday": "09:30-17:00"}


def sample_calendar(library: str, today: date) -> dict[str, object]:
    """The [calendar] table of a policy: closed on Mondays, on each month's fourth Thursday, over the New Year."""
    policy = load_policy(library)
    return {
        "sample": True,
        "closed_weekdays": ["mon"],
        "closed_days": list(_closed_days(today)),
        "hours": {
            branch.code: dict(_MAIN_HOURS if branch.code == policy.main_branch else _BRANCH_HOURS)
            for branch in policy.branches
        },
    }


def policy_with_calendar(library: str, today: date) -> Policy:
    """The policy of a bundled library with the sample calendar in it."""
    plain = parse_policy(bundled_policy_text(library), f"{library}.toml")
    return plain.model_copy(update={"calendar": Calendar.model_validate(sample_calendar(library, today))})


def _closed_days(today: date) -> Iterator[date]:
    for step in range(-_DAYS_BEFORE, _DAYS_AFTER):
        day = today + timedelta(days=step)
        is_fourth_thursday = day.weekday() == THURSDAY and 22 <= day.day <= 28
        is_new_year = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
        if is_fourth_thursday or is_new_year:
            yield day
