"""A real SQLite file with all tables, a stopped clock and a session in a writing transaction."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import new_database
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import StoppedClock
from bot.storage.engine import open_engine, writing


@pytest.fixture
def clock() -> StoppedClock:
    """A Tuesday morning."""
    return StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_engine(new_database(tmp_path / "accounts.sqlite3"))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One writing transaction for the whole test."""
    with writing(engine) as session:
        yield session
