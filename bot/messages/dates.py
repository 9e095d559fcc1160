"""How a day is said to a patron: with its weekday, in the library's own zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = "月火水木金土日"


def day_text(day: date) -> str:
    """`12月6日（日）`."""
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def month_day_text(month_day: str | None) -> str:
    """`7月20日` for `07-20`, a day of every year as policies have it; empty for None."""
    if month_day is None:
        return ""
    month, day = month_day.split("-")
    return f"{int(month)}月{int(day)}日"


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day that an aware instant falls on in `zone`."""
    return instant.astimezone(zone).date()
