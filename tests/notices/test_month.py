"""The month's messages: what is left for what is not urgent, and what it comes to by the end."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.notices.month import month_of
from bot.policies import load_policy

POLICY = load_policy("mito")
MIDDLE = datetime(2026, 11, 15, 15, tzinfo=UTC)
"""In Japan the 16th has just begun: half of November is over."""
FIRST = datetime(2026, 10, 31, 16, tzinfo=UTC)
"""In Japan it is November already."""

MONTHS: list[tuple[int | None, int, datetime, int | None, int, int, int]] = [
    # limit, used, now; left, expected, missing, yen
    (1000, 100, MIDDLE, 700, 200, 0, 0),
    (1000, 900, MIDDLE, 0, 1800, 800, 2400),
    (1000, 800, MIDDLE, 0, 1600, 600, 1800),
    (1000, 501, MIDDLE, 299, 1002, 2, 6),
    (1000, 10, FIRST, 790, 300, 0, 0),
    (None, 5000, MIDDLE, None, 10000, 0, 0),
    (0, 0, MIDDLE, 0, 0, 0, 0),
]


@pytest.mark.parametrize(("limit", "used", "now", "left", "expected", "missing", "yen"), MONTHS)
def test_what_the_months_messages_come_to(
    limit: int | None, used: int, now: datetime, left: int | None, expected: int, missing: int, yen: int
) -> None:
    found = month_of(limit, used, now, POLICY)
    assert (found.left, found.expected, found.missing, found.extra_yen) == (left, expected, missing, yen)


def test_on_the_months_last_evening_it_comes_to_what_is_used() -> None:
    last = datetime(2026, 11, 30, 15, tzinfo=UTC) - timedelta(seconds=1)
    assert month_of(1000, 500, last, POLICY).expected == 500
