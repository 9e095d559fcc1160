"""Brings a database's tables to the newest form (Alembic), or says that they are not there yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply all migrations up to `revision`; does nothing where they are applied already."""
    with _connected(engine) as config:
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo the migrations after `revision` (`base`: all of them, data included)."""
    with _connected(engine) as config:
        command.downgrade(config, revision)


@contextmanager
def _connected(engine: Engine) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with engine.connect().execution_options(madoguchi_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        yield config


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the newest tables."""
    with engine.connect() as connection:
        applied = MigrationContext.configure(connection).get_current_revision()
    return applied == _newest()


@cache
def _newest() -> str | None:
    """The newest revision that this version knows; it stays the same while the process lives."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()
