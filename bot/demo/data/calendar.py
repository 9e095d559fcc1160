"""A sample calendar (見本), made up: the libraries' guides name no opening hours and no closed days."""

from typing import Final

from bot.policies import bundled_policy_text, load_policy, parse_policy
from bot.policies.calendar import Calendar
from bot.policies.model import Policy

_MAIN_HOURS: Final = {
    "weekday": "09:30-19:00",
    "saturday": "09:30-17:00",
    "sunday": "09:30-17:00",
    "holiday": "09:30-17:00",
}
_BRANCH_HOURS: Final = {
    "weekday": "09:30-18:00",
    "saturday": "09:30-17:00",
    "sunday": "09:30-17:00",
    "holiday": "09:30-17:00",
}


def sample_calendar(library: str) -> dict[str, object]:
    """The [calendar] table of a policy: closed on Mondays, on each month's fourth Thursday, over the New Year.

    A holiday opens a closed day, and the next workday is closed in its place.
    """
    policy = load_policy(library)
    return {
        "sample": True,
        "closed_weekdays": ["mon"],
        "closed_monthly": ["4_thu"],
        "closed_yearly": [{"from": "12-29", "until": "01-03", "reason": "年末年始"}],
        "holidays": "open_then_closed",
        "hours": {
            branch.code: dict(_MAIN_HOURS if branch.code == policy.main_branch else _BRANCH_HOURS)
            for branch in policy.branches
        },
    }


def policy_with_calendar(library: str) -> Policy:
    """The policy of a bundled library with the sample calendar in it."""
    plain = parse_policy(bundled_policy_text(library), f"{library}.toml")
    return plain.model_copy(update={"calendar": Calendar.model_validate(sample_calendar(library))})
