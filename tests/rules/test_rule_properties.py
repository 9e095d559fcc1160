"""What holds of the rules whatever the facts are."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rule_facts import CARD, OTHER_CARD, a_copy, a_loan, a_patron, a_reservation, a_title
from rule_tables import policy_named

from bot.library import (
    CancellationFacts,
    CancellationReason,
    Contact,
    ContestDivision,
    Material,
    Patron,
    PickupFacts,
    RenewalFacts,
    RenewalReason,
    ReservationFacts,
    ReservationReason,
    ReservationRequest,
    ReservationState,
)
from bot.policies import Policy
from bot.rules import cancellation, pickup, renewal, reservation
from bot.rules.calendar import is_open_on
from bot.rules.reservation_life import TRANSITIONS, LifeEvent, next_state

policies = st.sampled_from(
    ["mito", "kyoto", "mito+mondays", "kyoto+mondays", "mito+holidays", "kyoto+typhoon"]
).map(policy_named)
days = st.dates(date(2023, 1, 1), date(2032, 12, 31))
near = st.integers(-60, 60).map(lambda number: timedelta(days=number))
counts = st.integers(0, 20)
copies = st.lists(
    st.sampled_from(
        ["on_shelf", "on_loan", "on_loan 2020-01-01", "set_aside", "in_library", "lost", "in_repair"]
    ),
    max_size=5,
)


@st.composite
def patrons(draw: st.DrawFn, today: date) -> Patron:
    return a_patron(
        email=draw(st.sampled_from(["", "hanako@example.jp"])),
        expires_on=draw(st.none() | near.map(lambda gap: today + gap)),
        suspended_until=draw(st.none() | near.map(lambda gap: today + gap)),
    )


@st.composite
def renewals(draw: st.DrawFn) -> tuple[RenewalFacts, date]:
    today = draw(days)
    checked_out_on = today - timedelta(days=draw(st.integers(0, 60)))
    loan = a_loan(
        checked_out_on=checked_out_on,
        due_on=checked_out_on + timedelta(days=draw(st.integers(0, 40))),
        renewals=draw(st.integers(0, 2)),
        interlibrary=draw(st.booleans()),
        returned_on=draw(st.none() | st.just(today)),
    )
    facts = RenewalFacts(draw(patrons(today)), loan if draw(st.booleans()) else None, draw(counts))
    return facts, today


@st.composite
def reservations(draw: st.DrawFn) -> tuple[ReservationFacts, ReservationRequest, date]:
    today = draw(days)
    title = a_title(
        material=draw(st.sampled_from(list(Material))),
        latest_issue=draw(st.booleans()),
        contest_division=draw(st.none() | st.sampled_from(list(ContestDivision))),
    )
    held = draw(st.booleans())
    facts = ReservationFacts(
        patron=draw(patrons(today)),
        title=title if held else None,
        copies=tuple(a_copy(doing, at) for at, doing in enumerate(draw(copies), 1)) if held else (),
        on_loan_to_patron=draw(st.booleans()),
        reserved_by_patron=draw(st.booleans()),
        active_reservations=draw(counts),
        queue_length=draw(counts),
    )
    return facts, ReservationRequest("tobu", draw(st.sampled_from(list(Contact)))), today


@given(renewals(), policies)
def test_allowed_renewal_is_of_an_open_loan_and_moves_its_due_date_on(case: Any, policy: Policy) -> None:
    facts, today = case
    decision = renewal.decide(facts, policy, today)
    if decision.allowed:
        assert facts.loan is not None
        assert facts.loan.is_open
        assert facts.loan.due_on >= today
        assert facts.loan.renewals < policy.renewal.limit
        assert not facts.queued_by_others
        assert decision.new_due_on is not None
        assert decision.new_due_on > facts.loan.due_on


@given(renewals(), policies)
def test_renewal_reasons_come_once_each_in_their_order(case: Any, policy: Policy) -> None:
    facts, today = case
    decision = renewal.decide(facts, policy, today)
    order = list(RenewalReason)
    places = [order.index(reason) for reason in decision.reasons]
    assert places == sorted(set(places))
    assert decision.allowed is (not decision.reasons)


@given(renewals(), policies)
def test_a_renewal_that_gains_nothing_today_gains_on_the_day_it_names(case: Any, policy: Policy) -> None:
    facts, today = case
    decision = renewal.decide(facts, policy, today)
    if decision.helps_from is not None:
        later = renewal.decide(facts, policy, decision.helps_from)
        assert decision.helps_from > today
        assert RenewalReason.NO_GAIN not in later.reasons
        before = renewal.decide(facts, policy, decision.helps_from - timedelta(days=1))
        assert RenewalReason.NO_GAIN in before.reasons


@given(renewals(), policies)
def test_a_renewal_done_is_not_allowed_a_second_time(case: Any, policy: Policy) -> None:
    facts, today = case
    decision = renewal.decide(facts, policy, today)
    if decision.allowed:
        loan = a_loan(
            checked_out_on=facts.loan.checked_out_on,
            due_on=decision.new_due_on,
            renewals=facts.loan.renewals + 1,
        )
        again = renewal.decide(RenewalFacts(facts.patron, loan, 0), policy, today)
        assert RenewalReason.RENEWAL_LIMIT_REACHED in again.reasons


@given(reservations(), policies)
def test_allowed_reservation_never_passes_the_limit_nor_doubles_one(case: Any, policy: Policy) -> None:
    facts, request, today = case
    decision = reservation.decide(facts, request, policy, today)
    if decision.allowed:
        assert facts.title is not None
        assert facts.active_reservations + 1 <= policy.reservation.limit
        assert not facts.reserved_by_patron
        assert not facts.on_loan_to_patron
        assert decision.queue_position == facts.queue_length + 1
        assert request.contact is not Contact.MAIL or facts.patron.email
        if policy.reservation.only_when_all_on_loan:
            assert not decision.available


@given(reservations(), policies)
def test_reservation_reasons_come_once_each_in_their_order(case: Any, policy: Policy) -> None:
    facts, request, today = case
    decision = reservation.decide(facts, request, policy, today)
    order = list(ReservationReason)
    places = [order.index(reason) for reason in decision.reasons]
    assert places == sorted(set(places))
    assert decision.allowed is (not decision.reasons)
    assert (ReservationReason.NOT_HELD in decision.reasons) is (facts.title is None)


@given(reservations(), policies)
def test_another_way_of_being_told_takes_only_the_missing_address_away(case: Any, policy: Policy) -> None:
    facts, request, today = case
    by_mail = reservation.decide(
        facts, ReservationRequest(request.pickup_branch, Contact.MAIL), policy, today
    )
    by_line = reservation.decide(
        facts, ReservationRequest(request.pickup_branch, Contact.LINE), policy, today
    )
    kept = [reason for reason in by_mail.reasons if reason is not ReservationReason.NO_EMAIL_FOR_MAIL]
    assert kept == list(by_line.reasons)


@given(st.sampled_from(list(ReservationState)), st.sampled_from([CARD, OTHER_CARD]), policies)
def test_cancelling_is_allowed_only_where_the_table_of_its_life_has_a_way(
    state: ReservationState, owner: str, policy: Policy
) -> None:
    facts = CancellationFacts(CARD, a_reservation(card_number=owner, state=state))
    decision = cancellation.decide(facts, policy)
    if decision.allowed:
        assert owner == CARD
        assert next_state(state, LifeEvent.CANCEL) is ReservationState.CANCELLED
    if owner == OTHER_CARD:
        assert decision.reasons == (CancellationReason.NOT_YOURS,)
        assert not decision.phone_branch


@given(st.sampled_from(list(ReservationState)), st.none() | days, days)
def test_only_what_is_ready_and_in_time_can_be_picked_up(
    state: ReservationState, pickup_by: date | None, today: date
) -> None:
    decision = pickup.decide(PickupFacts(a_reservation(state=state, pickup_by=pickup_by)), today)
    in_time = pickup_by is None or today <= pickup_by
    assert decision.allowed is (state is ReservationState.READY and in_time)


@given(days, st.sampled_from(list(Contact)), policies)
def test_item_is_kept_a_week_or_longer_and_ends_on_an_open_day(
    ready_on: date, contact: Contact, policy: Policy
) -> None:
    branch = policy.pickup.branches[0]
    last = pickup.pickup_by(ready_on, branch, contact, policy)
    assert last >= ready_on + timedelta(days=policy.pickup.keep_days)
    assert is_open_on(branch, last, policy)


@given(st.lists(st.sampled_from(list(LifeEvent)), max_size=12))
def test_what_is_closed_stays_closed_whatever_happens(events: list[LifeEvent]) -> None:
    state, was_closed = ReservationState.QUEUED, False
    for event in events:
        after = next_state(state, event)
        assert after is None or not was_closed
        state = after or state
        was_closed = not any(start is state for start, _ in TRANSITIONS)
