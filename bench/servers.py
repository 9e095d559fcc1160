"""The servers of a bench, each on loopback at a port of its own: PostgreSQL, Redis, the product, its two rivals."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from bench.webhooks import SECRET
from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade

PROCESSES, THREADS = 2, 8
"""Of every web server that is measured."""

START_SECONDS = 60
POSTGRES_SETTINGS = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "shared_preload_libraries=pg_stat_statements",
)


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def binary(name: str) -> str:
    """Where a server's program is, the newest of Debian's. Raises FileNotFoundError."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    place = str(found[-1]) if found else shutil.which(name)
    if place is None:
        raise FileNotFoundError(f"{name} is not installed: apt-get install postgresql redis-server")
    return place


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running cluster that keeps what it has committed."""

    pid: int
    port: int

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement on its own; returns its rows."""
        address = self.url(database).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, name: str) -> str:
        """Make a database with all tables; returns its URL."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"CREATE DATABASE {name}")
        self.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", name)
        engine = open_engine(self.url(name))
        upgrade(engine)
        engine.dispose()
        return self.url(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A new cluster in a folder of its own; as root it is run by another user, as PostgreSQL wants it."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-bench-"))
    owner = _unprivileged()
    if owner is not None:
        os.chown(folder, owner, -1)
    command: list[str | Path] = [
        binary("initdb"),
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    subprocess.run(command, check=True, capture_output=True, user=owner, cwd=folder)
    port = free_port()
    address = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}")
    settings = [part for setting in (*POSTGRES_SETTINGS, *address) for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binary("postgres"), "-D", folder / "data", *settings],
            stdout=log,
            stderr=log,
            user=owner,
            cwd=folder,
        )
    server = Postgres(process.pid, port)
    try:
        _wait(lambda: server.run("SELECT 1"), (psycopg.OperationalError,), process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        shutil.rmtree(folder)


@contextmanager
def redis() -> Iterator[tuple[int, str]]:
    """A Redis that keeps nothing: its process and its URL."""
    port = free_port()
    command = [binary("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    url = f"redis://127.0.0.1:{port}/0"
    try:
        with Redis.from_url(url) as client:
            _wait(client.ping, (RedisError,), process, None)
        yield process.pid, url
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True, slots=True)
class Running:
    """A web server or a worker."""

    pid: int
    port: int = 0


@contextmanager
def rival(module: str, environment: dict[str, str]) -> Iterator[Running]:
    """One of the applications that the product is compared with, under gunicorn as the product is."""
    port = free_port()
    command = [
        "-m",
        "gunicorn",
        "--workers",
        str(PROCESSES),
        "--worker-class",
        "gthread",
        "--threads",
        str(THREADS),
    ]
    place = [
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
        "--no-control-socket",
        f"{module}:create_app()",
    ]
    with _process([*command, *place], environment, port) as running:
        yield running


@contextmanager
def product(arguments: Sequence[str], environment: dict[str, str], *, web: bool) -> Iterator[Running]:
    """`madoguchi` with these arguments; a web form gets a port."""
    port = free_port() if web else 0
    place = ["--host", "127.0.0.1", "--port", str(port)] if web else []
    with _process(["-m", "bot", *arguments, *place], environment, port) as running:
        yield running


@contextmanager
def _process(arguments: Sequence[str], environment: dict[str, str], port: int) -> Iterator[Running]:
    with tempfile.NamedTemporaryFile(prefix="madoguchi-bench-", suffix=".log") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=os.environ | environment, stdout=log, stderr=log
        )
        try:
            if port:
                _wait(lambda: _connect(port), (OSError,), process, Path(log.name))
            yield Running(process.pid, port)
        finally:
            process.terminate()
            process.wait()


def settings(database: str, redis_url: str, line_port: int) -> dict[str, str]:
    """The product's settings, and its rivals'. An empty `redis_url`: everything in one process."""
    return {
        "MADOGUCHI_LIBRARY": "mito",
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "bench",
        "LINE_API_BASE_URL": f"http://127.0.0.1:{line_port}",
        "SECRET_KEY": "bench",
    }


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=1).close()


def _wait(
    ask: object, not_yet: tuple[type[Exception], ...], process: "subprocess.Popen[bytes]", log: Path | None
) -> None:
    end = monotonic() + START_SECONDS
    while True:
        try:
            ask()  # type: ignore[operator]
        except not_yet:
            said = log.read_text(errors="replace")[-2000:] if log else ""
            if process.poll() is not None or monotonic() > end:
                raise RuntimeError(f"{process.args!r} did not start: {said}") from None
            sleep(0.05)
        else:
            return


def _unprivileged() -> int | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return known.get("postgres", known["nobody"])
