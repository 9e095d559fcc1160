"""The adapters that the contract is for, each with an empty record for every test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import new_database
from library_world import EmbeddedWorld, World

from bot.storage.engine import open_engine

MakeWorld = Callable[[str], World]


@pytest.fixture(
    params=["embedded on SQLite", pytest.param("embedded on PostgreSQL", marks=pytest.mark.postgres)]
)
def make_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeWorld]:
    """Makes the world of a library (`mito`, `kyoto`); once a test."""
    if request.param == "embedded on SQLite":
        engine = open_engine(new_database(tmp_path / "contract.sqlite3"))
    else:
        engine = open_engine(request.getfixturevalue("postgres_url"))
    yield lambda library: EmbeddedWorld(engine, library)
    engine.dispose()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """The world of Mito."""
    return make_world("mito")
