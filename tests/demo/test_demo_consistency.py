"""The demo's record agrees with itself and with the rules, whatever day it is."""

from collections import Counter
from datetime import date, timedelta

import pytest
from demo_record import ACTIVE, DAYS, LIBRARIES, SET_ASIDE, Demo, day, demo_on

from bot.demo.data.calendar import policy_with_calendar
from bot.library import Contact
from bot.rules.calendar import is_open_on
from bot.rules.pickup import pickup_by

DECEMBER = [date(2026, 12, 1) + timedelta(days=step) for step in range(31)]


@pytest.fixture(params=[(library, today) for library in LIBRARIES for today in DAYS], ids=str)
def demo(request: pytest.FixtureRequest) -> Demo:
    library, today = request.param
    return demo_on(library, today)


def test_nothing_lies_in_the_future_that_can_not(demo: Demo) -> None:
    past = [
        ("loans", "checked_out_on"),
        ("loans", "returned_on"),
        ("reservations", "ready_on"),
        ("titles", "arrived_on"),
        ("patrons", "birth_date"),
    ]
    late = [
        (file, row)
        for file, column in past
        for row in demo.files[file]
        if row[column] and day(row[column]) > demo.today
    ]
    assert late == []
    # The hour of a reservation is fixed, so that one of today might still be to come.
    assert [row for row in demo.files["reservations"] if day(row["placed_at"]) >= demo.today] == []


def test_a_work_is_older_than_its_arrival(demo: Demo) -> None:
    rows = [row for row in demo.files["titles"] if row["published"]]
    assert [row for row in rows if int(row["published"]) > demo.today.year] == []
    assert [r for r in rows if r["arrived_on"] and int(r["published"]) > day(r["arrived_on"]).year] == []


def test_a_copy_is_lent_once_and_only_if_it_may_be(demo: Demo) -> None:
    lent = Counter(row["barcode"] for row in demo.open_loans)
    assert [barcode for barcode, times in lent.items() if times > 1] == []
    assert [
        row for row in demo.files["loans"] if row["barcode"] not in demo.loanable(demo.title_of(row))
    ] == []


def test_loans_run_from_checkout_to_due_date(demo: Demo) -> None:
    for row in demo.files["loans"]:
        out = day(row["checked_out_on"])
        assert out < day(row["due_on"])
        assert out == demo.today or is_open_on(demo.policy.main_branch, out, demo.policy)
        assert not row["returned_on"] or out <= day(row["returned_on"])


def test_nothing_is_lent_or_reserved_before_it_arrived(demo: Demo) -> None:
    arrived = {title: row["arrived_on"] for title, row in demo.by("titles", "title_id").items()}
    used = [(demo.title_of(row), row["checked_out_on"]) for row in demo.files["loans"]]
    used += [(row["title_id"], row["placed_at"]) for row in demo.files["reservations"] if row["title_id"]]
    assert [title for title, on in used if arrived[title] and day(on) < day(arrived[title])] == []


def test_only_copies_of_other_libraries_are_interlibrary_loans(demo: Demo) -> None:
    shelves = {barcode: row["shelf"] for barcode, row in demo.by("copies", "barcode").items()}
    for row in demo.files["loans"]:
        assert (row["interlibrary"] == "true") == (shelves[row["barcode"]] == "相互貸借")


def test_a_renewal_was_allowed_on_its_day(demo: Demo) -> None:
    queues = dict(demo.reserved_titles())
    for row in demo.open_loans:
        if row["renewals"] == "0":
            continue
        renewed_on = day(row["due_on"]) - timedelta(days=demo.policy.renewal.days_gained)
        assert day(row["checked_out_on"]) < renewed_on <= demo.today
        others = [
            item for item in queues.get(demo.title_of(row), []) if item["card_number"] != row["card_number"]
        ]
        assert [item for item in others if day(item["placed_at"]) <= renewed_on] == []


def test_nobody_has_more_reservations_than_allowed(demo: Demo) -> None:
    counts = Counter(row["card_number"] for row in demo.active_reservations)
    limit = demo.policy.reservation.limit
    assert max(counts.values()) == limit
    assert limit - 1 in counts.values()


def test_nobody_waits_twice_for_a_title_or_for_what_they_have(demo: Demo) -> None:
    waiting = Counter(
        (row["card_number"], row["title_id"]) for row in demo.active_reservations if row["title_id"]
    )
    assert [key for key, times in waiting.items() if times > 1] == []
    borrowed = {(row["card_number"], demo.title_of(row)) for row in demo.open_loans}
    assert borrowed & set(waiting) == set()


def test_only_what_may_be_reserved_is_reserved(demo: Demo) -> None:
    titles = demo.by("titles", "title_id")
    rules = demo.policy.reservation
    for title_id, _ in demo.reserved_titles():
        title = titles[title_id]
        assert title["material"] in rules.reservable_materials
        assert not (rules.refuse_latest_issue and title["latest_issue"] == "true")
        assert title["contest_division"] not in rules.contest_divisions
        copies = [row for row in demo.files["copies"] if row["title_id"] == title_id]
        assert any(row["use"] == "loan" and row["status"] != "lost" for row in copies)


def test_the_oldest_reservations_have_the_copies_that_are_set_aside(demo: Demo) -> None:
    for title_id, queue in demo.reserved_titles():
        set_aside = [row["state"] in SET_ASIDE for row in queue]
        assert set_aside == sorted(set_aside, reverse=True), title_id
        assert sum(set_aside) <= len(demo.free(title_id)), title_id


def test_nobody_waits_long_for_what_stands_on_the_shelf(demo: Demo) -> None:
    for title_id, queue in demo.reserved_titles():
        waiting = [row for row in queue if row["state"] == "queued"]
        spare = len(demo.free(title_id)) - (len(queue) - len(waiting))
        if waiting and spare:
            assert not demo.policy.reservation.only_when_all_on_loan
            assert min(day(row["placed_at"]) for row in waiting) == demo.today - timedelta(days=1), title_id


def test_the_hold_shelf_keeps_to_the_rule(demo: Demo) -> None:
    for row in demo.files["reservations"]:
        if not row["ready_on"]:
            assert row["state"] not in {"ready", "fulfilled", "expired"}
            assert row["pickup_by"] == ""
            continue
        ready_on = day(row["ready_on"])
        assert day(row["placed_at"]) < ready_on
        assert is_open_on(row["pickup_branch"], ready_on, demo.policy)
        kept_until = pickup_by(ready_on, row["pickup_branch"], Contact(row["contact"]), demo.policy)
        assert day(row["pickup_by"]) == kept_until
        assert row["state"] != "expired" or kept_until < demo.today


def test_one_ready_reservation_has_run_out_and_the_others_have_not(demo: Demo) -> None:
    ready = [row for row in demo.files["reservations"] if row["state"] == "ready"]
    run_out = [row for row in ready if day(row["pickup_by"]) < demo.today]
    assert len(run_out) == 1


def test_what_was_picked_up_is_on_loan(demo: Demo) -> None:
    fulfilled = [row for row in demo.files["reservations"] if row["state"] == "fulfilled"]
    assert fulfilled != []
    for row in fulfilled:
        [loan] = [
            loan
            for loan in demo.open_loans
            if (loan["card_number"], demo.title_of(loan)) == (row["card_number"], row["title_id"])
        ]
        assert day(row["ready_on"]) <= day(loan["checked_out_on"]) <= day(row["pickup_by"])


def test_an_expired_card_was_valid_when_it_was_used(demo: Demo) -> None:
    expires = {card: row["expires_on"] for card, row in demo.by("patrons", "card_number").items()}
    used = [(row["card_number"], day(row["checked_out_on"])) for row in demo.files["loans"]]
    used += [(row["card_number"], day(row["placed_at"])) for row in demo.files["reservations"]]
    assert [card for card, on in used if expires[card] and on > day(expires[card])] == []


def test_contacts_fit_the_patron(demo: Demo) -> None:
    emails = {card: row["email"] for card, row in demo.by("patrons", "card_number").items()}
    mailed = [row for row in demo.files["reservations"] if row["contact"] == "mail"]
    assert mailed != []
    assert [row for row in mailed if not emails[row["card_number"]]] == []


def test_counter_requests_were_made_at_a_branch_that_was_open(demo: Demo) -> None:
    requests = [row for row in demo.files["reservations"] if row["channel"] == "counter"]
    assert [row for row in requests if not row["title_id"] and row["state"] in ACTIVE] != []
    for row in requests:
        assert row["title_id"] or row["request_text"]
        assert is_open_on(row["placed_at_branch"], day(row["placed_at"]), demo.policy)


def test_no_two_patrons_of_a_queue_came_at_the_same_minute(demo: Demo) -> None:
    for _, queue in demo.reserved_titles():
        assert len({row["placed_at"] for row in queue}) == len(queue)


def test_the_sample_calendar_has_open_and_closed_days_around_today(demo: Demo) -> None:
    calendar = demo.policy.calendar
    assert calendar is not None
    assert calendar.sample
    week = [demo.today + timedelta(days=step) for step in range(-7, 8)]
    closed = [on for on in week if not is_open_on(demo.policy.main_branch, on, demo.policy)]
    assert 0 < len(closed) < len(week)
    assert set(calendar.hours) == {branch.code for branch in demo.policy.branches}


def test_the_calendar_closes_on_more_days_than_mondays() -> None:
    policy = policy_with_calendar("mito")
    closed = [day for day in DECEMBER if not is_open_on("chuo", day, policy)]
    assert [day.day for day in closed if day.weekday() != 0] == [24, 29, 30, 31]
    assert is_open_on("chuo", date(2027, 1, 11), policy), "a holiday opens a Monday"
    assert not is_open_on("chuo", date(2027, 1, 12), policy)
