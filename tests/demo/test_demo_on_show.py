"""Every reason and every state that a library has is on show in its demo, as the rules see the imported record."""

from collections.abc import Iterable

import pytest
from imported_demo import ImportedDemo
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo.data_files import demo_cards
from bot.library import (
    CancellationReason,
    Contact,
    PickupFacts,
    PickupReason,
    RenewalReason,
    Reservation,
    ReservationFacts,
    ReservationReason,
    ReservationRequest,
    ReservationState,
)
from bot.policies import Policy
from bot.rules import cancellation, pickup, renewal, reservation
from bot.storage.engine import reading
from bot.storage.tables.library import LoanRow, PatronRow, ReservationRow, TitleRow

_MITO_ALONE = {
    ReservationReason.MATERIAL_NOT_RESERVABLE,
    ReservationReason.LATEST_ISSUE,
    ReservationReason.LONG_OVERDUE_SINGLE_COPY,
}
_ALL_ON_LOAN = ("naruse", "toshokan-1")
_A_PAGE = 10

_FIRST_EIGHT = {
    "mito": [(3, 2, 2), (1, 1, 0), (6, 1, 0), (1, 1, 6), (0, 0, 14), (0, 0, 15), (2, 2, 0), (12, 12, 0)],
    "kyoto": [(3, 2, 2), (2, 2, 0), (1, 1, 0), (8, 1, 0), (1, 1, 6), (0, 0, 9), (0, 0, 10), (12, 12, 0)],
}
"""Loans, those that may be renewed, active reservations."""


def test_importing_the_same_files_again_changes_nothing(imported: ImportedDemo) -> None:
    report = imported.import_again()
    assert [(counts.added, counts.updated, counts.closed) for counts in report.counts.values()] == [
        (0, 0, 0)
    ] * 5


def test_every_renewal_reason_is_shown_by_a_loan_with_that_reason_alone(
    imported: ImportedDemo, session: Session
) -> None:
    shown = {reasons for _, reasons in _renewals(imported, session)}
    expected = {(reason,) for reason in RenewalReason} - _renewals_not_here(imported.policy)
    assert expected <= shown
    assert () in shown


def _renewals_not_here(policy: Policy) -> set[tuple[RenewalReason, ...]]:
    return {(RenewalReason.CHECKOUT_DAY,)} if policy.renewal.allowed_on_checkout_day else set()


def test_several_renewal_reasons_meet_on_one_loan(imported: ImportedDemo, session: Session) -> None:
    assert (
        RenewalReason.CARD_EXPIRED,
        RenewalReason.OVERDUE,
        RenewalReason.RESERVED_BY_OTHER,
        RenewalReason.RENEWAL_LIMIT_REACHED,
    ) in {reasons for _, reasons in _renewals(imported, session)}


def test_a_copy_set_aside_for_another_stops_no_renewal(imported: ImportedDemo, session: Session) -> None:
    free = {title_id for title_id, reasons in _renewals(imported, session) if not reasons}
    set_aside = session.scalars(
        select(ReservationRow.title_id).where(ReservationRow.state == ReservationState.IN_PREPARATION.value)
    )
    assert free & set(set_aside) != set()


def _renewals(imported: ImportedDemo, session: Session) -> Iterable[tuple[str, tuple[RenewalReason, ...]]]:
    """Title and reasons of every loan, returned ones included."""
    library = imported.library(session)
    for row in session.scalars(select(LoanRow)).all():
        facts = library.renewal_facts(row.card_number, row.loan_id)
        assert facts.loan is not None
        reasons = renewal.decide(facts, imported.policy, imported.clock.today()).reasons
        yield facts.loan.title.title_id, reasons


def test_every_reservation_reason_that_the_library_has_is_reachable_alone(
    imported: ImportedDemo, session: Session
) -> None:
    expected = set(ReservationReason) - _reservations_not_here(imported.policy)
    shown = {reasons for reasons in _reservations(imported, session) if len(reasons) <= 1}
    assert {(reason,) for reason in expected} <= shown
    assert () in shown


def _reservations_not_here(policy: Policy) -> set[ReservationReason]:
    not_here = {ReservationReason.CONTEST_BOOK_IN_SEASON}  # Seen in summer only; shown below.
    if policy.reservation.only_when_all_on_loan:
        return not_here | _MITO_ALONE
    return not_here | {ReservationReason.AVAILABLE_ON_SHELF}


def _reservations(imported: ImportedDemo, session: Session) -> Iterable[tuple[ReservationReason, ...]]:
    """Reasons for one patron with nothing against them and every title; then for every patron and two titles."""
    library = imported.library(session)
    cards = list(session.scalars(select(PatronRow.card_number).order_by(PatronRow.card_number)))
    [plain] = session.scalars(select(PatronRow.card_number).where(PatronRow.name == "真白 はじめ"))
    titles = [*session.scalars(select(TitleRow.title_id)), "not-held-anywhere"]
    for facts in [
        *(library.reservation_facts(plain, title_id) for title_id in titles),
        *(library.reservation_facts(card, title_id) for card in cards for title_id in _ALL_ON_LOAN),
    ]:
        yield _reasons(imported, facts)


def _reasons(imported: ImportedDemo, facts: ReservationFacts) -> tuple[ReservationReason, ...]:
    main = imported.policy.main_branch
    contact = Contact.MAIL if not facts.patron.email else Contact.LINE
    return reservation.decide(
        facts, ReservationRequest(main, contact), imported.policy, imported.clock.today()
    ).reasons


def test_contest_books_are_refused_in_summer_only(mito_in_summer: ImportedDemo) -> None:
    with reading(mito_in_summer.engine) as session:
        shown = set(_reservations(mito_in_summer, session))
    assert (ReservationReason.CONTEST_BOOK_IN_SEASON,) in shown


def test_the_next_reservation_of_the_two_busiest_is_the_last_and_one_too_many(
    imported: ImportedDemo, session: Session
) -> None:
    library = imported.library(session)
    limit = imported.policy.reservation.limit
    counts = {
        card: library.list_reservations(card).count for card in session.scalars(select(PatronRow.card_number))
    }
    assert max(counts.values()) == limit
    for card in (card for card, count in counts.items() if count >= limit - 1):
        assert library.list_reservations(card).counter_requests != ()


def test_reservations_in_every_state_are_there(imported: ImportedDemo, session: Session) -> None:
    states = set(session.scalars(select(ReservationRow.state)))
    assert states == {state.value for state in ReservationState}


def test_whatever_is_set_aside_has_a_copy_of_its_own(imported: ImportedDemo, session: Session) -> None:
    rows = session.scalars(
        select(ReservationRow).where(ReservationRow.state.in_(["in_preparation", "ready"]))
    ).all()
    assert "" not in {row.barcode or "" for row in rows}
    assert len({row.barcode for row in rows}) == len(rows)


def test_places_in_long_queues_are_there(imported: ImportedDemo, session: Session) -> None:
    places = {item.queue_position for item in _all_reservations(imported, session) if item.is_active}
    assert {1, 2, 3, 4, 5} <= places


def test_every_reason_against_cancelling_is_there(imported: ImportedDemo, session: Session) -> None:
    library = imported.library(session)
    reservations = _all_reservations(imported, session)
    cards = {item.card_number for item in reservations}
    asked = [(item.card_number, item) for item in reservations]
    asked += [(card, reservations[0]) for card in cards if card != reservations[0].card_number]
    shown = {
        cancellation.decide(library.cancellation_facts(card, item.reservation_id), imported.policy).reasons
        for card, item in asked
    }
    expected = {(reason,) for reason in CancellationReason}
    if ReservationState.IN_PREPARATION in imported.policy.cancellation.cancellable_states:
        expected -= {(CancellationReason.IN_PREPARATION,)}
    assert shown == {*expected, ()}


def test_every_reason_against_picking_up_is_there(imported: ImportedDemo, session: Session) -> None:
    today = imported.clock.today()
    shown = {pickup.decide(PickupFacts(item), today).reasons for item in _all_reservations(imported, session)}
    assert shown == {(PickupReason.NOT_READY,), (PickupReason.PICKUP_EXPIRED,), ()}


def _all_reservations(imported: ImportedDemo, session: Session) -> list[Reservation]:
    library = imported.library(session)
    found = [
        library.cancellation_facts(row.card_number, row.reservation_id).reservation
        for row in session.scalars(select(ReservationRow).order_by(ReservationRow.placed_at)).all()
    ]
    return [item for item in found if item is not None]


def test_ready_reservations_wait_at_several_branches(imported: ImportedDemo, session: Session) -> None:
    [card] = session.scalars(select(PatronRow.card_number).where(PatronRow.name == "巡里 とる"))
    waiting = [
        item
        for item in imported.library(session).list_reservations(card).reservations
        if item.state is ReservationState.READY
    ]
    assert len(waiting) == 3
    assert len({item.pickup_branch for item in waiting}) == min(3, len(imported.policy.pickup.branches))


@pytest.mark.parametrize("place", range(8))
def test_the_first_eight_have_what_they_are_named_for(
    imported: ImportedDemo, session: Session, place: int
) -> None:
    library, today = imported.library(session), imported.clock.today()
    card = demo_cards(imported.name)[place].card_number
    loans = library.list_loans(card)
    may_be_renewed = [facts for facts in loans if renewal.decide(facts, imported.policy, today).allowed]
    reserved = library.list_reservations(card).count
    assert (len(loans), len(may_be_renewed), reserved) == _FIRST_EIGHT[imported.name][place]


def test_some_patron_has_more_loans_than_a_page_and_some_has_nothing(
    imported: ImportedDemo, session: Session
) -> None:
    library = imported.library(session)
    counts = {
        card: (len(library.list_loans(card)), library.list_reservations(card).count)
        for card in session.scalars(select(PatronRow.card_number))
    }
    assert (0, 0) in counts.values()
    assert max(loans for loans, _ in counts.values()) > _A_PAGE


@pytest.mark.parametrize("days", [-2, 0, 3, 8])
def test_loans_are_due_before_on_and_after_today(imported: ImportedDemo, session: Session, days: int) -> None:
    today = imported.clock.today()
    due = {(on - today).days for on in session.scalars(select(LoanRow.due_on))}
    assert days in due
