"""Tries and the waits that grow with them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.accounts.limits import LIMITS, TryKind
from bot.accounts.tries import Subject, Tries, address_subject
from bot.clock import StoppedClock
from bot.storage.tables.accounts import SignInTryRow

CARD = Subject(TryKind.SIGN_IN_CARD, "100")
OTHER_CARD = Subject(TryKind.SIGN_IN_CARD, "200")
REGISTRATION = Subject(TryKind.REGISTRATION_CARD, "100")
LINE_USER = Subject(TryKind.LINE_USER, "U1")
NO_WAIT = timedelta(0)


@pytest.fixture
def tries(session: Session, clock: StoppedClock) -> Tries:
    return Tries(session, clock)


def fail(tries: Tries, subject: Subject, times: int) -> None:
    for _ in range(times):
        assert tries.begin([subject]) == NO_WAIT


def test_four_slips_cost_nothing_and_the_fifth_try_waits_a_minute(tries: Tries) -> None:
    fail(tries, CARD, 4)
    assert tries.begin([CARD]) == timedelta(minutes=1)


def test_each_further_failure_waits_longer_up_to_an_hour(tries: Tries, clock: StoppedClock) -> None:
    fail(tries, CARD, 4)
    waits = []
    for _ in range(9):
        wait = tries.next_wait([CARD])
        waits.append(int(wait.total_seconds()) // 60)
        clock.advance(wait)
        fail(tries, CARD, 1)
    assert waits == [1, 2, 5, 10, 20, 40, 60, 60, 60]


def test_a_try_that_comes_too_early_does_not_lengthen_the_wait(tries: Tries, clock: StoppedClock) -> None:
    fail(tries, CARD, 4)
    for _ in range(10):
        assert tries.begin([CARD]) == timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    assert tries.begin([CARD]) == NO_WAIT


def test_another_card_does_not_wait(tries: Tries) -> None:
    fail(tries, CARD, 4)
    assert tries.begin([OTHER_CARD]) == NO_WAIT


def test_one_subject_that_must_wait_holds_up_the_try_and_counts_none(tries: Tries) -> None:
    fail(tries, CARD, 4)
    for _ in range(20):
        assert tries.begin([CARD, LINE_USER]) > NO_WAIT
    assert tries.begin([LINE_USER]) == NO_WAIT


def test_failures_are_forgotten_after_a_day(tries: Tries, clock: StoppedClock) -> None:
    fail(tries, CARD, 4)
    clock.advance(timedelta(days=1))
    fail(tries, CARD, 4)


def test_a_right_password_forgives_the_card(tries: Tries) -> None:
    fail(tries, CARD, 3)
    tries.forgive(CARD)
    fail(tries, CARD, 4)


def test_a_try_taken_back_was_none_but_earlier_ones_count(tries: Tries) -> None:
    fail(tries, CARD, 4)
    tries.take_back([CARD])
    fail(tries, CARD, 1)
    assert tries.begin([CARD]) > NO_WAIT


def test_five_registrations_of_a_card_fail_then_a_week_goes_by(tries: Tries, clock: StoppedClock) -> None:
    for _ in range(5):
        fail(tries, REGISTRATION, 1)
        clock.advance(timedelta(days=1))
    assert tries.begin([REGISTRATION]) == timedelta(days=6)
    clock.advance(timedelta(days=6))
    assert tries.begin([REGISTRATION]) == NO_WAIT


def test_signing_in_and_registering_count_apart(tries: Tries) -> None:
    fail(tries, REGISTRATION, 5)
    assert tries.begin([CARD]) == NO_WAIT


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("", "unix:", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (address_subject(one) == address_subject(other)) is same


def test_neither_card_nor_address_stands_in_the_table(tries: Tries, session: Session) -> None:
    tries.begin([CARD, LINE_USER, address_subject("192.0.2.1")])
    stored = "".join(session.scalars(select(SignInTryRow.subject_digest)))
    assert "192.0.2.1" not in stored
    assert "U1" not in stored
    assert len(stored) == 3 * 64


def test_rows_of_forgotten_failures_are_removed(tries: Tries, session: Session, clock: StoppedClock) -> None:
    fail(tries, CARD, 1)
    clock.advance(timedelta(days=8))
    fail(tries, OTHER_CARD, 1)
    assert len(session.scalars(select(SignInTryRow)).all()) == 1


@given(kind=st.sampled_from(TryKind), failures=st.integers(0, 500))
def test_waits_never_shrink_and_end_before_they_are_forgotten(kind: TryKind, failures: int) -> None:
    limit = LIMITS[kind]
    assert limit.wait_after(failures) <= limit.wait_after(failures + 1) <= limit.forgotten_after
