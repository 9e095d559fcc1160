"""The database engine and its transactions, for SQLite and PostgreSQL alike.

SQLite: write-ahead log, foreign keys on, a busy timeout, and `BEGIN IMMEDIATE` for every transaction
that writes, so that two writers wait for each other instead of failing half way.
PostgreSQL: the caller locks the row that decides (`SELECT ... FOR UPDATE`).
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from bot.storage.turnstile import Turnstile

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another one, in milliseconds."""

ASK_AFTER_SECONDS = 1.0
"""A connection that was in use so lately is taken to be alive."""

_IDLE_SINCE = "madoguchi_idle_since"

_making = Lock()
_by_path: dict[Path, Turnstile] = {}
"""One turnstile a SQLite file, whichever engine it is opened by."""
_turnstiles: WeakKeyDictionary[Engine, tuple[Turnstile, float]] = WeakKeyDictionary()
"""Of an engine: its file's turnstile and how long it waits there, in seconds."""


def open_engine(url: str, *, patience_ms: int | None = None, pool_size: int = 5) -> Engine:
    """An engine for `url` (a SQLAlchemy URL), with the settings this product relies on.

    A SQLite file's folder is created. A bare `postgresql://` is served by psycopg 3.
    `patience_ms`: a statement that has waited so long fails, for callers who must answer in time.
    `pool_size`: connections to PostgreSQL that are kept open; at most as many again are opened for a while.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, BUSY_TIMEOUT_MS if patience_ms is None else patience_ms)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    limits: dict[str, Any] = {}
    if patience_ms is not None:
        # Two seconds are libpq's least for connecting.
        limits = {"connect_timeout": 2, "options": f"-c statement_timeout={patience_ms}"}
    engine = create_engine(
        parsed, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True, connect_args=limits
    )
    if patience_ms is None:
        # Who must answer in time asks again where a connection has died; asking before takes its time.
        _ask_the_idle(engine)
    return engine


def _ask_the_idle(engine: Engine) -> None:
    """Use a connection that has been idle for a while only where it still answers; else a new one takes its place."""

    @event.listens_for(engine, "checkin")
    def _is_idle_from_now_on(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_IDLE_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:
        since = record.info.get(_IDLE_SINCE)
        if since is None or time.monotonic() - since < ASK_AFTER_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError


def _open_sqlite(url: str, patience_ms: int) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        _make_private(Path(database))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": patience_ms / 1000})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver must not begin transactions on its own: we say BEGIN IMMEDIATE ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten: the file must not tell for years what someone read.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
        cursor.close()

    if database and database != ":memory:":
        with _making:
            path = Path(database).resolve()
            turnstile = _by_path.setdefault(path, Turnstile())
        _turnstiles[engine] = (turnstile, patience_ms / 1000)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("madoguchi_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def empty_the_log(engine: Engine) -> None:
    """Write what SQLite's log still holds into the file and empty it: what was deleted stands in neither any more.

    While somebody reads, a part waits for the next time. PostgreSQL does the like by itself (autovacuum).
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.rollback()
            raw = connection.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _make_private(database: Path) -> None:
    """A new file that its owner alone may read: what patrons borrow is in it. SQLite gives its log the same mode."""
    database.parent.mkdir(parents=True, exist_ok=True)
    if not database.exists():
        database.touch(mode=0o600)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session in one writing transaction: committed at the end, rolled back on any exception.

    Writers of one SQLite file within this process come in the order in which they asked; TimeoutError after the
    engine's patience.
    """
    with (
        _in_order(engine),
        engine.connect().execution_options(madoguchi_writes=True) as connection,
        connection.begin(),
        Session(bind=connection, expire_on_commit=False, autoflush=True) as session,
    ):
        yield session
        session.flush()


class ConnectionLost(Exception):
    """The connection to PostgreSQL was lost; the pool has been emptied."""


def at_once(engine: Engine, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one writing statement of psycopg's that is a transaction by itself, in one round trip; returns its rows.

    On PostgreSQL alone, and only where SQLAlchemy's way to a statement would take longer than the rest of the work.
    Raises ConnectionLost, or whatever psycopg raises.
    """
    borrowed = engine.raw_connection()
    connection: Any = borrowed.driver_connection
    try:
        connection.autocommit = True
        rows: list[tuple[Any, ...]] = connection.execute(statement, parameters).fetchall()
        connection.autocommit = False
    except Exception:
        if not connection.closed:
            connection.autocommit = False
            raise
        borrowed.invalidate()
        engine.dispose()
        raise ConnectionLost from None
    finally:
        borrowed.close()
    return rows


@contextmanager
def _in_order(engine: Engine) -> Iterator[None]:
    turnstile = _turnstiles.get(engine)
    if turnstile is None:
        yield
        return
    with turnstile[0].passed(turnstile[1]):
        yield


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reading alone; whatever it holds is rolled back at the end."""
    with engine.connect() as connection, Session(bind=connection, expire_on_commit=False) as session:
        yield session
