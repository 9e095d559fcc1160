"""Columns of the days, for an inline SVG: places and heights, nothing about how they look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.storage.counts import Counts

HEIGHT: Final = 60
STEP: Final = 24
"""From one column to the next."""
WIDTH: Final = 18
SHARE: Final = "share_understood"
"""Percent of the messages in words that were understood."""

SERIES: Final = (
    "messages",
    SHARE,
    "links",
    "renewals",
    "reservations",
    "notices_line",
    "notices_mail",
)
"""What the page shows of each day, in its order; each has its words in `texts.toml`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day."""

    day: date
    value: int | None
    """None: there is nothing to tell a share of."""
    x: int
    height: int

    @property
    def y(self) -> int:
        """Where its top is."""
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True)
class Chart:
    """One series, the oldest day first."""

    name: str
    columns: tuple[Column, ...]

    @property
    def latest(self) -> int | None:
        """Today's value."""
        return self.columns[-1].value

    @property
    def width(self) -> int:
        """Of the whole."""
        return STEP * len(self.columns)


def charts_of(counts: Counts) -> tuple[Chart, ...]:
    """A chart for each series."""
    days = [day for day, _ in reversed(counts.days)]
    return tuple(
        _chart(name, days, [_value(name, of_day) for _, of_day in reversed(counts.days)]) for name in SERIES
    )


def _value(name: str, of_day: Mapping[str, int]) -> int | None:
    if name != SHARE:
        return of_day[name]
    understood, missed = of_day["understood"], of_day["missed"]
    return round(100 * understood / (understood + missed)) if understood + missed else None


def _chart(name: str, days: Sequence[date], values: Sequence[int | None]) -> Chart:
    most = 100 if name == SHARE else max((value or 0 for value in values), default=0)
    columns = (
        Column(day, value, n * STEP, HEIGHT * (value or 0) // most if most else 0)
        for n, (day, value) in enumerate(zip(days, values, strict=True))
    )
    return Chart(name, tuple(columns))
