"""An embedded library with all tables and an empty folder for its files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from ils_world import IlsWorld

from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, to be copied: migrating takes its time."""
    file = tmp_path_factory.mktemp("migrated") / "library.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    """A database file of the test's own."""
    file = tmp_path / "library.sqlite3"
    shutil.copy(migrated, file)
    return file


@pytest.fixture
def world(database: Path, tmp_path: Path) -> Iterator[IlsWorld]:
    """The library of Mito, empty."""
    folder = tmp_path / "csv"
    folder.mkdir()
    engine = open_engine(f"sqlite:///{database}")
    yield IlsWorld.over(engine, folder)
    engine.dispose()
