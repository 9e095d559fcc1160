"""Days and moments as staff read them."""

from datetime import date, datetime

from bot.clock import Clock
from bot.policies import Policy

_WEEKDAYS = "月火水木金土日"


class When:
    """Words days and moments in the library's zone."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self._zone = policy.zone
        self._clock = clock

    def day(self, day: date | None) -> str:
        """12月6日（日）, with the year where it is not this one; empty for None."""
        if day is None:
            return ""
        year = "" if day.year == self._clock.today().year else f"{day.year}年"
        return f"{year}{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"

    def moment(self, at: datetime | None) -> str:
        """12月6日（日）14:05, as `day`."""
        if at is None:
            return ""
        here = at.astimezone(self._zone)
        return f"{self.day(here.date())}{here:%H:%M}"
