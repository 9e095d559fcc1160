"""The hours in which nothing is pushed: it waits for the morning."""

from datetime import datetime, timedelta

from bot.policies import Policy


def may_send_from(instant: datetime, policy: Policy) -> datetime:
    """The first instant from `instant` (aware) on at which something may be pushed: itself outside the quiet hours."""
    start, end = policy.notices.quiet_hours
    local = instant.astimezone(policy.zone)
    now = local.time().replace(tzinfo=None)
    is_quiet = start <= now < end if start <= end else now >= start or now < end
    if not is_quiet:
        return instant
    day = local.date() if now < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=policy.zone).astimezone(instant.tzinfo)
