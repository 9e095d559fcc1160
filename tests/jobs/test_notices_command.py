"""`madoguchi notices`: what a person at the terminal can have told, look at, and settle."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import new_database
from line_stand_in import LineStandIn
from notice_world import TODAY, NoticeWorld

from bot.cli import main
from bot.line.client import LineClient
from bot.storage.engine import open_engine

TOMORROW = f"{TODAY + timedelta(days=1)}T10:00+09:00"


@pytest.fixture
def world(tmp_path: Path, line: LineStandIn) -> Iterator[NoticeWorld]:
    """One reservation is ready that LINE can tell, one that nothing can."""
    engine = open_engine(new_database(tmp_path / "notices.sqlite3"))
    with LineClient(access_token="token", base_url=line.url) as client:
        world = NoticeWorld(engine, client, line)
        world.patron("1001", "U1")
        world.patron("1002")
        for card in ("1001", "1002"):
            world.ready(card, world.title())
        yield world
        world.close()
    engine.dispose()


def run(world: NoticeWorld, *arguments: str, **more: str) -> Result:
    """The command on this database."""
    settings = {
        "DATABASE_URL": world.engine.url.render_as_string(),
        "MADOGUCHI_LIBRARY": "mito",
        "MADOGUCHI_NOW": f"{TODAY}T10:00+09:00",
        "LINE_API_BASE_URL": world.line.url,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        **more,
    }
    return CliRunner().invoke(main, ["notices", *arguments], env=settings)


def test_a_rehearsal_says_what_would_be_told_and_changes_nothing(world: NoticeWorld) -> None:
    assert run(world, "run", "--dry-run").stdout == "nothing would be told\n"
    assert run(world, "run", "--dry-run", "--at", TOMORROW).stdout == "ready\t2 would be told\n"
    assert (world.told(), world.pushed()) == ([], [])


def test_a_run_tells_it_and_a_second_run_tells_nothing(world: NoticeWorld) -> None:
    first, second = (run(world, "run", "--at", TOMORROW) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines() == [
        "0 released, 2 notices new, 2 made into messages",
        "1 attempts to push",
        "told\t1",
        "unreached\t1",
    ]
    assert "0 released, 0 notices new" in second.stdout
    assert len(world.pushed()) == 1


def test_in_the_quiet_hours_it_says_when_it_is_sent(world: NoticeWorld) -> None:
    result = run(world, "run", "--at", f"{TODAY + timedelta(days=1)}T23:00+09:00")
    assert result.stdout.splitlines()[-1] == "quiet hours: what waits is sent from 08:00 on"
    assert world.pushed() == []


def test_whom_to_call_is_listed_until_they_were_called(world: NoticeWorld) -> None:
    run(world, "run", "--at", TOMORROW)
    later = {"MADOGUCHI_NOW": TOMORROW}
    [line] = run(world, "calls", **later).stdout.splitlines()
    number, since, card, *_ = line.split("\t")
    assert (since, card) == (str(TODAY + timedelta(days=1)), "1002")
    assert run(world, "called", number, **later).exit_code == 0
    again = run(world, "called", number, **later)
    assert (again.exit_code, "any more" in again.stderr) == (1, True)


def test_what_another_system_has_told_is_settled(world: NoticeWorld) -> None:
    assert run(world, "settle", MADOGUCHI_NOW=TOMORROW).stdout == "2 notices are taken as told\n"
    run(world, "run", "--at", TOMORROW)
    assert (world.pushed(), world.calls()) == ([], [])


@pytest.mark.parametrize(("at", "said"), [("tomorrow", "give a date and time"), ("2026-12-02T10:00", "zone")])
def test_an_instant_must_be_one(world: NoticeWorld, at: str, said: str) -> None:
    result = run(world, "run", "--at", at)
    assert (result.exit_code, said in result.stderr) == (2, True)


def test_without_a_channel_nothing_is_sent(world: NoticeWorld) -> None:
    result = run(world, "run", LINE_CHANNEL_ACCESS_TOKEN="")
    assert (result.exit_code, "LINE_CHANNEL_ACCESS_TOKEN" in result.stderr) == (1, True)


def test_the_status_tells_states_and_how_far_the_months_messages_go(world: NoticeWorld) -> None:
    run(world, "run", "--at", TOMORROW)
    before = run(world, "status")
    assert "used this month" not in before.stdout
    assert "not asked yet" in before.stderr
    world.quota(limit=1000, used=900)
    after = run(world, "status")
    assert after.exit_code == 0, after.output
    assert after.stdout.splitlines() == [
        "told\t1",
        "unreached\t1",
        "messages under way\t0",
        "to be called\t0",
        "used this month\t901 of 1000",
        "kept for what is ready\t200",
        "left for the rest\t0",
        "expected by the month's end\t27931",
        "beyond the limit\t26931, about 80793 yen by the policy's prices",
        "not by LINE this month for want of messages\t0",
    ]
