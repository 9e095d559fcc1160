"""A counter in a migrated SQLite file, with LINE's stand-in on the other side."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from line_stand_in import LineStandIn, line_stand_in
from sqlalchemy import Engine
from way import NOON, Way, write_record

from bot.clock import StoppedClock
from bot.line.client import LineClient
from bot.storage.engine import open_engine, writing
from bot.storage.migrate import upgrade

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
ON_BOTH = {"test_turns", "test_sender", "test_arriving", "test_workers", "test_retention", "test_registered"}


@pytest.fixture
def line() -> Iterator[LineStandIn]:
    with line_stand_in() as server:
        yield server


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and the record, to be copied: migrating takes its time."""
    file = tmp_path_factory.mktemp("template") / "way.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    with writing(engine) as session:
        write_record(session)
    engine.dispose()
    return file


@pytest.fixture
def database() -> str:
    """Which database; the suites that are about it are run on both."""
    return SQLITE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the whole way on PostgreSQL, too."""
    if metafunc.module.__name__ in ON_BOTH and "database" in metafunc.fixturenames:
        both = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)]
        metafunc.parametrize("database", both)


@pytest.fixture
def engine(request: pytest.FixtureRequest, database: str, template: Path, tmp_path: Path) -> Iterator[Engine]:
    if database == POSTGRESQL:
        engine = open_engine(request.getfixturevalue("postgres_url"))
        with writing(engine) as session:
            write_record(session)
    else:
        shutil.copy(template, tmp_path / "way.sqlite3")
        engine = open_engine(f"sqlite:///{tmp_path}/way.sqlite3")
    yield engine
    engine.dispose()


@pytest.fixture
def way(engine: Engine, line: LineStandIn) -> Iterator[Way]:
    with LineClient(access_token="token", base_url=line.url, time_limit=(2.0, 2.0)) as client:
        yield Way(engine, StoppedClock(NOON), client)
