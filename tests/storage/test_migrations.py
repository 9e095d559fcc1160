"""The migrations make exactly the tables that the models declare, and can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from bot.storage import tables  # noqa: F401  # Registers all tables on the metadata.
from bot.storage.base import Base
from bot.storage.engine import open_engine
from bot.storage.migrate import downgrade, is_current, upgrade


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "SQLite":
        engine = open_engine(f"sqlite:///{tmp_path}/migrations.sqlite3")
    else:
        engine = open_engine(request.getfixturevalue("empty_postgres_url"))
    yield engine
    engine.dispose()


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    upgrade(engine)
    assert _differences(engine) == []


def test_a_new_database_is_not_current_until_it_is_migrated(engine: Engine) -> None:
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    assert is_current(engine)


def test_the_migrations_can_be_undone_and_done_again(engine: Engine) -> None:
    upgrade(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(engine)
    assert _differences(engine) == []
