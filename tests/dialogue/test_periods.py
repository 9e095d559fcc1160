"""Words for days that are no single day, read on any day of the year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.periods import Asked, Days, days_meant

TUESDAY = date(2026, 11, 24)
READ = [
    ("年末年始", TUESDAY, date(2026, 12, 28), date(2027, 1, 4)),
    ("年末年始", date(2027, 1, 2), date(2026, 12, 28), date(2027, 1, 4)),
    ("年末年始", date(2027, 1, 5), date(2027, 12, 28), date(2028, 1, 4)),
    ("年末", date(2026, 12, 31), date(2026, 12, 26), date(2026, 12, 31)),
    ("お正月", TUESDAY, date(2027, 1, 1), date(2027, 1, 4)),
    ("お盆", date(2026, 8, 16), date(2026, 8, 12), date(2026, 8, 16)),
    ("ＧＷ", TUESDAY, date(2027, 4, 29), date(2027, 5, 6)),
    ("今週", date(2026, 11, 29), date(2026, 11, 29), date(2026, 11, 29)),
    ("来週", TUESDAY, date(2026, 11, 30), date(2026, 12, 6)),
    ("再来週", TUESDAY, date(2026, 12, 7), date(2026, 12, 13)),
    ("土日", TUESDAY, date(2026, 11, 28), date(2026, 11, 29)),
    ("週末", date(2026, 11, 29), date(2026, 11, 29), date(2026, 11, 29)),
    ("今月", date(2026, 12, 31), date(2026, 12, 31), date(2026, 12, 31)),
    ("来月", date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31)),
    ("来月", date(2028, 1, 31), date(2028, 2, 1), date(2028, 2, 29)),
    ("12月", TUESDAY, date(2026, 12, 1), date(2026, 12, 31)),
    ("１１月", TUESDAY, TUESDAY, date(2026, 11, 30)),
    ("2月", TUESDAY, date(2027, 2, 1), date(2027, 2, 28)),
    ("連休", TUESDAY, date(2027, 1, 1), date(2027, 1, 3)),
    ("連休", date(2026, 9, 1), date(2026, 9, 19), date(2026, 9, 23)),
    ("第3木曜", TUESDAY, date(2026, 12, 17), date(2026, 12, 17)),
]
"""Words, today, and the first and last day that are meant."""
OTHERS = [
    ("祝日", Asked.HOLIDAYS, ()),
    ("月曜", Asked.WEEKDAYS, (0,)),
    ("毎週月曜と木曜日", Asked.WEEKDAYS, (0, 3)),
    ("平日", Asked.WEEKDAYS, (0, 1, 2, 3, 4)),
    ("休館日", Asked.CLOSED_DAYS, ()),
]
SAID = [
    ("次の休館日は？", Days(Asked.CLOSED_DAYS, TUESDAY, TUESDAY)),
    ("次の休みはいつですか", Days(Asked.CLOSED_DAYS, TUESDAY, TUESDAY)),
    ("12月の休館日を教えて", Days(Asked.PERIOD, date(2026, 12, 1), date(2026, 12, 31))),
    ("文化の日は開いてる？", Days(Asked.PERIOD, date(2027, 11, 3), date(2027, 11, 3))),
    ("今開いてる？", None),
    ("開館時間は？", None),
    ("", None),
]
"""Said without a date, and what is meant."""


@pytest.mark.parametrize(("words", "today", "first", "last"), READ)
def test_words_become_a_first_and_a_last_day(words: str, today: date, first: date, last: date) -> None:
    assert days_meant(words, "", today) == Days(Asked.PERIOD, first, last)


@pytest.mark.parametrize(("words", "asked", "weekdays"), OTHERS)
def test_words_for_days_that_come_again(words: str, asked: Asked, weekdays: tuple[int, ...]) -> None:
    assert days_meant(words, "", TUESDAY) == Days(asked, TUESDAY, TUESDAY, weekdays)


@pytest.mark.parametrize(("said", "meant"), SAID)
def test_without_a_date_the_message_tells(said: str, meant: Days | None) -> None:
    assert days_meant("", said, TUESDAY) == meant


@pytest.mark.parametrize("words", ["夏休み", "いつか", "3日"])
def test_what_is_not_known_is_not_guessed(words: str) -> None:
    assert days_meant(words, "", TUESDAY) is None


@given(st.sampled_from(READ), st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_a_period_is_never_over(row: tuple[str, date, date, date], today: date) -> None:
    found = days_meant(row[0], "", today)
    assert found is not None
    assert found.first <= found.last
    assert today <= found.last < today + timedelta(days=2 * 366)
