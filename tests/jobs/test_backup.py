"""Backup and restore as docs/operations.md tells it: a restored database answers, and nothing is sent twice."""

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from line_stand_in import LineStandIn
from servers import PostgresServer
from sqlalchemy import Engine, text
from way import NOON, Way, again, write_record
from way import text as message

from bot.clock import StoppedClock
from bot.line.client import LineClient
from bot.storage.engine import open_engine, writing
from bot.storage.migrate import is_current, upgrade

GUIDE = Path(__file__).parents[2] / "docs" / "operations.md"
HANAKO, TARO, JIRO = "Uhanako", "Utaro", "Ujiro"


@dataclass
class Database:
    """A database that can be backed up while it is used."""

    engine: Engine
    back_up: Callable[[], None]
    restore: Callable[[], Engine]
    """Into a new database, from the backup that was made last."""


@pytest.fixture
def sqlite(template: Path, tmp_path: Path) -> Iterator[Database]:
    """SQLite's online backup, as `sqlite3 … ".backup …"` makes it."""
    live, backup, restored = (tmp_path / f"{name}.sqlite3" for name in ("live", "backup", "restored"))
    shutil.copy(template, live)
    engine = open_engine(f"sqlite:///{live}")

    def back_up() -> None:
        with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(backup)) as copy:
            source.backup(copy)

    def restore() -> Engine:
        shutil.copy(backup, restored)
        return open_engine(f"sqlite:///{restored}")

    yield Database(engine, back_up, restore)
    engine.dispose()


@pytest.fixture
def postgresql(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Database]:
    """pg_dump and pg_restore."""
    dump = tmp_path / "madoguchi.dump"
    names = ("backup_live", "backup_restored")
    for name in names:
        postgres_server.run(f"CREATE DATABASE {name}")
    engine = open_engine(postgres_server.url("backup_live"))
    upgrade(engine)
    with writing(engine) as session:
        write_record(session)
    place = ["--host", str(postgres_server.socket_folder), "--username", "postgres"]

    def run(program: str, *arguments: str) -> None:
        [*_, newest] = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
        subprocess.run([newest, *place, *arguments], check=True, capture_output=True)

    def back_up() -> None:
        run("pg_dump", "--format=custom", f"--file={dump}", "backup_live")

    def restore() -> Engine:
        run("pg_restore", "--exit-on-error", "--no-owner", "--dbname=backup_restored", str(dump))
        return open_engine(postgres_server.url("backup_restored"))

    yield Database(engine, back_up, restore)
    engine.dispose()
    for name in names:
        postgres_server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def client(line: LineStandIn) -> Iterator[LineClient]:
    with LineClient(access_token="token", base_url=line.url, time_limit=(2.0, 2.0)) as client:
        yield client


def test_a_restored_database_answers_what_waited_and_sends_nothing_twice(
    database: Database, client: LineClient, line: LineStandIn
) -> None:
    way = Way(database.engine, StoppedClock(NOON), client)
    way.link(HANAKO)
    way.says(HANAKO, "延長して")
    renewed = way.says(HANAKO, "はい")
    way.store(message(TARO, "ヘルプ", way.now()))  # Accepted, not handled.
    way.handle(*way.store(message(JIRO, "ヘルプ", way.now())))  # Handled, not sent.
    sent = len(line.replies)
    database.back_up()
    restored = Way(database.restore(), way.clock, client)
    assert is_current(restored.engine)
    assert restored.renewals() == 1
    restored.store(again(renewed))  # LINE did not hear of the answer and delivers the event again.
    restored.work()
    assert len(line.replies) == sent + 2
    assert len({token for token, _ in line.replies}) == len(line.replies)
    assert line.pushes == []
    assert restored.renewals() == 1
    restored.says(HANAKO, "貸出状況")
    assert "12月15日" in line.texts()[-1]
    restored.engine.dispose()


def test_after_an_older_backup_what_was_sent_since_is_not_sent_again(
    database: Database, client: LineClient, line: LineStandIn
) -> None:
    way = Way(database.engine, StoppedClock(NOON), client)
    way.link(HANAKO)
    way.handle(*way.store(message(HANAKO, "貸出状況", way.now())))
    way.store(message(TARO, "ヘルプ", way.now()))
    database.back_up()
    way.work()  # Both are answered after the backup, and then the disk dies.
    sent = len(line.replies)
    way.later(hours=5)
    restored = Way(database.restore(), way.clock, client)
    with restored.engine.begin() as connection:
        for statement in after_an_older_backup():
            connection.execute(text(statement))
    restored.work()
    assert (len(line.replies), line.pushes) == (sent, [])
    restored.says(HANAKO, "貸出状況")
    assert len(line.replies) == sent + 1
    restored.engine.dispose()


def after_an_older_backup() -> list[str]:
    """The statements in the guide, as they stand there."""
    [block] = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return [statement.strip() for statement in block.split(";") if statement.strip()]


def test_the_guide_names_the_programs_that_were_tried() -> None:
    guide = GUIDE.read_text()
    assert "pg_dump --format=custom" in guide
    assert "pg_restore --exit-on-error --no-owner" in guide
    assert ".backup" in guide
