"""Real servers for tests, each on a socket of its own, without a port: PostgreSQL (not as root) and Redis."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bot.storage import tables as tables  # Registers all tables on the metadata.
from bot.storage.base import Base
from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade

_START_SECONDS = 60
_NO_CARE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")
"""Settings of a cluster that is thrown away."""

KEEPS_COMMITS = ("fsync=off", "listen_addresses=")
"""Settings of one whose processes may crash, though not its machine: what was committed is there afterwards."""


@dataclass
class PostgresServer:
    """A cluster, which may be stopped like a crash and started again."""

    socket_folder: Path
    settings: Sequence[str] = _NO_CARE
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def new(cls, settings: Sequence[str] = _NO_CARE) -> "PostgresServer":
        """One that runs, in a folder of its own, which `remove` removes."""
        folder = Path(tempfile.mkdtemp(prefix="madoguchi-pg-"))
        owner = _unprivileged()
        if owner is not None:
            os.chown(folder, owner, -1)
        initdb = ["initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        _check_run(initdb, owner, folder)
        server = cls(folder, settings)
        server.start()
        return server

    def start(self) -> None:
        """Start it and wait until it answers."""
        folder = self.socket_folder
        settings = [argument for setting in self.settings for argument in ("-c", setting)]
        with (folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_binary("postgres"), "-D", folder / "data", "-k", folder, *settings],
                stdout=log,
                stderr=log,
                user=_unprivileged(),
                cwd=folder,
            )
        _wait_for(self, self.process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it at once, not when all have left; SIGQUIT: without order, so that it has to recover."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Stop it and remove all that it kept."""
        self.stop()
        shutil.rmtree(self.socket_folder)

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases."""
        address = URL.create(
            "postgresql+psycopg",
            username="postgres",
            database=database,
            query={"host": str(self.socket_folder)},
        )
        return address.render_as_string(hide_password=False)

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new database; dropped at the end, whoever is still connected."""
        name = f"test_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One cluster for all tests; give a test that uses it the marker `postgres`."""
    server = PostgresServer.new()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: PostgresServer) -> str:
    """The URL of a database with all tables."""
    name = "madoguchi"
    postgres_server.run(f"CREATE DATABASE {name}")
    engine = open_engine(postgres_server.url(name))
    upgrade(engine)
    engine.dispose()
    return postgres_server.url(name)


@pytest.fixture
def postgres_url(postgres_with_tables: str) -> Iterator[str]:
    """A database with all tables and nothing in them, which nobody else has open."""
    yield postgres_with_tables
    _begin_anew(postgres_with_tables)


def _begin_anew(url: str) -> None:
    """Throw out who is still connected and delete every row: a new database takes ten times as long."""
    others = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
    )
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"{others} AND pid <> pg_backend_pid()")
        # Of the audit log nothing may be deleted: not even its triggers are asked.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.exec_driver_sql("SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence")


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database of the test's own without any table."""
    with postgres_server.database() as url:
        yield url


def _binary(name: str) -> Path:
    """Of the newest version that is here."""
    found = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return max(found, key=lambda path: int(path.parts[4].split(".")[0]))


def _unprivileged() -> int | None:
    """Who runs the server where the tests run as root, which PostgreSQL refuses; None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return known.get("postgres", known["nobody"])


def _check_run(command: Sequence[str | Path], owner: int | None, folder: Path) -> None:
    subprocess.run(
        [_binary(str(command[0])), *command[1:]], check=True, capture_output=True, user=owner, cwd=folder
    )


def _wait_for(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + _START_SECONDS
    while True:
        try:
            server.run("SELECT 1")
        except OperationalError:
            log = (server.socket_folder / "server.log").read_text()
            assert process.poll() is None, f"PostgreSQL stopped:\n{log}"
            assert monotonic() < end, f"PostgreSQL did not start:\n{log}"
            sleep(0.05)
        else:
            return


@dataclass
class RedisServer:
    """A Redis on a socket of its own, which may be killed and started again."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As REDIS_URL."""
        return f"unix://{self.folder}/redis.sock?db=0"

    @property
    def client(self) -> Redis:
        """A client of its own."""
        return Redis.from_url(self.url)

    def start(self) -> None:
        """Empty: what was there is lost."""
        command = ["redis-server", "--port", "0", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--unixsocket", f"{self.folder}/redis.sock"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = monotonic() + _START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, "Redis stopped"
            assert monotonic() < end, "Redis did not start"
            sleep(0.02)

    def kill(self) -> None:
        """At once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        client = self.client
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A fresh Redis; give a test that uses it the marker `redis`."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-redis-"))  # Short: the path of a socket has its limit.
    server = RedisServer(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)
