"""An embedded library with all tables and an empty folder for its files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_database
from ils_world import IlsWorld

from bot.storage.engine import open_engine


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database file of the test's own."""
    file = tmp_path / "library.sqlite3"
    new_database(file)
    return file


@pytest.fixture
def world(database: Path, tmp_path: Path) -> Iterator[IlsWorld]:
    """The library of Mito, empty."""
    folder = tmp_path / "csv"
    folder.mkdir()
    engine = open_engine(f"sqlite:///{database}")
    yield IlsWorld.over(engine, folder)
    engine.dispose()
