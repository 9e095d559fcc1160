"""The month's messages: what is used, what is kept for what is ready, what it comes to by the end. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.policies import Policy

_LEAST_ELAPSED = timedelta(days=1)
"""Less of a month says nothing about the rest of it."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of LINE's count, which is Japan's."""

    limit: int | None
    """None: without limit."""
    used: int
    kept: int
    """Part of the limit that is for what is ready alone."""
    left: int | None
    """For everything else; None: as many as wanted."""
    expected: int
    """Used by the month's end, if it goes on as so far."""
    missing: int
    """Of these, what the limit does not allow."""
    extra_yen: int
    """What these would cost beyond the plan, by the policy's prices; rounded up."""


def month_of(limit: int | None, used: int, now: datetime, policy: Policy) -> Month:
    """As it stands at `now`."""
    kept = 0 if limit is None else limit * policy.notices.quota_reserve_percent // 100
    left = None if limit is None else max(limit - kept - used, 0)
    expected = max(round(used / _elapsed(now, policy)), used)
    missing = 0 if limit is None else max(expected - limit, 0)
    extra_yen = -(-missing * policy.announcements.extra_yen_per_thousand // 1000)
    return Month(limit, used, kept, left, expected, missing, extra_yen)


def _elapsed(now: datetime, policy: Policy) -> float:
    """The part of the month that is over, 0 to 1."""
    local = now.astimezone(policy.zone)
    begin = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    length = timedelta(days=monthrange(local.year, local.month)[1])
    return max(local - begin, _LEAST_ELAPSED) / length
