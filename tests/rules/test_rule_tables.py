"""Each decision comes out as its table of cases says."""

from datetime import date
from typing import Any

import pytest
from rule_facts import (
    cancellation_facts,
    change_case,
    pickup_facts,
    renewal_facts,
    reservation_case,
    series_facts,
)
from rule_tables import DECISIONS, branches_of, cases, outcomes, policy_named, rows

from bot.library import Contact, ReservationState
from bot.rules import (
    calendar,
    cancellation,
    change,
    due_dates,
    passwords,
    pickup,
    renewal,
    reservation,
    series,
)
from bot.rules.reservation_life import TRANSITIONS, LifeEvent, next_state

TABLES = (*DECISIONS, "keeping")
Row = dict[str, Any]


def _reasons(decision: Any) -> list[str]:
    return [reason.value for reason in decision.reasons]


@pytest.mark.parametrize("row", cases("renewal"))
def test_renewal_is_decided_as_the_table_says(row: Row) -> None:
    decision = renewal.decide(renewal_facts(**row["facts"]), policy_named(row["policy"]), row["today"])
    found = {
        "reasons": _reasons(decision),
        "new_due_on": decision.new_due_on,
        "helps_from": decision.helps_from,
    }
    assert found == row["expected"]
    assert decision.allowed is (row["expected"]["reasons"] == [])


@pytest.mark.parametrize("row", cases("reservation"))
def test_reservation_is_decided_as_the_table_says(row: Row) -> None:
    facts, request = reservation_case(**row["facts"])
    policy = policy_named(row["policy"])
    decision = reservation.decide(facts, request, policy, row["today"])
    found = {
        "reasons": _reasons(decision),
        "queue_position": decision.queue_position,
        "available": [int(item.copy.barcode.removeprefix("c")) for item in decision.available],
        "remaining": decision.remaining,
        "reservable_from": decision.reservable_from,
    }
    assert {key: found[key] for key in row["expected"]} == row["expected"]
    assert decision.limit == policy.reservation.limit
    assert decision.allowed is (row["expected"]["reasons"] == [])


@pytest.mark.parametrize("row", cases("cancellation"))
def test_cancellation_is_decided_as_the_table_says(row: Row) -> None:
    decision = cancellation.decide(cancellation_facts(**row["facts"]), policy_named(row["policy"]))
    assert {"reasons": _reasons(decision), "phone_branch": decision.phone_branch} == row["expected"]
    assert decision.allowed is (row["expected"]["reasons"] == [])


@pytest.mark.parametrize("row", cases("change"))
def test_change_is_decided_as_the_table_says(row: Row) -> None:
    decision = change.decide(*change_case(**row["facts"]))
    assert {"reasons": _reasons(decision), "phone_branch": decision.phone_branch} == row["expected"]
    assert decision.allowed is (row["expected"]["reasons"] == [])


@pytest.mark.parametrize("row", cases("series"))
def test_volumes_are_seen_as_the_table_says(row: Row) -> None:
    facts = series_facts(**row["facts"])
    found = {
        "several": series.is_one_of_several(facts),
        "later": [title.title_id for title in series.later_volumes(facts)],
    }
    assert found == row["expected"]


@pytest.mark.parametrize("row", cases("pickup"))
def test_pickup_is_decided_as_the_table_says(row: Row) -> None:
    decision = pickup.decide(pickup_facts(**row["facts"]), row["today"])
    assert _reasons(decision) == row["expected"]["reasons"]
    assert decision.allowed is (row["expected"]["reasons"] == [])


@pytest.mark.parametrize("row", cases("keeping"))
def test_item_is_kept_and_told_of_as_the_table_says(row: Row) -> None:
    policy, branch, ready_on = policy_named(row["policy"]), row["branch"], row["ready_on"]
    found = {
        "notified_on": pickup.notified_on(ready_on, branch, policy),
        "pickup_by": pickup.pickup_by(ready_on, branch, Contact(row["contact"]), policy),
    }
    assert found == row["expected"]


@pytest.mark.parametrize("row", cases("calendar"))
def test_branch_is_open_as_the_table_says(row: Row) -> None:
    policy, branch, day = policy_named(row["policy"]), row["branch"], row["day"]
    hours = calendar.opening_hours(branch, day, policy)
    found = {"opening_hours": hours, "next_open_day": calendar.next_open_day(branch, day, policy)}
    assert found == row["expected"]
    assert calendar.is_open_on(branch, day, policy) is (hours != "")


@pytest.mark.parametrize("row", cases("due_dates"))
def test_closed_days_move_due_dates_as_the_table_says(row: Row) -> None:
    policy, branch, due_on = policy_named(row["policy"]), row["branch"], row["due_on"]
    moved_by = policy.due_dates.model_copy(update={"moved_by": row["moved_by"]})
    policy = policy.model_copy(update={"due_dates": moved_by})
    found = {
        "new": due_dates.new_due_on(due_on, branch, policy),
        "running": due_dates.running_due_on(due_on, branch, policy),
        "pickup_by": due_dates.running_pickup_by(due_on, branch, policy),
    }
    assert found == row["expected"]


@pytest.mark.parametrize("row", cases("passwords"))
def test_password_is_judged_as_the_table_says(row: Row) -> None:
    reasons = passwords.reasons_against(**row["facts"], policy=policy_named(row["policy"]))
    assert [reason.value for reason in reasons] == row["expected"]["reasons"]


@pytest.mark.parametrize("row", cases("reservation_life"))
def test_event_moves_a_reservation_as_the_table_says(row: Row) -> None:
    after = next_state(ReservationState(row["state"]), LifeEvent(row["event"]))
    assert after == (ReservationState(row["expected"]) if row["expected"] else None)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_bears_the_number_of_a_branch_that_it_shows(table: str) -> None:
    for row in rows(table):
        outcome, reasons = outcomes()[row["number"]], row["expected"].get("reasons")
        if reasons is not None:
            assert outcome in (reasons or ["allowed"]), row


@pytest.mark.parametrize("decision", DECISIONS)
def test_every_branch_has_a_row(decision: str) -> None:
    tables = ("pickup", "keeping") if decision == "pickup" else (decision,)
    shown = {row["number"] for table in tables for row in rows(table)}
    assert {branch.number for branch in branches_of(decision)} == shown


def test_life_table_covers_every_state_and_event_and_numbers_them_in_order() -> None:
    numbers = {step: f"LIFE-{place}" for place, step in enumerate(TRANSITIONS, 1)}
    found = {
        (ReservationState(row["state"]), LifeEvent(row["event"])): row["number"]
        for row in rows("reservation_life")
    }
    refused = f"LIFE-{len(TRANSITIONS) + 1}"
    assert found == {
        (state, event): numbers.get((state, event), refused)
        for state in ReservationState
        for event in LifeEvent
    }


@pytest.mark.parametrize("policy", ["mito", "kyoto"])
def test_loan_is_due_soon_from_three_days_before_until_its_due_date(policy: str) -> None:
    loan = renewal_facts(due_on=date(2026, 11, 24)).loan
    assert loan is not None
    days = [date(2026, 11, day) for day in range(19, 27)]
    soon = [day.day for day in days if renewal.is_due_soon(loan, policy_named(policy), day)]
    assert soon == [21, 22, 23, 24]
