"""Japan's holidays, substitute holidays (振替休日) and holidays between two others (国民の休日), by a kept library."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache


def holiday_name(day: date) -> str:
    """What the holiday on `day` is called in Japanese; empty: it is none."""
    return _of_year(day.year).get(day, "")


def is_workday(day: date) -> bool:
    """Neither Saturday, Sunday nor holiday (平日)."""
    return day.weekday() < 5 and not holiday_name(day)


@lru_cache(maxsize=8)
def _of_year(year: int) -> Mapping[date, str]:
    # Reading it takes longer than most processes need that never ask for a day.
    import holidays

    found = holidays.country_holidays("JP", years=year, language="ja", observed=True)
    return {day: "振替休日" if "振替" in name else name for day, name in found.items()}
