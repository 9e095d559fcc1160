"""How a day is said to a patron: with its weekday, in the library's own zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = "月火水木金土日"


def day_text(day: date) -> str:
    """`12月6日（日）`."""
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day that an aware instant falls on in `zone`."""
    return instant.astimezone(zone).date()
