"""Days that a message names: relative to today, weekdays, day and month, and days kept as words.

The words are in `data/dates.toml`; the rules for weekdays are those of the contract ("How slots are
written"): a weekday alone is the next such day, today excluded; every week, or a question about the
rule, keeps the word.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Day:
    """A place in the text that names a day."""

    begin: int
    end: int
    on: date | None
    """None when the words themselves are the value."""


class DateFinder:
    """Compiled from `data/dates.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._relative: dict[str, int] = table["relative"]
        self._weekdays: dict[str, int] = table["weekdays"]
        self._weeks: dict[str, int] = table["weeks"]
        self._feasts: dict[str, str] = table["feasts"]
        weekday = "|".join(sorted(self._weekdays, key=len, reverse=True))
        weeks = "|".join(sorted(self._weeks, key=len, reverse=True))
        every = "|".join(table["every"])
        closed = table["closed"]
        coming = "|".join(table["coming"])
        words = {
            "keep": "|".join(sorted(table["keep"], key=len, reverse=True)),
            "relative": "|".join(sorted(self._relative, key=len, reverse=True)),
            "feast": "|".join(sorted(self._feasts, key=len, reverse=True)),
        }
        self._day = re.compile(
            rf"(?P<every>(?:{every})の?(?:{weekday}))"
            rf"|(?:{coming})の(?P<coming>{weekday})"
            rf"|(?P<rule>(?:{weekday}))(?={closed})"
            rf"|(?:(?P<week>{weeks})の?)?(?P<weekday>{weekday})(?!{table['not_after_weekday']})"
            rf"|(?P<keep>{words['keep']})|(?P<relative>{words['relative']})|(?P<feast>{words['feast']})"
            r"|(?<![0-9])(?:(?P<year>20[0-9]{2})(?:年|/|-))?"
            r"(?P<month>1[0-2]|0?[1-9])(?:月|/|-)(?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9]|冊|巻|番|-)日?"
            r"|(?<![0-9月/])(?P<monthday>3[01]|[12][0-9]|[1-9])日(?!間|以内|前|後|目|ま(?:え|で何))"
        )

    def find(self, text: str, today: date) -> Iterator[Day]:
        """Yield every day named in the text, in order."""
        for found in self._day.finditer(text):
            if found.group("every") or found.group("rule") or found.group("keep"):
                yield Day(*found.span(), None)
                continue
            on = self._resolve(found, today)
            if on:
                yield Day(*found.span(), on)

    def _resolve(self, found: re.Match[str], today: date) -> date | None:
        if found.group("relative"):
            return today + timedelta(days=self._relative[found.group("relative")])
        if found.group("coming"):
            return self._weekday(None, self._weekdays[found.group("coming")], today)
        if found.group("weekday"):
            return self._weekday(found.group("week"), self._weekdays[found.group("weekday")], today)
        if found.group("feast"):
            month, day = (int(part) for part in self._feasts[found.group("feast")].split("-"))
            return _next_on(month, day, today)
        if found.group("monthday"):
            return _next_day_of_month(int(found.group("monthday")), today)
        month, day = int(found.group("month")), int(found.group("day"))
        if found.group("year"):
            return _valid(int(found.group("year")), month, day)
        return _next_on(month, day, today)

    def _weekday(self, week: str | None, weekday: int, today: date) -> date:
        if week is None:
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(weeks=self._weeks[week], days=weekday)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next_on(month: int, day: int, today: date) -> date | None:
    """The next such day from today on; 2月29日 may be up to eight years away."""
    candidates = (_valid(year, month, day) for year in range(today.year, min(today.year + 9, 10_000)))
    return next((on for on in candidates if on and on >= today), None)


def _next_day_of_month(day: int, today: date) -> date | None:
    months = ((today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1) for n in range(4))
    candidates = (_valid(year, month, day) for year, month in months)
    return next((on for on in candidates if on and on >= today), None)
