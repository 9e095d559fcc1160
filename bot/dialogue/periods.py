"""Which days a question about opening hours means, where it names no single one: 年末年始, 祝日, 毎週月曜, 次の休館日.

The parser keeps such words as they were written; here they become days. The words are data, in `periods.toml`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from bot.dialogue.words import folded
from bot.rules.holidays import holiday_name

CLOSED_DAYS: Final = "休館日"
"""What stands in the slot `date` of a button that asks for closed days."""

_WEEKDAYS: Final = "月火水木金土日"
_LONG_WEEKEND_DAYS: Final = 3
_SEARCH_DAYS: Final = 366


class Asked(StrEnum):
    """What kind of days are meant."""

    PERIOD = "period"
    WEEKDAYS = "weekdays"
    """Certain weekdays, whenever: 毎週月曜."""
    HOLIDAYS = "holidays"
    CLOSED_DAYS = "closed_days"
    """The next ones on which the library is closed."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are meant."""

    asked: Asked
    first: date
    last: date
    """Of a period, both included; otherwise today."""
    weekdays: tuple[int, ...] = ()
    """As `date.weekday()`."""


def days_meant(words: str, said: str, today: date) -> Days | None:
    """What `words` (the slot `date`, as written) or, without them, the message mean; None: nothing of the kind."""
    named = folded(words)
    if not named:
        return _month(said, today) or _named_holiday(said, today) or _closed_days(said, today)
    if _asks("closed_days", named):
        return Days(Asked.CLOSED_DAYS, today, today)
    if _asks("holidays", named):
        return Days(Asked.HOLIDAYS, today, today)
    return (
        _yearly(named, today)
        or _relative(named, today)
        or _nth_weekday(named, today)
        or _weekdays(named, today)
        or _month(named, today)
    )


def _asks(name: str, text: str) -> bool:
    return bool(re.search(_patterns()["asks"][name], folded(text)))


def _yearly(named: str, today: date) -> Days | None:
    found = _first_match("yearly", named)
    if found is None:
        return None
    for year in (today.year - 1, today.year, today.year + 1):
        first, last = (date.fromisoformat(f"{year}-{day}") for day in found)
        if last < first:
            last = last.replace(year=year + 1)
        if last >= today:
            return Days(Asked.PERIOD, first, last)
    return None


def _relative(named: str, today: date) -> Days | None:
    kind = _first_match("relative", named)
    if kind is None:
        return None
    monday = today - timedelta(days=today.weekday())
    next_month = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    periods: Mapping[str, tuple[date, date]] = {
        "this_week": (today, _after(monday, 6)),
        "next_week": (_after(monday, 7), _after(monday, 13)),
        "week_after_next": (_after(monday, 14), _after(monday, 20)),
        "weekend": (max(today, _after(monday, 5)), _after(monday, 6)),
        "this_month": (today, _after(next_month, -1)),
        "next_month": (next_month, _after((next_month + timedelta(days=31)).replace(day=1), -1)),
    }
    period = periods.get(kind) or _long_weekend(today)
    return Days(Asked.PERIOD, *period) if period is not None else None


def _closed_days(said: str, today: date) -> Days | None:
    return Days(Asked.CLOSED_DAYS, today, today) if _asks("closed_days", said) else None


def _month(said: str, today: date) -> Days | None:
    """12月の休館日: the next such month, or what is left of this one."""
    found = re.search(r"(?<!\d)(1[0-2]|[1-9])月(?!\d)", folded(said))
    if found is None:
        return None
    month = int(found[1])
    first = date(today.year + (month < today.month), month, 1)
    return Days(Asked.PERIOD, max(first, today), _after((first + timedelta(days=31)).replace(day=1), -1))


def _named_holiday(said: str, today: date) -> Days | None:
    """文化の日: the next one."""
    text = unicodedata.normalize("NFKC", said)
    days = (_after(today, step) for step in range(_SEARCH_DAYS))
    day = next((day for day in days if (name := holiday_name(day)) and name in text), None)
    return Days(Asked.PERIOD, day, day) if day is not None else None


def _nth_weekday(named: str, today: date) -> Days | None:
    """第3木曜: the next one."""
    found = re.search(r"第([1-5])([月火水木金土日])(?:曜|よう)", named)
    if found is None:
        return None
    number, weekday = int(found[1]), _WEEKDAYS.index(found[2])
    days = (_after(today, step) for step in range(_SEARCH_DAYS))
    day = next(day for day in days if day.weekday() == weekday and (day.day - 1) // 7 + 1 == number)
    return Days(Asked.PERIOD, day, day)


def _weekdays(named: str, today: date) -> Days | None:
    several = _first_match("weekdays", named)
    found = several or [_WEEKDAYS.index(day) for day in re.findall(r"([月火水木金土日])(?:曜|よう)", named)]
    return Days(Asked.WEEKDAYS, today, today, tuple(dict.fromkeys(found))) if found else None


def _long_weekend(today: date) -> tuple[date, date] | None:
    """The next three or more days off in a row with a holiday among them."""
    run: list[date] = []
    for step in range(_SEARCH_DAYS):
        day = _after(today, step)
        if day.weekday() >= 5 or holiday_name(day):
            run.append(day)
            continue
        if len(run) >= _LONG_WEEKEND_DAYS and any(map(holiday_name, run)):
            return run[0], run[-1]
        run = []
    return None


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _first_match(table: str, named: str) -> Any:
    return next((value for words, value in _patterns()[table].items() if re.search(words, named)), None)


@cache
def _patterns() -> Mapping[str, Any]:
    return tomllib.loads(files("bot.dialogue").joinpath("periods.toml").read_text("utf-8"))
