"""Birth dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.link.birth_date import parse_birth_date

TODAY = date(2026, 12, 1)
BORN_ON = date(1950, 4, 1)


@pytest.mark.parametrize(
    "written",
    [
        "1950-04-01", "1950-4-1", "1950/4/1", "1950.4.1", "19500401", "1950年4月1日", "1950年04月01日",
        "昭和25年4月1日", "昭和25/4/1", "S25.4.1", "s25-4-1", "Ｓ２５．４．１", "１９５０年４月１日",
        "１９５００４０１", " 1950 年 4 月 1 日 ", "1950ー4ー1", "1950‐4‐1", "㍼25年4月1日",
    ],
)  # fmt: skip
def test_one_day_is_written_in_many_ways(written: str) -> None:
    assert parse_birth_date(written, TODAY) == BORN_ON


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("明治45年7月29日", date(1912, 7, 29)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("T15.12.24", date(1926, 12, 24)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("H31.4.30", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和6年2月29日", date(2024, 2, 29)),
        ("2026-12-01", TODAY),
    ],
)
def test_eras_count_from_one(written: str, day: date) -> None:
    assert parse_birth_date(written, TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "1950", "1950-04", "50-04-01", "25年4月1日", "昭和25年4月", "1950-13-01", "1950-02-29",
        "1950-04-31", "2026-12-02", "1867-12-31", "0000-01-01", "昭和0年4月1日", "4/1/1950", "1950-4-1x",
        "1950--4-1", "195004011", "昭和999年4月1日", "令和9999年1月1日", "\x001950-04-01", "𝟙", "<b>",
    ],
)  # fmt: skip
def test_what_is_no_birth_date_is_none(written: str) -> None:
    assert parse_birth_date(written, TODAY) is None


@given(st.dates(date(1868, 1, 1), TODAY))
def test_any_day_comes_back_from_its_iso_form(day: date) -> None:
    assert parse_birth_date(day.isoformat(), TODAY) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_none(written: str) -> None:
    parse_birth_date(written, TODAY)
