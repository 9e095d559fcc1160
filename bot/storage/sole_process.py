"""Sees to it that one process alone serves a database, as long as nothing spreads the work over several.

The lock goes with the process that holds it, however it ends: a locked file beside a SQLite database, an advisory
lock of its own session on PostgreSQL.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

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
    """The lock lives as long as its session, which is this process's alone: a forked child that ends must not touch it.

    So it is a bare connection (one of a pool would be rolled back and put back there by the child as well).
    """
    owner = os.getpid()
    arguments, options = engine.dialect.create_connect_args(engine.url)
    connection = engine.dialect.connect(*arguments, **options)
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (_KEY,))
        row = cursor.fetchone()
        connection.commit()
        if row is None or not row[0]:
            raise AnotherProcess
        yield
    finally:
        if os.getpid() == owner:
            connection.close()
