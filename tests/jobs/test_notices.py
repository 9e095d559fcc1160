"""Notices from the record to LINE: raised once, told on the right day, merged, dropped when they do not hold."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from databases import new_database
from line_stand_in import LineStandIn
from notice_world import TODAY, NoticeWorld

from bot.line.client import LineClient
from bot.storage.engine import open_engine


@pytest.fixture
def world(tmp_path, line: LineStandIn) -> Iterator[NoticeWorld]:
    engine = open_engine(new_database(tmp_path / "notices.sqlite3"))
    with LineClient(access_token="token", base_url=line.url, time_limit=(2.0, 2.0)) as client:
        world = NoticeWorld(engine, client, line)
        yield world
        world.close()
    engine.dispose()


def test_what_is_ready_is_told_on_the_next_day_once(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.ready("1001", world.title("こころ"))
    world.run()
    assert world.pushed() == []
    world.go_to(TODAY + timedelta(days=1))
    world.run()
    world.run()
    assert world.pushed() == [("U1", "ご予約の資料が1点、ご用意できました")]
    assert "こころ" in world.line.texts()[0]
    assert world.told() == [("ready", reservation_id, "told")]
