"""Sees to it that one process alone serves a database, or many that know of each other, and never both.

The lock goes with the process that holds it, however it ends: a locked file beside a SQLite database, an advisory
lock of its own session on PostgreSQL.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine

_KEY = 0x6D61646F67756368
"""Of the advisory lock: `madoguch`. PostgreSQL keeps such locks apart by database."""


class AnotherProcess(Exception):
    """Another process serves this database already."""


@contextmanager
def sole_process(engine: Engine) -> Iterator[None]:
    """Hold the database for this process and its children alone. Raises AnotherProcess."""
    with _held(engine, shared=False):
        yield


@contextmanager
def one_of_many(engine: Engine) -> Iterator[None]:
    """Hold the database among others that do so. Raises AnotherProcess where one has it alone."""
    with _held(engine, shared=True):
        yield


@contextmanager
def _held(engine: Engine, *, shared: bool) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        with _locked_file(Path(f"{engine.url.database}.lock"), fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            yield
    else:
        with _advisory_lock(engine, "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"):
            yield


@contextmanager
def _locked_file(path: Path, kind: int) -> Iterator[None]:
    # The file stays where it is: a removed one could be locked by two processes under one name.
    with path.open("a") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherProcess from None
        yield


@contextmanager
def _advisory_lock(engine: Engine, take: str) -> Iterator[None]:
    """The lock lives as long as its session, which is this process's alone: a forked child that ends must not touch it.

    So it is a bare connection (one of a pool would be rolled back and put back there by the child as well).
    """
    owner = os.getpid()
    arguments, options = engine.dialect.create_connect_args(engine.url)
    connection = engine.dialect.connect(*arguments, **options)
    cursor = connection.cursor()
    try:
        cursor.execute(f"SELECT {take}(%s)", (_KEY,))
        row = cursor.fetchone()
        connection.commit()
        if row is None or not row[0]:
            raise AnotherProcess
        yield
    finally:
        if os.getpid() == owner:
            # PostgreSQL notices a closed session a moment later; whoever comes next is not to wait for that.
            with suppress(engine.dialect.loaded_dbapi.Error):
                cursor.execute("SELECT pg_advisory_unlock_all()")
            connection.close()
