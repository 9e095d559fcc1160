"""Two machines at once, on a real PostgreSQL: nothing is raised, composed or sent twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from line_stand_in import LineStandIn
from notice_world import TODAY, NoticeWorld

from bot.line.client import LineClient
from bot.storage.engine import open_engine, writing
from bot.storage.notice_messages import NoticeMessages
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, TitleRow

pytestmark = pytest.mark.postgres

PATRONS = 30
MACHINES = 3


@pytest.fixture
def world(postgres_url: str, line: LineStandIn) -> Iterator[NoticeWorld]:
    engine = open_engine(postgres_url)
    with LineClient(access_token="token", base_url=line.url, time_limit=(5.0, 5.0)) as client:
        world = NoticeWorld(engine, client, line)
        with writing(engine) as session:
            for number in range(PATRONS):
                session.add(PatronRow(card_number=f"C{number}", name="水戸 花子"))
                session.add(TitleRow(title_id=f"T{number}", title="本", material="book"))
            session.flush()
            session.add_all(
                CopyRow(barcode=f"B{number}", title_id=f"T{number}", branch="chuo", use="loan")
                for number in range(PATRONS)
            )
            session.flush()
            session.add_all(
                LoanRow(
                    loan_id=f"L{number}",
                    card_number=f"C{number}",
                    barcode=f"B{number}",
                    checked_out_on=TODAY - timedelta(days=12),
                    due_on=TODAY + timedelta(days=2),
                )
                for number in range(PATRONS)
            )
        for number in range(PATRONS):
            world.link(f"U{number}", f"C{number}")
            world.settings(f"U{number}", due=True)
        yield world
        world.close()
    engine.dispose()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What they gave, all begun at one moment."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))


def test_planned_composed_and_sent_by_several_at_once_each_notice_comes_once(world: NoticeWorld) -> None:
    raised = at_once(*[world.planner.plan_day] * MACHINES)
    assert sum(counts.total() for counts in raised) == PATRONS
    at_once(*[world.composer.compose] * MACHINES)
    at_once(*[world.sender.send_due] * MACHINES)
    assert sorted(who for who, _ in world.pushed()) == sorted(f"U{number}" for number in range(PATRONS))
    assert {state for *_, state in world.told()} == {"told"}


def test_an_attempt_is_taken_by_one_alone(world: NoticeWorld) -> None:
    world.planner.plan_day()
    world.composer.compose()

    def take() -> list[int]:
        with writing(world.engine) as session:
            return [push.message_id for push in NoticeMessages(session, world.clock).take(PATRONS)]

    taken = [message_id for some in at_once(*[take] * MACHINES) for message_id in some]
    assert len(taken) == len(set(taken)) == PATRONS
