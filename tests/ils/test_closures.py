"""Sudden closures and special openings: what they move, whom they have told, and that all of it happens once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import pytest
from ils_world import IlsWorld
from sqlalchemy import event, select, update

from bot.ils.embedded.desk import Closed, Desk, DeskError, MovedDates
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Actor
from bot.policies import Policy
from bot.rules.calendar import is_open_on
from bot.storage.calendar import Closures, SpecialEntry, policy_now
from bot.storage.engine import reading, writing
from bot.storage.tables.calendar import SpecialDaysRow
from bot.storage.tables.library import LoanHistoryRow, LoanRow, ReservationHistoryRow, ReservationRow
from bot.storage.tables.notices import NoticeRow

R = TypeVar("R")
TYPHOON = SpecialEntry("", date(2026, 12, 4), date(2026, 12, 8), reason="台風のため")
"""Over the due date of 100 (4 December) and the last day of what waits for 200 (7 December), both at 東部 and 中央."""
AFTER = date(2026, 12, 9)


@pytest.fixture
def shelf(world: IlsWorld) -> IlsWorld:
    """`kokoro`: b1 of 東部 lent to 100 until 4 December, b2 ready for 200 at 中央."""
    world.files.write_all(
        reservations=["200,kokoro,2026-11-25T12:00:00+09:00,中央,line,ready,2026-11-30,2026-12-07,web"]
    )
    world.load()
    return world


def at_the_desk(world: IlsWorld, do: Callable[[Desk], R]) -> R:
    with writing(world.engine) as session:
        return do(Desk(session, world.policy, world.clock))


def enter(world: IlsWorld, entry: SpecialEntry) -> Closed:
    return at_the_desk(world, lambda desk: desk.opening.enter(entry, by="desk"))


def now(world: IlsWorld) -> Policy:
    with reading(world.engine) as session:
        return policy_now(session, world.policy, world.clock)


def told(world: IlsWorld) -> list[tuple[str, str, date, str]]:
    with reading(world.engine) as session:
        rows = session.scalars(select(NoticeRow).order_by(NoticeRow.id))
        return [(row.card_number, row.kind, row.day, row.facts["what"]) for row in rows]


def last_day(world: IlsWorld) -> date | None:
    return world.reservation("200", "kokoro").pickup_by


def test_a_sudden_closure_moves_due_dates_and_last_days_and_has_it_told(shelf: IlsWorld) -> None:
    assert enter(shelf, TYPHOON) == Closed(1, True, MovedDates(1, 1))
    assert (shelf.loan("b1").due_on, last_day(shelf)) == (AFTER, AFTER)
    assert told(shelf) == [
        ("100", "closure_moved", AFTER, "due_on"),
        ("200", "closure_moved", AFTER, "pickup_by"),
    ]
    facts = [row.facts for row in shelf.rows(NoticeRow)]
    assert facts[0] == {
        "what": "due_on",
        "old": "2026-12-04",
        "new": "2026-12-09",
        "title_id": "kokoro",
        "branch": "tobu",
        "reason": "台風のため",
    }


def test_the_history_tells_who_moved_a_date(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    assert shelf.events(LoanHistoryRow)[-1] == ("moved", "staff")
    assert shelf.rows(LoanHistoryRow)[-1].due_on == AFTER
    assert shelf.events(ReservationHistoryRow)[-1] == ("move", "staff")


def test_the_same_closure_again_changes_nothing(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    before = shelf.dump()
    assert enter(shelf, TYPHOON) == Closed(1, False, MovedDates())
    assert shelf.dump() == before
    assert len(told(shelf)) == 2


def test_a_closure_taken_back_opens_at_once_and_shortens_nothing_that_was_told(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    taken_back = at_the_desk(shelf, lambda desk: desk.opening.withdraw(1, by="desk"))
    assert taken_back.entry == TYPHOON
    assert is_open_on("chuo", date(2026, 12, 4), now(shelf))
    assert (shelf.loan("b1").due_on, last_day(shelf)) == (AFTER, AFTER)
    assert enter(shelf, TYPHOON) == Closed(2, True, MovedDates())
    assert len(told(shelf)) == 2


def test_a_longer_closure_moves_again_and_tells_again(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    longer = SpecialEntry("tobu", date(2026, 12, 9), date(2026, 12, 10))
    assert enter(shelf, longer).moved == MovedDates(1, 0)
    assert shelf.loan("b1").due_on == date(2026, 12, 11)
    assert [day for _, _, day, _ in told(shelf)] == [AFTER, AFTER, date(2026, 12, 11)]


def test_a_closure_of_one_branch_leaves_the_others_alone(shelf: IlsWorld) -> None:
    seibu = SpecialEntry("seibu", TYPHOON.first_on, TYPHOON.last_on)
    assert enter(shelf, seibu).moved == MovedDates()
    chuo = SpecialEntry("chuo", TYPHOON.first_on, TYPHOON.last_on)
    assert enter(shelf, chuo).moved == MovedDates(0, 1)
    assert shelf.loan("b1").due_on == date(2026, 12, 4)


def test_a_special_opening_takes_a_branch_out_of_a_closure(shelf: IlsWorld) -> None:
    enter(shelf, SpecialEntry("tobu", TYPHOON.first_on, TYPHOON.first_on, hours="10:00-15:00"))
    assert enter(shelf, TYPHOON).moved.due_dates == 1, "the newer word counts"
    enter(shelf, SpecialEntry("tobu", AFTER, AFTER))
    opened = SpecialEntry("tobu", AFTER, AFTER, hours="10:00-15:00")
    assert enter(shelf, opened).is_new
    assert is_open_on("tobu", AFTER, now(shelf))
    assert enter(shelf, SpecialEntry("tobu", AFTER, AFTER)).is_new, "closed again after it was opened"
    assert not is_open_on("tobu", AFTER, now(shelf))


def test_what_comes_into_a_closure_later_is_moved_by_the_sweep(shelf: IlsWorld) -> None:
    with writing(shelf.engine) as session:
        Closures(session, shelf.clock).add(TYPHOON, by="console")
    assert at_the_desk(shelf, lambda desk: desk.opening.move_dates()) == MovedDates(1, 1)
    assert at_the_desk(shelf, lambda desk: desk.opening.move_dates()) == MovedDates()
    assert shelf.events(LoanHistoryRow)[-1] == ("moved", Actor.SYSTEM.value)


def test_a_date_whose_next_open_day_is_past_stays(shelf: IlsWorld) -> None:
    with writing(shelf.engine) as session:
        Closures(session, shelf.clock).add(TYPHOON, by="console")
    shelf.clock.advance(timedelta(days=9))
    assert at_the_desk(shelf, lambda desk: desk.opening.move_dates()) == MovedDates()


def test_what_was_returned_or_picked_up_is_not_moved(shelf: IlsWorld) -> None:
    at_the_desk(shelf, lambda desk: desk.lending.take_back("b1"))
    with writing(shelf.engine) as session:
        session.execute(update(ReservationRow).values(state="fulfilled"))
    assert enter(shelf, TYPHOON).moved == MovedDates()


def test_a_renewal_into_a_closure_gets_the_next_open_day(shelf: IlsWorld) -> None:
    enter(shelf, SpecialEntry("tobu", date(2026, 12, 15), date(2026, 12, 16)))
    with writing(shelf.engine) as session:
        policy = policy_now(session, shelf.policy, shelf.clock)
        library = EmbeddedLibrary(session, policy, shelf.clock)
        loan_id = session.scalars(select(LoanRow.loan_id)).one()
        outcome = library.renew("100", loan_id, expected_due_on=date(2026, 12, 17))
    assert outcome.done
    assert shelf.loan("b1").due_on == date(2026, 12, 17)


def test_what_becomes_ready_is_kept_until_after_a_closure(shelf: IlsWorld) -> None:
    with writing(shelf.engine) as session:
        session.execute(
            ReservationRow.__table__.update().values(state="queued", pickup_by=None, ready_on=None)
        )
    enter(shelf, SpecialEntry("chuo", date(2026, 12, 9), date(2026, 12, 10)))
    moved = at_the_desk(
        shelf, lambda desk: desk.reservations.ready(shelf.reservation("200", "kokoro").reservation_id)
    )
    assert moved.pickup_by == date(2026, 12, 11)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (SpecialEntry("kyoto", AFTER, AFTER), "there is no such branch"),
        (SpecialEntry("", AFTER, date(2026, 12, 8)), "it ends before it begins"),
        (SpecialEntry("", date(2026, 11, 1), date(2026, 11, 2)), "its last day is past"),
        (
            SpecialEntry("", AFTER, AFTER, reason="雨" * 101),
            "the reason has 101 characters; 100 are the most",
        ),
        (SpecialEntry("", AFTER, AFTER, hours="10-15"), "hours are written like 10:00-15:00"),
    ],
)
def test_what_makes_no_sense_is_refused(shelf: IlsWorld, entry: SpecialEntry, why: str) -> None:
    with pytest.raises(DeskError, match=why):
        enter(shelf, entry)
    assert shelf.rows(SpecialDaysRow) == []


def test_an_entry_is_taken_back_once(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    at_the_desk(shelf, lambda desk: desk.opening.withdraw(1, by="desk"))
    with pytest.raises(DeskError, match="taken back already"):
        at_the_desk(shelf, lambda desk: desk.opening.withdraw(1, by="desk"))
    assert at_the_desk(shelf, lambda desk: desk.opening.list()) == ()


def test_entries_are_listed_until_they_are_past_and_forgotten_long_after(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    shelf.clock.advance(timedelta(days=7))
    with writing(shelf.engine) as session:
        [kept] = Closures(session, shelf.clock).list()
        assert (kept.number, kept.entry, kept.made_by) == (1, TYPHOON, "desk")
    shelf.clock.advance(timedelta(days=1))
    with writing(shelf.engine) as session:
        assert Closures(session, shelf.clock).list() == ()
        Closures(session, shelf.clock).forget_old(timedelta(days=400))
    assert len(shelf.rows(SpecialDaysRow)) == 1
    shelf.clock.advance(timedelta(days=400))
    with writing(shelf.engine) as session:
        Closures(session, shelf.clock).forget_old(timedelta(days=400))
    assert shelf.rows(SpecialDaysRow) == []


def test_the_calendar_is_read_once_a_transaction(shelf: IlsWorld) -> None:
    enter(shelf, TYPHOON)
    seen: list[str] = []
    event.listen(shelf.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with reading(shelf.engine) as session:
        first = policy_now(session, shelf.policy, shelf.clock)
        assert policy_now(session, shelf.policy, shelf.clock) == first
    assert len([text for text in seen if "special_days" in text]) == 1


def test_a_library_that_moves_no_due_dates_moves_last_days_alone(shelf: IlsWorld) -> None:
    stays = shelf.policy.due_dates.model_copy(update={"moved_by": "nothing"})
    shelf.policy = shelf.policy.model_copy(update={"due_dates": stays})
    assert enter(shelf, TYPHOON).moved == MovedDates(0, 1)
    pickup = shelf.policy.pickup.model_copy(update={"closed_day_moves_on": False})
    shelf.policy = shelf.policy.model_copy(update={"pickup": pickup})
    assert enter(shelf, SpecialEntry("chuo", AFTER, AFTER)).moved == MovedDates()
