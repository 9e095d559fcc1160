"""What holds of open and closed days whatever the calendar is; monthly days against a count of their own."""

import calendar as months
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policies import WEEKDAYS, Calendar, SpecialDays, load_policy
from bot.rules import due_dates
from bot.rules.calendar import SEARCH_DAYS, day_at, is_open_on, next_open_day
from bot.rules.holidays import holiday_name, is_workday

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
MONTHLY = st.one_of(
    st.builds("{}_{}".format, st.sampled_from([1, 2, 3, 4, 5, "last"]), st.sampled_from(WEEKDAYS)),
    st.sampled_from(["last_day", "last_workday"]),
    st.integers(1, 31).map(str),
)
CALENDARS = st.builds(
    Calendar,
    closed_weekdays=st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=3),
    closed_monthly=st.lists(MONTHLY, max_size=3),
    closed_days=st.lists(DAYS, max_size=5),
    holidays=st.sampled_from(["as_usual", "closed", "open", "open_then_closed"]),
)
MITO = load_policy("mito")


def closed_by(wanted: str, year: int, month: int) -> list[int]:
    """The days of the month on which a branch with this monthly closed day alone is closed."""
    policy = MITO.model_copy(update={"calendar": Calendar(closed_monthly=(wanted,))})
    length = months.monthrange(year, month)[1]
    days = [date(year, month, day) for day in range(1, length + 1)]
    return [day.day for day in days if not is_open_on("chuo", day, policy)]


@given(CALENDARS, DAYS)
def test_the_next_open_day_is_open_and_none_before_it_is(calendar: Calendar, first: date) -> None:
    policy = MITO.model_copy(update={"calendar": calendar})
    found = next_open_day("chuo", first, policy)
    assert first <= found < first + timedelta(days=SEARCH_DAYS)
    assert is_open_on("chuo", found, policy)
    before = (first + timedelta(days=step) for step in range((found - first).days))
    assert not any(is_open_on("chuo", day, policy) for day in before)


@given(CALENDARS, DAYS, st.integers(0, 20))
def test_a_closure_goes_before_any_calendar_and_moves_dates_to_an_open_day(
    calendar: Calendar, first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    closure = SpecialDays.model_validate({"from": first, "until": last})
    policy = MITO.model_copy(update={"calendar": calendar, "special_days": (closure,)})
    for day in (first, last):
        assert not is_open_on("chuo", day, policy)
        moved = due_dates.running_due_on(day, "chuo", policy)
        assert moved > last
        assert is_open_on("chuo", moved, policy)
        assert due_dates.running_due_on(moved, "chuo", policy) == moved, "moving again moves nothing"


@given(st.integers(2024, 2032), st.integers(1, 12), st.sampled_from(WEEKDAYS), st.integers(1, 5))
def test_the_nth_weekday_of_a_month_is_the_nth(year: int, month: int, weekday: str, number: int) -> None:
    all_of_them = [week[WEEKDAYS.index(weekday)] for week in months.monthcalendar(year, month)]
    days = [day for day in all_of_them if day]
    assert closed_by(f"{number}_{weekday}", year, month) == days[number - 1 : number]
    assert closed_by(f"last_{weekday}", year, month) == days[-1:]


@given(st.integers(2024, 2032), st.integers(1, 12), st.integers(1, 31))
def test_the_last_day_the_last_workday_and_a_numbered_day(year: int, month: int, number: int) -> None:
    length = months.monthrange(year, month)[1]
    workdays = [day for day in range(1, length + 1) if is_workday(date(year, month, day))]
    assert closed_by("last_day", year, month) == [length]
    assert closed_by("last_workday", year, month) == workdays[-1:]
    assert closed_by(str(number), year, month) == ([number] if number <= length else [])


@given(st.integers(2024, 2032))
def test_each_closed_monday_that_a_holiday_opens_is_made_up_for_by_one_workday(year: int) -> None:
    calendar = Calendar(closed_weekdays=("mon",), holidays="open_then_closed")
    policy = MITO.model_copy(update={"calendar": calendar})
    days = [date(year, 1, 1) + timedelta(days=step) for step in range(365)]
    opened = [day for day in days if day.weekday() == 0 and holiday_name(day)]
    made_up = [day for day in days if day_at("chuo", day, policy).why == "made_up"]
    assert all(is_open_on("chuo", day, policy) for day in opened)
    assert len(made_up) == len(opened)
    assert all(is_workday(day) for day in made_up)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 9, 21), "敬老の日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2026, 9, 23), "秋分の日"),
        (date(2026, 5, 6), "振替休日"),
        (date(2027, 3, 22), "振替休日"),
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 11, 24), ""),
        (date(2026, 12, 31), ""),
    ],
)
def test_japans_holidays_have_their_names(day: date, name: str) -> None:
    assert holiday_name(day) == name
