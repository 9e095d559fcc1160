"""Each thing is told on its day, as the table of cases says; nothing is pushed in the quiet hours."""

from datetime import datetime
from typing import Any

import pytest
from rule_facts import a_reservation, renewal_facts
from rule_tables import branches_of, cases, policy_named, rows

from bot.library import Actor, Contact, ReservationState
from bot.policies import load_policy
from bot.rules import notice_timing
from bot.rules.notice_hours import may_send_from

Row = dict[str, Any]


def _told(row: Row) -> list[str]:
    policy, today = policy_named(row["policy"]), row["today"]
    match row["of"]:
        case "ready" | "ended":
            reservation = a_reservation(
                state=ReservationState(row.get("state", "ready")),
                contact=Contact(row.get("contact", "line")),
                pickup_branch=policy.main_branch,
                ready_on=row.get("ready_on"),
                pickup_by=row.get("pickup_by"),
            )
            if row["of"] == "ready":
                return [kind.value for kind in notice_timing.of_reservation(reservation, today, policy)]
            kind = notice_timing.of_ended(reservation, row["ended_on"], Actor(row["actor"]), today, policy)
        case "due":
            kind = notice_timing.of_due_date(row["due_on"], today, policy)
            first, last = notice_timing.due_days(today, policy)
            assert kind is None or first <= row["due_on"] <= last
        case "lost":
            is_lost = notice_timing.is_lost_to_another(renewal_facts(**row["facts"]), today, policy)
            return ["reserved_by_other"] if is_lost else []
        case _:
            is_news = notice_timing.is_news(row["arrived_on"], row["since"], today, policy)
            return ["new_arrivals"] if is_news else []
    return [kind.value] if kind is not None else []


@pytest.mark.parametrize("row", cases("notices"))
def test_each_thing_is_told_on_its_day(row: Row) -> None:
    assert _told(row) == row["expected"]


def test_every_row_bears_the_number_of_a_branch_that_it_shows() -> None:
    outcomes = {branch.number: branch.outcome for branch in branches_of("notice_timing")}
    for row in rows("notices"):
        assert (row["expected"] or ["nothing"])[-1] == outcomes[row["number"]], row["name"]
    assert {row["number"] for row in rows("notices")} == set(outcomes)


@pytest.mark.parametrize(
    ("hours", "now", "then"),
    [
        (("21:00", "08:00"), "2026-12-01T20:59:59+09:00", "2026-12-01T20:59:59+09:00"),
        (("21:00", "08:00"), "2026-12-01T21:00:00+09:00", "2026-12-02T08:00:00+09:00"),
        (("21:00", "08:00"), "2026-12-31T23:59:00+09:00", "2027-01-01T08:00:00+09:00"),
        (("21:00", "08:00"), "2026-12-01T00:00:00+09:00", "2026-12-01T08:00:00+09:00"),
        (("21:00", "08:00"), "2026-12-01T08:00:00+09:00", "2026-12-01T08:00:00+09:00"),
        (("21:00", "08:00"), "2026-12-01T13:00:00+00:00", "2026-12-02T08:00:00+09:00"),
        (("12:00", "13:00"), "2026-12-01T12:30:00+09:00", "2026-12-01T13:00:00+09:00"),
        (("12:00", "13:00"), "2026-12-01T00:30:00+09:00", "2026-12-01T00:30:00+09:00"),
        (("08:00", "08:00"), "2026-12-01T08:00:00+09:00", "2026-12-01T08:00:00+09:00"),
    ],
)
def test_what_falls_into_the_quiet_hours_waits_for_their_end(
    hours: tuple[str, str], now: str, then: str
) -> None:
    mito = load_policy("mito")
    notices = mito.notices.model_copy(update={"quiet_from": hours[0], "quiet_until": hours[1]})
    policy = mito.model_copy(update={"notices": notices})
    assert may_send_from(datetime.fromisoformat(now), policy) == datetime.fromisoformat(then)
