"""Sees to it that one process alone serves a database, as long as nothing spreads the work over several.

The lock goes with the process that holds it, however it ends: a locked file beside a SQLite database, an advisory
lock of its own session on PostgreSQL.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

_KEY = 0x6D61646F67756368
"""Of the advisory lock: `madoguch`. PostgreSQL keeps such locks apart by database."""


class AnotherProcess(Exception):
    """Another process serves this database already."""


@contextmanager
def sole_process(engine: Engine) -> Iterator[None]:
    """Hold the database for this process and its children. Raises AnotherProcess."""
    if engine.dialect.name == "sqlite":
        with _locked_file(Path(f"{engine.url.database}.lock")):
            yield
    else:
        with _advisory_lock(engine):
            yield


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    # The file stays where it is: a removed one could be locked by two processes under one name.
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherProcess from None
        yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
            raise AnotherProcess
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
