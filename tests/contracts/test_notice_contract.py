"""What every library system tells of many patrons at once, so that notices can be planned."""

from datetime import timedelta

import pytest
from library_world import (
    CARD,
    NOW,
    OTHER,
    TODAY,
    World,
    a_copy,
    a_loan,
    a_patron,
    a_reservation,
    a_title,
)

from bot.library import Actor, ReservationState, TitleQuery

DAY = timedelta(days=1)


@pytest.fixture
def filled(world: World) -> World:
    """Two patrons, and five titles of one copy each."""
    world.put(a_patron(CARD), a_patron(OTHER, name="常陸 太郎", email=""))
    for number in range(1, 6):
        world.put(a_title(f"t{number}", arrived_on=TODAY - number * DAY), a_copy(f"b{number}", f"t{number}"))
    return world


def test_what_is_ready_is_listed_page_by_page(filled: World) -> None:
    for number in range(1, 5):
        state = ReservationState.QUEUED if number == 4 else ReservationState.READY
        filled.put(
            a_reservation(
                f"t{number}",
                reservation_id=f"r{number}",
                state=state,
                ready_on=TODAY,
                pickup_by=TODAY + 7 * DAY,
                barcode=f"b{number}" if number < 4 else "",
            )
        )
    with filled.notices() as reader:
        first = reader.list_ready(after="", limit=2)
        rest = reader.list_ready(after=first[-1].reservation_id, limit=2)
    assert [item.reservation_id for item in (*first, *rest)] == ["r1", "r2", "r3"]
    assert (first[0].card_number, first[0].pickup_by) == (CARD, TODAY + 7 * DAY)


def test_what_ended_is_listed_with_who_ended_it_and_why(filled: World) -> None:
    for number in range(1, 4):
        filled.put(a_reservation(f"t{number}", reservation_id=f"r{number}"))
    filled.ended("r1", ReservationState.DECLINED, Actor.STAFF, "破損のため")
    filled.ended("r2", ReservationState.CANCELLED, Actor.PATRON)
    with filled.notices() as reader:
        [first] = reader.list_ended(NOW - DAY, after="", limit=1)
        [second] = reader.list_ended(NOW - DAY, after=first.key, limit=5)
        assert reader.list_ended(NOW + DAY, after="", limit=5) == []
    found = [
        (it.reservation.reservation_id, it.reservation.state, it.actor, it.reason) for it in (first, second)
    ]
    assert found == [
        ("r1", ReservationState.DECLINED, Actor.STAFF, "破損のため"),
        ("r2", ReservationState.CANCELLED, Actor.PATRON, ""),
    ]


def test_due_loans_are_listed_by_due_date_and_returned_ones_are_not(filled: World) -> None:
    days = (5, 2, 2, 9)
    for number, left in enumerate(days, start=1):
        filled.put(a_loan(f"b{number}", f"t{number}", due_on=TODAY + left * DAY))
    filled.put(a_loan("b5", "t5", due_on=TODAY + 3 * DAY, returned_on=TODAY))
    with filled.notices() as reader:
        first = reader.list_due_loans(TODAY, TODAY + 5 * DAY, after="", limit=2)
        rest = reader.list_due_loans(TODAY, TODAY + 5 * DAY, after=first[-1].key, limit=2)
    assert [item.loan_id for item in (*first, *rest)] == ["loan-b2", "loan-b3", "loan-b1"]
    assert first[0].due_on == TODAY + 2 * DAY


def test_loans_that_others_have_reserved_lately_are_listed_with_their_facts(filled: World) -> None:
    for number in (1, 2, 3):
        filled.put(a_loan(f"b{number}", f"t{number}"))
    filled.put(
        a_reservation("t1", card_number=OTHER, placed_at=NOW - timedelta(hours=3)),
        a_reservation("t2", card_number=OTHER, placed_at=NOW - 9 * DAY),
    )
    with filled.notices() as reader:
        [facts] = reader.list_lost_loans(NOW - 7 * DAY, after="", limit=5)
    assert facts.loan is not None
    assert (facts.loan.loan_id, facts.queued_by_others, facts.patron.card_number) == ("loan-b1", 1, CARD)


def test_arrivals_are_listed_by_what_is_asked(filled: World) -> None:
    filled.put(a_title("t9", title="別の本", author="芥川龍之介", arrived_on=TODAY))
    with filled.notices() as reader:
        found = reader.list_arrivals(TODAY - 3 * DAY, TitleQuery(author="夏目漱石"), limit=9)
    assert [title.title_id for title in found] == ["t1", "t2", "t3"]


def test_many_are_read_by_their_ids_and_what_is_gone_is_left_out(filled: World) -> None:
    filled.put(
        a_loan("b1", "t1"),
        a_loan("b2", "t2", returned_on=TODAY),
        a_reservation("t1", card_number=OTHER, reservation_id="r1"),
        a_reservation(None, card_number=OTHER, reservation_id="r2", request_text="昔の地図"),
    )
    with filled.notices() as reader:
        loans = reader.loans_of(["loan-b1", "loan-b2", "nothing"])
        reservations = reader.reservations_of(["r1", "r2", "nothing"])
        titles, patrons = reader.titles_of(["t1", "nothing"]), reader.patrons_of([CARD, "nothing"])
    assert {
        key: (facts.loan and facts.loan.is_open, facts.queued_by_others) for key, facts in loans.items()
    } == {
        "loan-b1": (True, 1),
        "loan-b2": (False, 0),
    }
    assert {key: item.title and item.title.title for key, item in reservations.items()} == {
        "r1": "こころ",
        "r2": None,
    }
    assert reservations["r2"].request_text == "昔の地図"
    assert (set(titles), patrons[CARD].email, set(patrons)) == ({"t1"}, "hanako@example.jp", {CARD})
