"""A counter in a migrated SQLite file, with LINE's stand-in on the other side."""

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


@pytest.fixture
def line() -> Iterator[LineStandIn]:
    with line_stand_in() as server:
        yield server


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/way.sqlite3")
    upgrade(engine)
    with writing(engine) as session:
        write_record(session)
    yield engine
    engine.dispose()


@pytest.fixture
def way(engine: Engine, line: LineStandIn) -> Iterator[Way]:
    with LineClient(access_token="token", base_url=line.url, time_limit=(2.0, 2.0)) as client:
        yield Way(engine, StoppedClock(NOON), client)
