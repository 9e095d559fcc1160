"""Web, workers, PostgreSQL, Redis and LINE as processes of their own, and what can befall them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from time import monotonic, sleep
from typing import Any

from line_stand_in import LineStandIn
from servers import KEEPS_COMMITS, PostgresServer, RedisServer
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench import record
from bench.servers import free_port, settings
from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade

PATIENCE_SECONDS = 90
CHANCE = SystemRandom()
FAULTS = ("429", "500", "500 accepted", "lost")


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for it."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        assert monotonic() < deadline, f"it did not happen in time: {what}"
        sleep(0.05)


@dataclass
class World:
    """Everything that runs."""

    postgres: PostgresServer
    redis: RedisServer
    line: LineStandIn
    folder: Path
    port: int = field(default_factory=free_port)
    web: "subprocess.Popen[bytes] | None" = None
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def database(self) -> str:
        """Its URL."""
        return self.postgres.url("chaos")

    def fill(self, patrons: int) -> None:
        """Tables and a record with so many patrons."""
        self.postgres.run("CREATE DATABASE chaos")
        engine = open_engine(self.database)
        upgrade(engine)
        engine.dispose()
        record.fill(self.database, patrons)

    def start_web(self) -> None:
        """In two processes."""
        words = ("serve", "--port", str(self.port), "--processes", "2", "--threads", "4")
        self.web = self._start("web", *words)

    def start_worker(self) -> None:
        """One more."""
        self.workers.append(self._start(f"worker-{len(self.workers)}", "worker", "--threads", "4"))

    def is_open(self) -> bool:
        """Whether the web takes connections."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        engine = create_engine(self.database, poolclass=NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def stop(self) -> None:
        """All processes of the product."""
        for process in (self.web, *self.workers):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(PATIENCE_SECONDS)

    def _start(self, name: str, *words: str) -> "subprocess.Popen[bytes]":
        environment = os.environ | settings(self.database, self.redis.url, 0)
        environment |= {"LINE_API_BASE_URL": self.line.url, "PYTHONPATH": os.pathsep.join(sys.path)}
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", *words], cwd=self.folder, env=environment, stderr=log
            )

    # What can befall it; each leaves all running at the end.

    def kill_a_worker(self) -> None:
        """In the middle of whatever it does."""
        victim = self.workers.pop(CHANCE.randrange(len(self.workers)))
        victim.kill()
        victim.wait()
        self.start_worker()

    def kill_a_web_process(self) -> None:
        """One of those that serve; the one above them starts another."""
        assert self.web is not None
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        if children:
            os.kill(int(CHANCE.choice(children)), signal.SIGKILL)

    def kill_redis(self) -> None:
        """It comes back empty."""
        self.redis.kill()
        sleep(CHANCE.uniform(0, 1))
        self.redis.start()

    def empty_redis(self) -> None:
        """All wake-ups are lost."""
        with self.redis.client as client:
            client.flushall()

    def crash_postgresql(self) -> None:
        """It recovers what was committed."""
        self.postgres.stop(signal.SIGQUIT)
        sleep(CHANCE.uniform(0, 1))
        self.postgres.start()

    def confuse_line(self) -> None:
        """The next calls go wrong, each in its way."""
        self.line.faults.extend(CHANCE.choices(FAULTS, k=4))

    def disasters(self) -> tuple[Callable[[], None], ...]:
        """All of them."""
        return (
            self.kill_a_worker,
            self.crash_postgresql,
            self.confuse_line,
            self.kill_a_web_process,
            self.kill_redis,
            self.empty_redis,
        )


@contextmanager
def world(line: LineStandIn, redis: RedisServer, folder: Path, *, patrons: int) -> Iterator[World]:
    """The world, with web and two workers at work."""
    with ExitStack() as stack:
        postgres = PostgresServer.new(KEEPS_COMMITS)
        stack.callback(postgres.remove)
        made = World(postgres, redis, line, folder)
        made.fill(patrons)
        stack.callback(made.stop)
        made.start_web()
        made.start_worker()
        made.start_worker()
        until(made.is_open, "the web answers")
        yield made
