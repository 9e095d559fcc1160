"""What the counter does: lending, taking back, the life of a reservation, temporary passwords."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from ils_world import IlsWorld

from bot.ils.embedded.desk import CheckedOut, Desk, DeskError, Moved, NextInQueue
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.library import Contact, PatronNotFound, ReservationState, SignIn
from bot.policies import load_policy
from bot.rules.passwords import reasons_against
from bot.storage.engine import writing
from bot.storage.tables.library import (
    CopyRow,
    LoanHistoryRow,
    PatronRow,
    ReservationHistoryRow,
    ReservationRow,
)

R = TypeVar("R")
TODAY = date(2026, 12, 1)


@pytest.fixture
def shelf(world: IlsWorld) -> IlsWorld:
    """`kokoro`: b1 lent to 100, b2 ready for 200. `sorekara`: b3 on the shelf, reserved by 100 and then 200."""
    world.files.write_all()
    world.load()
    return world


def at_the_desk(world: IlsWorld, do: Callable[[Desk], R]) -> R:
    """One transaction at the counter."""
    with writing(world.engine) as session:
        return do(Desk(session, world.policy, world.clock))


def refused(world: IlsWorld, do: Callable[[Desk], object]) -> str:
    """Why the counter can't do it; nothing is changed."""
    before = world.dump()
    with pytest.raises(DeskError) as error:
        at_the_desk(world, do)
    assert world.dump() == before
    return str(error.value)


def change(world: IlsWorld, table: type, key: str, **cells: object) -> None:
    """Something is recorded otherwise."""
    with writing(world.engine) as session:
        row = session.get_one(table, key)
        for name, value in cells.items():
            setattr(row, name, value)


def ids(world: IlsWorld) -> dict[str, str]:
    """Reservations by `card title`."""
    return {f"{row.card_number} {row.title_id}": row.reservation_id for row in world.rows(ReservationRow)}


# Lending and taking back


def test_a_copy_is_lent_for_as_long_as_a_renewal(shelf: IlsWorld) -> None:
    change(shelf, ReservationRow, ids(shelf)["100 sorekara"], state="cancelled")
    change(shelf, ReservationRow, ids(shelf)["200 sorekara"], state="cancelled")
    result = at_the_desk(shelf, lambda desk: desk.lending.checkout("200", "b3"))
    assert (result.due_on, result.fulfilled, result.next_in_queue) == (date(2026, 12, 15), "", None)
    loan = shelf.loan("b3")
    assert (loan.card_number, loan.checked_out_on, loan.due_on) == ("200", TODAY, date(2026, 12, 15))
    assert shelf.events(LoanHistoryRow)[-1] == ("checked_out", "staff")


def test_a_due_date_can_be_named_and_must_not_be_past(shelf: IlsWorld) -> None:
    past = refused(shelf, lambda desk: desk.lending.checkout("100", "b3", due_on=TODAY - timedelta(days=1)))
    assert past == "the due date is past"
    result = at_the_desk(shelf, lambda desk: desk.lending.checkout("100", "b3", due_on=TODAY))
    assert result.due_on == TODAY


def test_lending_a_reserved_title_fulfils_the_reservation(shelf: IlsWorld) -> None:
    result = at_the_desk(shelf, lambda desk: desk.lending.checkout("100", "b3"))
    assert result.fulfilled == ids(shelf)["100 sorekara"]
    assert shelf.reservation("100", "sorekara").state == "fulfilled"
    assert shelf.events(ReservationHistoryRow)[3:] == [("arrive", "staff"), ("pick_up", "staff")]


def test_lending_another_copy_frees_the_one_set_aside(shelf: IlsWorld) -> None:
    at_the_desk(shelf, lambda desk: desk.lending.take_back("b1"))
    result = at_the_desk(shelf, lambda desk: desk.lending.checkout("200", "b1"))
    assert (result.fulfilled, result.freed) == (ids(shelf)["200 kokoro"], "b2")


def test_a_returned_copy_goes_to_the_one_who_waits_longest(shelf: IlsWorld) -> None:
    at_the_desk(shelf, lambda desk: desk.lending.checkout("100", "b3"))
    result = at_the_desk(shelf, lambda desk: desk.lending.take_back("b3"))
    assert result.next_in_queue == NextInQueue(ids(shelf)["200 sorekara"], "200", "chuo")
    assert shelf.loan("b3").returned_on == TODAY
    assert shelf.events(LoanHistoryRow)[-1] == ("returned", "staff")


def test_a_copy_nobody_waits_for_goes_back_to_its_shelf(shelf: IlsWorld) -> None:
    assert at_the_desk(shelf, lambda desk: desk.lending.take_back("b1")).next_in_queue is None


def test_a_copy_in_the_building_alone_is_for_nobody_in_the_queue(shelf: IlsWorld) -> None:
    at_the_desk(shelf, lambda desk: desk.lending.checkout("100", "b3"))
    change(shelf, CopyRow, "b3", status="in_repair")
    assert at_the_desk(shelf, lambda desk: desk.lending.take_back("b3")).next_in_queue is None


def test_returned_and_taken_again_on_one_day_is_one_loan(shelf: IlsWorld) -> None:
    first = at_the_desk(shelf, lambda desk: desk.lending.checkout("100", "b3"))
    at_the_desk(shelf, lambda desk: desk.lending.take_back("b3"))
    again = at_the_desk(shelf, lambda desk: desk.lending.checkout("100", "b3"))
    assert again.loan_id == first.loan_id
    assert shelf.loan("b3").returned_on is None


def test_the_counter_renews_by_the_same_rules(shelf: IlsWorld) -> None:
    assert at_the_desk(shelf, lambda desk: desk.lending.renew("100", "b1")) == date(2026, 12, 15)
    assert shelf.events(LoanHistoryRow)[-1] == ("renewed", "staff")
    why = refused(shelf, lambda desk: desk.lending.renew("100", "b1"))
    assert why == "not renewed: renewal_limit_reached, no_gain"
    assert refused(shelf, lambda desk: desk.lending.renew("200", "b1")) == "not renewed: not_on_loan"


NOT_LENT = [
    (PatronRow, "100", {"expires_on": TODAY - timedelta(days=1)}, "the card has expired"),
    (PatronRow, "100", {"suspended_until": TODAY}, "the patron is suspended"),
    (CopyRow, "b3", {"use": "in_library"}, "the copy is for use in the library alone"),
    (CopyRow, "b3", {"status": "lost"}, "the copy is lost"),
    (CopyRow, "b3", {"status": "in_repair"}, "the copy is in repair"),
]


@pytest.mark.parametrize(("table", "key", "cells", "why"), NOT_LENT)
def test_what_is_not_lent(shelf: IlsWorld, table: type, key: str, cells: dict[str, object], why: str) -> None:
    change(shelf, table, key, **cells)
    assert refused(shelf, lambda desk: desk.lending.checkout("100", "b3")) == why


@pytest.mark.parametrize(
    ("barcode", "why"),
    [
        ("b1", "the copy is on loan already"),
        ("b2", "the copy is set aside for another patron"),
        ("b9", "no copy has this barcode"),
    ],
)
def test_a_copy_that_is_not_there_is_not_lent(shelf: IlsWorld, barcode: str, why: str) -> None:
    assert refused(shelf, lambda desk: desk.lending.checkout("100", barcode)) == why


def test_what_is_not_on_loan_is_not_taken_back(shelf: IlsWorld) -> None:
    assert refused(shelf, lambda desk: desk.lending.take_back("b3")) == "the copy is not on loan"


def test_an_unknown_card_is_an_error(shelf: IlsWorld) -> None:
    with pytest.raises(PatronNotFound):
        at_the_desk(shelf, lambda desk: desk.lending.checkout("999", "b3"))


# The life of a reservation


def test_from_the_shelf_to_the_patron(shelf: IlsWorld) -> None:
    found = ids(shelf)["100 sorekara"]
    aside = at_the_desk(shelf, lambda desk: desk.reservations.set_aside(found))
    assert (aside.state, aside.barcode, aside.pickup_by) == (ReservationState.IN_PREPARATION, "b3", None)
    ready = at_the_desk(shelf, lambda desk: desk.reservations.ready(found))
    # 連絡不要: seven days from the day it became ready.
    assert (ready.state, ready.barcode, ready.pickup_by) == (ReservationState.READY, "b3", date(2026, 12, 8))
    lent = at_the_desk(shelf, lambda desk: desk.lending.pick_up(found))
    assert isinstance(lent, CheckedOut)
    assert (lent.barcode, lent.fulfilled, shelf.loan("b3").card_number) == ("b3", found, "100")
    row = shelf.reservation("100", "sorekara")
    assert (row.state, row.barcode) == ("fulfilled", None)
    assert shelf.events(ReservationHistoryRow)[3:] == [
        ("set_aside", "staff"),
        ("arrive", "staff"),
        ("pick_up", "staff"),
    ]


def test_a_copy_set_aside_is_set_aside_once(shelf: IlsWorld) -> None:
    at_the_desk(shelf, lambda desk: desk.reservations.set_aside(ids(shelf)["100 sorekara"], "b3"))
    other = ids(shelf)["200 sorekara"]
    assert refused(shelf, lambda desk: desk.reservations.set_aside(other)) == "no copy of the title is free"
    why = refused(shelf, lambda desk: desk.reservations.set_aside(other, "b3"))
    assert why == "the copy is not free, or not one of this title"
    why = refused(shelf, lambda desk: desk.reservations.set_aside(other, "b1"))
    assert why == "the copy is not free, or not one of this title"


def test_put_back_the_patron_waits_on(shelf: IlsWorld) -> None:
    found = ids(shelf)["100 sorekara"]
    at_the_desk(shelf, lambda desk: desk.reservations.set_aside(found))
    result = at_the_desk(shelf, lambda desk: desk.reservations.put_back(found))
    assert (result.state, result.barcode, result.freed) == (ReservationState.QUEUED, "", "b3")


def test_a_declined_reservation_keeps_its_reason_and_frees_its_copy(shelf: IlsWorld) -> None:
    found = ids(shelf)["100 sorekara"]
    at_the_desk(shelf, lambda desk: desk.reservations.set_aside(found))
    result = at_the_desk(shelf, lambda desk: desk.reservations.decline(found, "資料の状態のため"))
    assert (result.state, result.freed) == (ReservationState.DECLINED, "b3")
    assert result.next_in_queue == NextInQueue(ids(shelf)["200 sorekara"], "200", "chuo")
    assert shelf.rows(ReservationHistoryRow)[-1].reason == "資料の状態のため"


def test_the_counter_cancels_what_is_ready(shelf: IlsWorld) -> None:
    result = at_the_desk(shelf, lambda desk: desk.reservations.cancel(ids(shelf)["200 kokoro"]))
    assert (result.state, result.freed, result.next_in_queue) == (ReservationState.CANCELLED, "b2", None)


def test_what_can_not_happen_to_a_reservation_is_refused(shelf: IlsWorld) -> None:
    ready, queued = ids(shelf)["200 kokoro"], ids(shelf)["200 sorekara"]
    assert (
        refused(shelf, lambda desk: desk.reservations.put_back(ready))
        == "a reservation that is ready can't put back"
    )
    assert refused(shelf, lambda desk: desk.lending.pick_up(queued)) == "can't be picked up: not_ready"
    assert refused(shelf, lambda desk: desk.reservations.expire(ready)) == "the reservation has not run out"
    assert refused(shelf, lambda desk: desk.reservations.cancel("none")) == "there is no such reservation"


def test_a_counter_request_needs_no_copy(world: IlsWorld) -> None:
    request = "100,,2026-11-20T12:00:00,chuo,none,queued,,,counter,東部,所蔵のない本"
    header = "card_number,title_id,placed_at,pickup_branch,contact,state,ready_on,pickup_by,channel"
    world.files.write_all()
    world.files.write("reservations", [request], f"{header},placed_at_branch,request_text")
    world.load()
    [found] = ids(world).values()
    assert at_the_desk(world, lambda desk: desk.reservations.ready(found)).state is ReservationState.READY
    result = at_the_desk(world, lambda desk: desk.lending.pick_up(found))
    assert isinstance(result, Moved)
    assert result.state is ReservationState.FULFILLED


def test_the_counter_reserves_by_the_same_rules(shelf: IlsWorld) -> None:
    wish: dict[str, Any] = {"pickup_branch": "tobu", "contact": Contact.NONE}
    why = refused(shelf, lambda desk: desk.reservations.reserve("100", "sorekara", **wish))
    assert why == "not reserved: already_reserved"
    at_the_desk(shelf, lambda desk: desk.lending.take_back("b1"))
    placed = at_the_desk(shelf, lambda desk: desk.reservations.reserve("100", "kokoro", **wish))
    assert placed.queue_position == 2
    assert shelf.reservation("100", "kokoro").channel == "counter"


# What was not picked up


def test_what_has_run_out_is_released_and_the_next_patron_is_served(shelf: IlsWorld) -> None:
    first = ids(shelf)["100 sorekara"]
    at_the_desk(shelf, lambda desk: desk.reservations.ready(first))
    shelf.clock.advance(timedelta(days=7))
    assert at_the_desk(shelf, lambda desk: desk.reservations.run_out()) == ()
    shelf.clock.advance(timedelta(days=1))
    assert set(at_the_desk(shelf, lambda desk: desk.reservations.run_out())) == {
        first,
        ids(shelf)["200 kokoro"],
    }
    result = at_the_desk(shelf, lambda desk: desk.reservations.expire(first))
    assert shelf.reservation("100", "sorekara").state == "expired"
    row = shelf.reservation("200", "sorekara")
    assert (result.reservation_id, row.state, row.barcode) == (row.reservation_id, "in_preparation", "b3")
    assert shelf.events(ReservationHistoryRow)[-2:] == [("expire", "system"), ("set_aside", "system")]


def test_what_has_run_out_is_not_handed_over(shelf: IlsWorld) -> None:
    shelf.clock.advance(timedelta(days=8))
    found = ids(shelf)["200 kokoro"]
    assert refused(shelf, lambda desk: desk.lending.pick_up(found)) == "can't be picked up: pickup_expired"
    why = refused(shelf, lambda desk: desk.lending.checkout("200", "b2"))
    assert why == "the patron's reservation has run out: run madoguchi desk expire first"
    at_the_desk(shelf, lambda desk: desk.reservations.expire(found))
    assert at_the_desk(shelf, lambda desk: desk.lending.checkout("200", "b2")).fulfilled == ""


# Which reservation is meant


def test_a_reservation_is_found_by_card_and_title_or_by_its_copy(shelf: IlsWorld) -> None:
    found = ids(shelf)

    def by(**named: str) -> str:
        return at_the_desk(shelf, lambda desk: desk.book.find(**named))

    assert by(card_number="200", title_id="sorekara") == found["200 sorekara"]
    assert by(barcode="b2") == found["200 kokoro"]
    assert by(barcode="b3") == found["100 sorekara"]
    for nothing in ({"card_number": "100", "title_id": "kokoro"}, {"barcode": "b1"}, {"barcode": "b9"}):
        with pytest.raises(DeskError):
            by(**nothing)


# Passwords


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_a_temporary_password_is_good_enough_and_replaces_the_old_one(shelf: IlsWorld, library: str) -> None:
    shelf.policy = load_policy(library)
    password = at_the_desk(shelf, lambda desk: desk.temporary_password("200"))
    assert reasons_against(password, password, card_number="200", temporary=None, policy=shelf.policy) == ()
    with writing(shelf.engine) as session:
        passwords = EmbeddedPasswords(session, shelf.policy, shelf.clock)
        assert passwords.check("200", password) is SignIn.TEMPORARY
        assert passwords.check("200", "temporary1") is SignIn.REFUSED
