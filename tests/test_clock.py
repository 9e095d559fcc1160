"""The clock: instants in UTC, days in the library's zone."""

from datetime import UTC, date, datetime, timedelta

from bot.clock import StoppedClock, SystemClock


def test_day_changes_at_midnight_in_japan() -> None:
    clock = StoppedClock(datetime(2026, 12, 1, 14, 59, 59, tzinfo=UTC))
    assert clock.today() == date(2026, 12, 1)
    clock.advance(timedelta(seconds=1))
    assert clock.today() == date(2026, 12, 2)


def test_system_clock_starts_at_the_instant_it_was_given_and_runs_on() -> None:
    start = datetime(2030, 2, 28, 12, tzinfo=UTC)
    clock = SystemClock.starting_at(start)
    first = clock.now()
    assert timedelta(0) <= first - start < timedelta(minutes=1)
    assert clock.now() >= first


def test_system_clock_without_a_start_shows_the_true_time() -> None:
    assert SystemClock.starting_at(None).shift == timedelta(0)
