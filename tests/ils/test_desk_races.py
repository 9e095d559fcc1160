"""Several at the counter at one moment, on a real PostgreSQL: a copy is lent once and set aside for one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from ils_world import IlsWorld

from bot.ils.embedded.desk import Desk, DeskError
from bot.ils.embedded.library import EmbeddedLibrary
from bot.storage.calendar import SpecialEntry
from bot.storage.engine import open_engine, writing
from bot.storage.tables.calendar import SpecialDaysRow
from bot.storage.tables.notices import NoticeRow

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[IlsWorld]:
    """The small library."""
    engine = open_engine(postgres_url)
    world = IlsWorld.over(engine, tmp_path)
    world.files.write_all()
    world.load()
    yield world
    engine.dispose()


def together(world: IlsWorld, *wishes: Callable[[Desk], object]) -> list[bool]:
    """Which of these were done, all begun at one moment."""
    start = Barrier(len(wishes))

    def begin(wish: Callable[[Desk], object]) -> bool:
        start.wait()
        try:
            with writing(world.engine) as session:
                wish(Desk(session, world.policy, world.clock))
        except DeskError:
            return False
        return True

    with ThreadPoolExecutor(len(wishes)) as threads:
        return list(threads.map(begin, wishes))


def test_a_copy_is_lent_once(world: IlsWorld) -> None:
    def lend(card: str) -> Callable[[Desk], object]:
        return lambda desk: desk.lending.checkout(card, "b3")

    assert sum(together(world, lend("100"), lend("200"), lend("100"), lend("200"))) == 1


def test_a_copy_is_set_aside_for_one(world: IlsWorld) -> None:
    found = [world.reservation(card, "sorekara").reservation_id for card in ("100", "200")]

    def set_aside(reservation_id: str) -> Callable[[Desk], object]:
        return lambda desk: desk.reservations.set_aside(reservation_id, "b3")

    assert sum(together(world, *(set_aside(one) for one in found))) == 1


def test_a_patron_who_cancels_and_the_counter_that_sets_aside_agree(world: IlsWorld) -> None:
    found = world.reservation("100", "sorekara").reservation_id
    start = Barrier(2)

    def cancel() -> bool:
        start.wait()
        with writing(world.engine) as session:
            return EmbeddedLibrary(session, world.policy, world.clock).cancel("100", found).done

    def set_aside() -> bool:
        start.wait()
        try:
            with writing(world.engine) as session:
                Desk(session, world.policy, world.clock).reservations.set_aside(found)
        except DeskError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        cancelled, aside = threads.submit(cancel), threads.submit(set_aside)
    # In Mito what is set aside can't be cancelled, and what is cancelled can't be set aside.
    assert cancelled.result() != aside.result()
    state = world.reservation("100", "sorekara").state
    assert state == ("cancelled" if cancelled.result() else "in_preparation")


def test_two_who_close_at_one_moment_move_and_tell_each_date_once(world: IlsWorld) -> None:
    first, second = date(2026, 12, 4), date(2026, 12, 5)

    def close(day: date) -> Callable[[Desk], object]:
        return lambda desk: desk.opening.enter(SpecialEntry("", day, day), by="desk")

    assert together(world, close(first), close(second), close(first), close(second)) == [True] * 4
    with writing(world.engine) as session:
        Desk(session, world.policy, world.clock).opening.move_dates()
    assert world.loan("b1").due_on == date(2026, 12, 6)
    assert len(world.rows(SpecialDaysRow)) == 2
    told = [row.day for row in world.rows(NoticeRow) if row.card_number == "100"]
    assert told[-1] == date(2026, 12, 6)
    assert len(told) == len(set(told))


def test_whoever_renews_while_the_library_closes_is_not_set_back(world: IlsWorld) -> None:
    """Both work on the loan due on 4 December; a renewal today gives the 15th."""
    typhoon = SpecialEntry("", date(2026, 12, 4), date(2026, 12, 5))
    together(
        world,
        lambda desk: desk.opening.enter(typhoon, by="desk"),
        lambda desk: desk.lending.renew("100", "b1"),
        lambda desk: desk.opening.move_dates(),
    )
    loan = world.loan("b1")
    assert (loan.due_on, loan.renewals) == (date(2026, 12, 15), 1)
