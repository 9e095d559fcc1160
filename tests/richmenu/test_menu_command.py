"""`madoguchi richmenu` at the simulator."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import new_database

from bot.cli.main import main
from bot.line.richmenus import RichMenuClient
from bot.policies import load_policy
from bot.richmenu import menus_of
from simulator.clock import HandClock
from simulator.platform import Platform
from simulator.server import running
from simulator.settings import Settings

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
Command = Callable[..., Result]
Line = tuple[Platform, str, HandClock]


@pytest.fixture
def line() -> Iterator[Line]:
    clock = HandClock(START)
    with running(Settings("http://127.0.0.1:9/", "secret", "token"), clock) as (platform, url):
        yield platform, url, clock


@pytest.fixture
def richmenu(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)  # No `.env` of anybody's.
    settings = {
        "DATABASE_URL": new_database(tmp_path / "menus.sqlite3"),
        "LINE_API_BASE_URL": line[1],
        "LINE_DATA_API_BASE_URL": line[1],
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
        "MADOGUCHI_LIBRARY": "kyoto",
    }

    def run(*arguments: str, **changes: str) -> Result:
        return CliRunner().invoke(main, ["richmenu", *arguments], env=settings | changes)

    return run


def test_menus_are_put_in_place_shown_and_taken_away(richmenu: Command, line: Line) -> None:
    deployed = richmenu("deploy")
    assert (deployed.exit_code, deployed.stdout.splitlines()[-1]) == (0, "the menus are in place")
    told = richmenu("status").stdout.splitlines()
    assert told == [
        "guest\tin use\tat LINE\talias\tdefault",
        "loans\tin use\tat LINE\talias\t-",
        "library\tin use\tat LINE\talias\t-",
        "settings\tin use\tat LINE\talias\t-",
        "0 wait for their menu",
    ]
    assert richmenu("remove").exit_code == 0
    assert line[0].rich_menus.all() == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"LINE_API_BASE_URL": "http://127.0.0.1:9"}, "LINE did not answer list_menus"),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "another"}, "LINE answered list_menus with status 401"),
        ({"LINE_CHANNEL_ACCESS_TOKEN": ""}, "missing setting: LINE_CHANNEL_ACCESS_TOKEN"),
    ],
)
def test_what_is_amiss_is_said_in_one_line(richmenu: Command, changes: dict[str, str], why: str) -> None:
    failed = richmenu("deploy", **changes)
    assert failed.exit_code == 1
    [line] = failed.stderr.splitlines()[-1:]
    assert line.startswith("madoguchi: ")
    assert why in line


def test_lines_limit_of_an_hour_is_told_as_such(richmenu: Command, line: Line) -> None:
    platform, url, clock = line
    [first, *_] = menus_of(load_policy("kyoto"))
    client = RichMenuClient(access_token="token", base_url=url, data_base_url=url)
    for _ in range(97):  # LINE takes 100 an hour.
        client.create_menu(first.body() | {"name": "somebody else's"})
    client.close()
    assert "run this again in an hour" in richmenu("deploy").stderr
    clock.advance(timedelta(hours=1))
    assert richmenu("deploy").exit_code == 0
    assert len(platform.rich_menus.all()) == 97 + 4
