"""A real SQLite file with all tables, a stopped clock and a session in a writing transaction."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import StoppedClock
from bot.storage import tables  # noqa: F401  # Registers all tables on the metadata.
from bot.storage.base import Base
from bot.storage.engine import open_engine, writing


@pytest.fixture
def clock() -> StoppedClock:
    """A Tuesday morning."""
    return StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_engine(f"sqlite:///{tmp_path}/accounts.sqlite3")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One writing transaction for the whole test."""
    with writing(engine) as session:
        yield session
