"""What an announcement takes of the month's messages, and of the library's money."""

from dataclasses import dataclass

from bot.policies import Policy


@dataclass(frozen=True, slots=True)
class Forecast:
    """Before it is sent."""

    reach: int
    used: int | None
    """Messages of this month that are used; None: LINE has not said yet."""
    limit: int | None
    """Messages that LINE lets out this month; None: without limit, or LINE has not said yet."""
    yen: int
    """Its part of the plan's fee, and what is beyond the plan's messages."""
    extra_yen: int
    """Of these, what comes on top of the fee."""

    @property
    def percent(self) -> int | None:
        """Its part of the month's messages, rounded up; None where there is no limit."""
        return None if not self.limit else -(-self.reach * 100 // self.limit)

    @property
    def missing(self) -> int:
        """How many would not be reached, because the month's messages are used up."""
        if self.limit is None or self.used is None:
            return 0
        return max(self.used + self.reach - self.limit, 0)


def forecast(reach: int, *, used: int | None, limit: int | None, policy: Policy) -> Forecast:
    """What sending to so many takes. Yen are rounded up."""
    costs = policy.announcements
    room = max(costs.plan_messages - (used or 0), 0)
    within, beyond = min(reach, room), max(reach - room, 0)
    extra = -(-beyond * costs.extra_yen_per_thousand // 1000)
    share = -(-within * costs.plan_yen // costs.plan_messages)
    return Forecast(reach, used, limit, share + extra, extra)
