"""What every library system does for the bot: renewing, reserving, cancelling, and each refusal.

A refusal gives exactly its reasons and leaves the record as it was.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from library_world import (
    CARD,
    OTHER,
    RENEWED_UNTIL,
    TODAY,
    Noun,
    World,
    a_copy,
    a_loan,
    a_patron,
    a_reservation,
    a_title,
)

from bot.library import (
    CancellationOutcome,
    CancellationReason,
    ChangeOutcome,
    ChangeReason,
    Channel,
    Contact,
    ContestDivision,
    CopyUse,
    LibraryReader,
    Material,
    PatronNotFound,
    RenewalOutcome,
    RenewalReason,
    ReservationOutcome,
    ReservationReason,
    ReservationState,
    TitleQuery,
)

MakeWorld = Callable[[str], World]
YESTERDAY = TODAY - timedelta(days=1)


def fill(world: World, *more: Noun, **patron: Any) -> None:
    """Two patrons and one book of one copy; then `more`."""
    world.put(a_patron(**patron), a_patron(OTHER, name="水戸 次郎"), a_title(), a_copy(), *more)


def renew(world: World, loan_id: str = "loan-b1", *, expecting: date = RENEWED_UNTIL) -> RenewalOutcome:
    with world.library() as library:
        return library.renew(CARD, loan_id, expected_due_on=expecting)


def reserve(world: World, title_id: str = "kokoro", **differs: Any) -> ReservationOutcome:
    usual = {"pickup_branch": world.policy.main_branch, "contact": Contact.LINE}
    with world.library() as library:
        return library.reserve(CARD, title_id, **usual | differs)


def cancel(world: World, reservation_id: str) -> CancellationOutcome:
    with world.library() as library:
        return library.cancel(CARD, reservation_id)


def record(world: World) -> object:
    """All that both patrons have."""
    with world.library() as library:
        return [(library.list_loans(card), library.list_reservations(card)) for card in (CARD, OTHER)]


# Renewing


def test_a_renewal_moves_the_due_date_and_counts(world: World) -> None:
    fill(world, a_loan())
    assert renew(world) == RenewalOutcome("loan-b1", True, RENEWED_UNTIL)
    with world.library() as library:
        [facts] = library.list_loans(CARD)
    assert facts.loan is not None
    assert (facts.loan.due_on, facts.loan.renewals) == (RENEWED_UNTIL, 1)


RENEWALS_REFUSED: list[tuple[RenewalReason, dict[str, Any], dict[str, Any]]] = [
    (RenewalReason.CARD_EXPIRED, {}, {"expires_on": YESTERDAY}),
    (RenewalReason.PATRON_SUSPENDED, {}, {"suspended_until": TODAY}),
    (RenewalReason.OVERDUE, {"due_on": YESTERDAY}, {}),
    (RenewalReason.INTERLIBRARY_LOAN, {"interlibrary": True}, {}),
    (RenewalReason.RENEWAL_LIMIT_REACHED, {"renewals": 1}, {}),
    (RenewalReason.NO_GAIN, {"due_on": RENEWED_UNTIL}, {}),
]


@pytest.mark.parametrize(("reason", "loan", "patron"), RENEWALS_REFUSED, ids=lambda it: str(it)[:40])
def test_a_renewal_is_refused_with_its_reason(
    world: World, reason: RenewalReason, loan: dict[str, Any], patron: dict[str, Any]
) -> None:
    fill(world, a_loan(**loan), **patron)
    before = record(world)
    assert renew(world) == RenewalOutcome("loan-b1", False, RENEWED_UNTIL, (reason,))
    assert record(world) == before


def test_a_renewal_on_the_day_of_checkout_is_refused_in_kyoto(make_world: MakeWorld) -> None:
    world = make_world("kyoto")
    fill(world, a_loan(checked_out_on=TODAY, due_on=TODAY + timedelta(days=3)))
    assert renew(world).reasons == (RenewalReason.CHECKOUT_DAY,)


def test_what_another_patron_has_reserved_is_not_renewed(world: World) -> None:
    fill(world, a_loan(), a_reservation(card_number=OTHER))
    assert renew(world).reasons == (RenewalReason.RESERVED_BY_OTHER,)


def test_all_reasons_against_a_renewal_are_given(world: World) -> None:
    fill(world, a_loan(due_on=YESTERDAY, renewals=1), expires_on=YESTERDAY)
    reasons = (RenewalReason.CARD_EXPIRED, RenewalReason.OVERDUE, RenewalReason.RENEWAL_LIMIT_REACHED)
    assert renew(world).reasons == reasons


@pytest.mark.parametrize("loan_id", ["loan-b2", "no-such-loan", "loan-b3"])
def test_nobody_renews_what_is_not_theirs_or_is_returned(world: World, loan_id: str) -> None:
    fill(
        world,
        *(a_copy("b2"), a_loan("b2", card_number=OTHER)),
        *(a_copy("b3"), a_loan("b3", returned_on=YESTERDAY)),
    )
    before = record(world)
    assert renew(world, loan_id) == RenewalOutcome(loan_id, False, None, (RenewalReason.NOT_ON_LOAN,))
    assert record(world) == before


def test_a_renewal_that_came_out_otherwise_than_confirmed_does_nothing(world: World) -> None:
    fill(world, a_loan())
    before = record(world)
    outcome = renew(world, expecting=RENEWED_UNTIL - timedelta(days=1))
    assert outcome == RenewalOutcome("loan-b1", False, RENEWED_UNTIL)
    assert record(world) == before


# Reserving


def test_a_reservation_takes_the_last_place_in_the_queue(world: World) -> None:
    fill(world, a_loan(card_number=OTHER), a_reservation(card_number=OTHER))
    outcome = reserve(world, pickup_branch="tobu", contact=Contact.MAIL, expected_queue_position=2)
    assert (outcome.done, outcome.queue_position, outcome.reasons) == (True, 2, ())
    with world.library() as library:
        assert library.list_reservations(CARD).reservations == (outcome.reservation,)
    placed = outcome.reservation
    assert placed is not None
    assert (placed.pickup_branch, placed.contact, placed.channel) == ("tobu", Contact.MAIL, Channel.LINE)
    assert (placed.state, placed.placed_at) == (ReservationState.QUEUED, world.clock.now())


R = ReservationReason
RESERVATIONS_REFUSED: list[tuple[ReservationReason, list[Noun], dict[str, Any], dict[str, Any]]] = [
    (R.CARD_EXPIRED, [], {"expires_on": YESTERDAY}, {}),
    (R.PATRON_SUSPENDED, [], {"suspended_until": TODAY}, {}),
    (R.ON_LOAN_TO_YOU, [a_loan()], {}, {}),
    (R.ALREADY_RESERVED, [a_reservation()], {}, {}),
    (R.LONG_OVERDUE_SINGLE_COPY, [a_loan(card_number=OTHER, due_on=date(2026, 10, 1))], {}, {}),
    (R.NO_EMAIL_FOR_MAIL, [], {"email": ""}, {"contact": Contact.MAIL}),
]
TITLES_REFUSED = [
    (R.MATERIAL_NOT_RESERVABLE, {"material": Material.PUBLIC_DOCUMENT}, CopyUse.LOAN, TODAY),
    (R.IN_LIBRARY_USE_ONLY, {}, CopyUse.IN_LIBRARY, TODAY),
    (R.LATEST_ISSUE, {"material": Material.MAGAZINE, "latest_issue": True}, CopyUse.LOAN, TODAY),
    (
        R.CONTEST_BOOK_IN_SEASON,
        {"contest_division": ContestDivision.ELEMENTARY},
        CopyUse.LOAN,
        date(2026, 8, 1),
    ),
]


@pytest.mark.parametrize(
    ("reason", "more", "patron", "wish"), RESERVATIONS_REFUSED, ids=lambda it: str(it)[:40]
)
def test_a_reservation_is_refused_with_its_reason(
    world: World, reason: R, more: list[Noun], patron: dict[str, Any], wish: dict[str, Any]
) -> None:
    fill(world, *more, **patron)
    before = record(world)
    outcome = reserve(world, **wish)
    assert (outcome.done, outcome.reservation, outcome.reasons) == (False, None, (reason,))
    assert record(world) == before


@pytest.mark.parametrize(("reason", "title", "use", "day"), TITLES_REFUSED, ids=lambda it: str(it)[:40])
def test_a_title_that_is_not_reserved_is_refused_with_its_reason(
    world: World, reason: R, title: dict[str, Any], use: CopyUse, day: date
) -> None:
    world.clock.instant = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    fill(world, a_title("other", **title), a_copy("b2", "other", use=use))
    assert reserve(world, "other").reasons == (reason,)


def test_what_the_library_does_not_hold_is_not_reserved(world: World) -> None:
    fill(world)
    assert reserve(world, "no-such-title") == ReservationOutcome(
        "no-such-title", False, None, None, (R.NOT_HELD,)
    )


def test_what_stands_on_the_shelf_is_not_reserved_in_kyoto(make_world: MakeWorld) -> None:
    world = make_world("kyoto")
    fill(world)
    assert reserve(world).reasons == (R.AVAILABLE_ON_SHELF,)


def test_the_fifteenth_reservation_is_the_last_counter_requests_included(world: World) -> None:
    titles = [a_title(f"t{number}") for number in range(13)]
    fill(world, *titles, *(a_reservation(title.title_id) for title in titles))
    world.put(a_reservation(None, channel=Channel.COUNTER, request_text="所蔵のない本"))
    world.put(a_title("one more"), a_copy("b2", "one more"))
    assert reserve(world).done
    assert reserve(world, "one more").reasons == (R.LIMIT_REACHED,)
    with world.library() as library:
        found = library.list_reservations(CARD)
    assert (found.count, len(found.reservations)) == (15, 14)


def test_a_reservation_that_would_get_another_place_than_confirmed_is_not_made(world: World) -> None:
    fill(world, a_reservation(card_number=OTHER))
    before = record(world)
    assert reserve(world, expected_queue_position=1) == ReservationOutcome("kokoro", False, None, 2)
    assert record(world) == before


def test_a_branch_where_nothing_can_be_picked_up_is_an_error(world: World) -> None:
    fill(world)
    with pytest.raises(ValueError, match="no such pickup branch"):
        reserve(world, pickup_branch="kyoto")
    with world.library() as library:
        assert library.list_reservations(CARD).count == 0


# Cancelling


def test_a_cancelled_reservation_is_gone_and_the_next_moves_up(world: World) -> None:
    later = datetime(2026, 11, 26, 3, tzinfo=UTC)
    fill(world, a_reservation(), a_reservation(card_number=OTHER, placed_at=later))
    assert cancel(world, f"reservation-kokoro-{CARD}") == CancellationOutcome(
        f"reservation-kokoro-{CARD}", True
    )
    with world.library() as library:
        assert library.list_reservations(CARD).count == 0
        [theirs] = library.list_reservations(OTHER).reservations
    assert (theirs.queue_position, theirs.queue_length) == (1, 1)


CANCELLATIONS_REFUSED = [
    (CancellationReason.NOT_YOURS, {"card_number": OTHER}),
    (CancellationReason.ALREADY_CLOSED, {"state": ReservationState.CANCELLED}),
    (CancellationReason.ALREADY_CLOSED, {"state": ReservationState.FULFILLED}),
    (CancellationReason.READY_FOR_PICKUP, {"state": ReservationState.READY, "barcode": "b1"}),
    (CancellationReason.IN_PREPARATION, {"state": ReservationState.IN_PREPARATION, "barcode": "b1"}),
]


@pytest.mark.parametrize(("reason", "differs"), CANCELLATIONS_REFUSED, ids=lambda it: str(it)[:40])
def test_a_cancellation_is_refused_with_its_reason(
    world: World, reason: CancellationReason, differs: dict[str, Any]
) -> None:
    fill(world, a_reservation(**{"reservation_id": "r1"} | differs))
    before = record(world)
    assert cancel(world, "r1") == CancellationOutcome("r1", False, (reason,))
    assert record(world) == before


def test_a_reservation_that_does_not_exist_is_not_yours(world: World) -> None:
    fill(world)
    assert cancel(world, "no-such-one").reasons == (CancellationReason.NOT_YOURS,)


def test_what_is_in_preparation_can_be_cancelled_in_kyoto(make_world: MakeWorld) -> None:
    world = make_world("kyoto")
    fill(
        world,
        a_reservation(reservation_id="r1", state=ReservationState.IN_PREPARATION, pickup_branch="kyoto"),
    )
    assert cancel(world, "r1").done


# Reading


UNKNOWN_CARD: list[Callable[[Any], object]] = [
    lambda library: library.list_loans("unknown"),
    lambda library: library.renewal_facts("unknown", "loan-b1"),
    lambda library: library.list_reservations("unknown"),
    lambda library: library.cancellation_facts("unknown", "r1"),
    lambda library: library.reservation_facts("unknown", "kokoro"),
    lambda library: library.renew("unknown", "loan-b1", expected_due_on=TODAY),
    lambda library: library.reserve("unknown", "kokoro", pickup_branch="chuo", contact=Contact.LINE),
    lambda library: library.cancel("unknown", "r1"),
    lambda library: library.reservation_facts_of("unknown", ["kokoro"]),
    lambda library: library.change_facts("unknown", "r1"),
    lambda library: library.change_reservation("unknown", "r1", pickup_branch="chuo", contact=Contact.LINE),
]


@pytest.mark.parametrize("call", UNKNOWN_CARD)
def test_an_unknown_card_is_an_error_that_does_not_name_it(
    world: World, call: Callable[[LibraryReader], object]
) -> None:
    fill(world, a_loan())
    with world.library() as library, pytest.raises(PatronNotFound) as error:
        call(library)
    assert "unknown" not in str(error.value)


def test_a_patron_is_found_by_card(world: World) -> None:
    fill(world)
    with world.library() as library:
        assert library.find_patron(CARD) == a_patron()
        assert library.find_patron("unknown") is None


def test_loans_come_earliest_due_first_with_their_facts(world: World) -> None:
    fill(world, a_loan(due_on=date(2026, 12, 9)), a_title("sorekara"), a_copy("b2", "sorekara"))
    world.put(a_loan("b2", "sorekara"), a_reservation("sorekara", card_number=OTHER))
    with world.library() as library:
        first, second = library.list_loans(CARD)
        assert library.renewal_facts(CARD, "loan-b2") == first
    assert first.loan is not None
    assert second.loan is not None
    assert (first.loan.barcode, first.queued_by_others) == ("b2", 1)
    assert (second.loan.barcode, second.queued_by_others) == ("b1", 0)


def test_copies_tell_what_they_are_doing(world: World) -> None:
    fill(world, a_loan(card_number=OTHER), a_copy("b2"), a_copy("b3"))
    world.put(a_reservation(state=ReservationState.READY, barcode="b2", pickup_by=TODAY))
    with world.library() as library:
        doing = [(item.copy.barcode, item.due_on, item.set_aside) for item in library.list_copies("kokoro")]
    assert doing == [("b1", date(2026, 12, 4), False), ("b2", None, True), ("b3", None, False)]


def test_titles_are_found_exact_matches_first(world: World) -> None:
    world.put(
        a_title("long", title="こころの処方箋", author="河合隼雄"), a_title(), a_title("other", title="道草")
    )
    with world.library() as library:
        page = library.find_titles(TitleQuery(title="こころ"), limit=1)
        rest = library.find_titles(TitleQuery(title="こころ"), limit=5, offset=1)
        assert library.find_title("kokoro") == a_title()
        assert library.find_title("no-such-title") is None
        assert library.find_titles(TitleQuery(), limit=5).total == 0
    assert ([title.title_id for title in page.titles], page.total) == (["kokoro"], 2)
    assert [title.title_id for title in rest.titles] == ["long"]


def test_titles_tell_their_copies_and_who_waits_without_a_card(world: World) -> None:
    fill(world, a_loan(card_number=OTHER), a_title("sorekara"), a_copy("b2", "sorekara"))
    world.put(a_reservation(), a_reservation(card_number=OTHER))
    with world.library() as library:
        found = library.title_facts_of(["kokoro", "sorekara", "no-such-title"])
        assert found["kokoro"].copies == library.list_copies("kokoro")
    assert {title_id: (len(item.copies), item.queue_length) for title_id, item in found.items()} == {
        "kokoro": (1, 2),
        "sorekara": (1, 0),
        "no-such-title": (0, 0),
    }


def test_facts_of_several_titles_are_those_of_each(world: World) -> None:
    fill(world, a_loan(), a_title("sorekara"), a_copy("b2", "sorekara"), a_reservation("sorekara"))
    wanted = ["kokoro", "sorekara", "no-such-title"]
    with world.library() as library:
        found = library.reservation_facts_of(CARD, wanted)
        assert found == {title_id: library.reservation_facts(CARD, title_id) for title_id in wanted}
    told = [(item.on_loan_to_patron, item.reserved_by_patron, item.title is None) for item in found.values()]
    assert told == [(True, False, False), (False, True, False), (False, False, True)]


def test_the_volumes_of_a_work_are_told_in_their_order(world: World) -> None:
    norwei = {"title": "ノルウェイの森", "author": "村上春樹", "series": "ノルウェイの森"}
    world.put(a_title("n2", volume="10", **norwei), a_title("n1", volume="9", **norwei), a_title())
    with world.library() as library:
        facts = library.series_facts("n1")
        assert library.series_facts("no-such-title").title is None
        assert library.series_facts("kokoro").parts == ()
    assert facts.title is not None
    assert (facts.title.title_id, [part.title_id for part in facts.parts]) == ("n1", ["n1", "n2"])


def test_of_a_publishers_library_it_is_told_that_others_wrote_in_it(world: World) -> None:
    world.put(a_title(series="新潮文庫"), a_title("sanshiro", title="三四郎", series="新潮文庫"))
    with world.library() as library:
        assert library.series_facts("kokoro").series_of_one_author
    world.put(a_title("hibana", title="火花", author="又吉直樹", series="新潮文庫"))
    with world.library() as library:
        facts = library.series_facts("kokoro")
    assert not facts.series_of_one_author
    assert {part.title_id for part in facts.parts} == {"kokoro", "sanshiro"}


# Changing what waits


def change(world: World, reservation_id: str = "r1", **differs: Any) -> ChangeOutcome:
    usual = {"pickup_branch": "tobu", "contact": Contact.NONE}
    with world.library() as library:
        return library.change_reservation(CARD, reservation_id, **usual | differs)


def test_pickup_branch_and_contact_of_what_waits_are_changed_and_its_place_is_kept(world: World) -> None:
    later = datetime(2026, 11, 26, 3, tzinfo=UTC)
    fill(world, a_reservation(reservation_id="r1"), a_reservation(card_number=OTHER, placed_at=later))
    assert change(world) == ChangeOutcome("r1", True)
    with world.library() as library:
        [changed] = library.list_reservations(CARD).reservations
    assert (changed.pickup_branch, changed.contact) == ("tobu", Contact.NONE)
    assert (changed.queue_position, changed.state) == (1, ReservationState.QUEUED)


CHANGES_REFUSED: list[tuple[ChangeReason, dict[str, Any], dict[str, Any]]] = [
    (ChangeReason.NOT_YOURS, {"card_number": OTHER}, {}),
    (ChangeReason.ALREADY_CLOSED, {"state": ReservationState.CANCELLED}, {}),
    (ChangeReason.READY_FOR_PICKUP, {"state": ReservationState.READY, "barcode": "b1"}, {}),
    (ChangeReason.IN_PREPARATION, {"state": ReservationState.IN_PREPARATION, "barcode": "b1"}, {}),
    (ChangeReason.NO_EMAIL_FOR_MAIL, {}, {"contact": Contact.MAIL}),
]


@pytest.mark.parametrize(("reason", "differs", "wish"), CHANGES_REFUSED, ids=lambda it: str(it)[:40])
def test_a_change_is_refused_with_its_reason(
    world: World, reason: ChangeReason, differs: dict[str, Any], wish: dict[str, Any]
) -> None:
    fill(world, a_reservation(**{"reservation_id": "r1"} | differs), email="")
    before = record(world)
    assert change(world, **wish) == ChangeOutcome("r1", False, (reason,))
    assert record(world) == before


def test_a_reservation_that_does_not_exist_is_not_changed(world: World) -> None:
    fill(world)
    assert change(world, "no-such-one").reasons == (ChangeReason.NOT_YOURS,)


def test_nothing_is_moved_to_a_branch_where_nothing_can_be_picked_up(world: World) -> None:
    fill(world, a_reservation(reservation_id="r1"))
    before = record(world)
    with pytest.raises(ValueError, match="no such pickup branch"):
        change(world, pickup_branch="kyoto")
    assert record(world) == before


ARRIVALS = [
    ("all of them, newest first", TitleQuery(), ["new", "week", "first"]),
    ("on a theme", TitleQuery(subject="料理"), ["new", "first"]),
    ("by an author", TitleQuery(author="土井"), ["new"]),
    ("on a theme by an author who wrote nothing on it", TitleQuery(subject="料理", author="芥川"), []),
    ("a theme that nothing is about", TitleQuery(subject="戦国"), []),
]
"""Titles that came in on the first day asked for, a week ago and today; others came before and after."""


@pytest.mark.parametrize(("query", "found"), [row[1:] for row in ARRIVALS], ids=[row[0] for row in ARRIVALS])
def test_new_arrivals_are_those_since_a_day_until_today(
    world: World, query: TitleQuery, found: list[str]
) -> None:
    since = TODAY - timedelta(days=30)
    world.put(
        a_title("never"),
        a_title("before", subjects=("料理",), arrived_on=since - timedelta(days=1)),
        a_title("first", subjects=("料理",), arrived_on=since),
        a_title("week", arrived_on=TODAY - timedelta(days=7)),
        a_title("new", author="土井善晴", subjects=("料理",), arrived_on=TODAY),
        a_title("tomorrow", subjects=("料理",), arrived_on=TODAY + timedelta(days=1)),
    )
    with world.library() as library:
        page = library.list_new_arrivals(since, query, limit=10)
        assert [title.title_id for title in page.titles] == found
        assert page.total == len(found)


def test_new_arrivals_come_in_pages_in_a_fixed_order(world: World) -> None:
    world.put(*(a_title(f"t{number:02}", title=f"本{number:02}", arrived_on=TODAY) for number in range(25)))
    with world.library() as library:
        pages = [
            library.list_new_arrivals(TODAY, TitleQuery(), limit=10, offset=offset) for offset in (0, 10, 20)
        ]
    assert [len(page.titles) for page in pages] == [10, 10, 5]
    assert {page.total for page in pages} == {25}
    assert len({title.title_id for page in pages for title in page.titles}) == 25
