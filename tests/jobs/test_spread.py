"""Workers in many processes, on a real Redis and PostgreSQL: woken, killed, left without Redis; once, and in order."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from line_stand_in import LineStandIn
from servers import RedisServer
from structlog.testing import capture_logs
from way import NOON, Way, text

from bot.clock import SystemClock
from bot.jobs.queue import TOGETHER, WEB_SECONDS, QueueError, Waker, WakingThread, open_broker
from bot.jobs.retention import Retention
from bot.jobs.spread import SpreadWorkers

pytestmark = pytest.mark.redis

_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent
PATIENCE_SECONDS = 45


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def waker(redis_server: RedisServer) -> Iterator[Waker]:
    broker = open_broker(redis_server.url, WEB_SECONDS)
    yield Waker(broker)
    broker.client.close()


@contextmanager
def working(way: Way, redis_server: RedisServer) -> Iterator[None]:
    """One worker, in this process."""
    way.clock = SystemClock.starting_at(NOON)
    way.__post_init__()
    broker = open_broker(redis_server.url, WEB_SECONDS)
    retention = Retention(way.engine, way.policy, way.clock)
    workers = SpreadWorkers(way.runner, way.sender, retention, way.engine, broker, way.clock, threads=2)
    workers.start()
    try:
        yield
    finally:
        workers.stop()
        broker.client.close()


def test_redis_holds_ids_of_rows_and_nothing_else(way: Way, waker: Waker, redis_server: RedisServer) -> None:
    assert waker.turns(way.store_each(text("U1", "こころを予約", way.now())))
    with redis_server.client as client:
        kept = b"".join(value for key in client.scan_iter() for value in [key, client.dump(key)])
    assert b"madoguchi" in kept
    for personal in ("U1", "こころ", "token-"):
        assert personal.encode() not in kept


def test_woken_workers_answer(way: Way, line: LineStandIn, waker: Waker, redis_server: RedisServer) -> None:
    with working(way, redis_server):
        waker.turns(way.store_each(*(text(f"U{n}", "こんにちは", way.now()) for n in range(8))))
        until(lambda: len(line.replies) == 8)
    assert {row.state for row in way.outbox()} == {"sent"}


def test_what_nobody_was_woken_for_is_found(way: Way, line: LineStandIn, redis_server: RedisServer) -> None:
    with working(way, redis_server):
        way.store(text("U1", "こんにちは", way.now()))
        until(lambda: len(line.replies) == 1)


def test_without_redis_the_webhook_is_not_held_up_and_the_sweeper_does_the_work(
    way: Way, line: LineStandIn, waker: Waker, redis_server: RedisServer
) -> None:
    with working(way, redis_server):
        redis_server.kill()
        with capture_logs() as logged:
            began = time.monotonic()
            for number in range(20):
                assert not waker.turns(way.store_each(text(f"U{number}", "こんにちは", way.now())))
            assert time.monotonic() - began < 20
            said = [entry for entry in logged if entry["event"].startswith("redis does not answer")]
        assert len(said) <= 2  # By the webhook's and by the worker's.
        assert not waker.answers()
        until(lambda: len(line.replies) == 20)
        redis_server.start()
        until(waker.answers)
        until(lambda: waker.turns(way.store_each(text("U77", "ありがとう", way.now()))))
        until(lambda: len(line.replies) >= 21)
    assert len({token for token, _ in line.replies}) == len(line.replies)


def test_one_wake_up_names_several_events(way: Way, waker: Waker, redis_server: RedisServer) -> None:
    assert waker.turns(range(2 * TOGETHER + 1))
    with redis_server.client as client:
        assert client.llen("madoguchi:madoguchi") == 3


def test_what_came_before_the_end_is_woken_for(waker: Waker, redis_server: RedisServer) -> None:
    waking = WakingThread(waker)
    for number in range(3):
        waking.turns([number])
    waking.start()
    waking.stop()
    with redis_server.client as client:
        assert client.llen("madoguchi:madoguchi") == 1


def test_a_redis_that_swallows_everything_holds_no_webhook_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as takes_and_says_nothing, capture_logs() as logged:
        port = takes_and_says_nothing.getsockname()[1]
        broker = open_broker(f"redis://127.0.0.1:{port}/0", WEB_SECONDS)
        waking = WakingThread(Waker(broker))
        waking.start()
        began = time.monotonic()
        for number in range(50):
            waking.turns([number])
        assert time.monotonic() - began < 1.5
        waking.stop()
        broker.client.close()
    assert [entry["event"] for entry in logged] == ["redis does not answer: the sweeper finds what waits"]


def test_an_address_that_is_no_redis_is_refused() -> None:
    with pytest.raises(QueueError):
        open_broker("somewhere", WEB_SECONDS)


class Workers:
    """Worker processes of one counter, whose time starts at noon."""

    def __init__(self, way: Way, line: LineStandIn, redis_server: RedisServer) -> None:
        self._arguments = [way.engine.url.render_as_string(hide_password=False), redis_server.url, line.url]
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """The counter's time."""
        return NOON + timedelta(seconds=time.monotonic() - self._begun)

    @contextmanager
    def running(self, lease_seconds: float = 30, dies_at: str = "-") -> Iterator["subprocess.Popen[str]"]:
        """One process, stopped cleanly at the end unless it is dead already."""
        process = subprocess.Popen(
            [
                sys.executable,
                str(_HERE / "worker_process.py"),
                *self._arguments,
                self.now().isoformat(),
                str(lease_seconds),
                dies_at,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{_HERE}"},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "working\n"
            yield process
            if process.poll() is None:
                process.stdin.close()
                assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stdin.close()


@pytest.fixture
def workers(way: Way, line: LineStandIn, redis_server: RedisServer) -> Workers:
    made = Workers(way, line, redis_server)
    way.clock = SystemClock.starting_at(NOON)
    return made


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return "PostgreSQL" if request.node.get_closest_marker("postgres") else "SQLite"


def tokens_of(line: LineStandIn) -> list[str]:
    """In the order in which the answers arrived."""
    return [token for token, _ in line.replies]


@pytest.mark.postgres
@pytest.mark.process
def test_two_workers_answer_one_patron_who_types_fast_once_and_in_order(
    way: Way, line: LineStandIn, workers: Workers, waker: Waker
) -> None:
    with workers.running(), workers.running():
        said = [text("U1", "こんにちは", way.now() + timedelta(milliseconds=n)) for n in range(10)]
        for raw in said:
            waker.turns(way.store_each(raw))
        until(lambda: len(line.replies) == 10)
    assert tokens_of(line) == [raw["replyToken"] for raw in said]
    assert line.pushes == []


@pytest.mark.postgres
@pytest.mark.process
def test_redis_killed_and_back_nothing_is_lost_and_nothing_is_done_twice(
    way: Way, line: LineStandIn, workers: Workers, waker: Waker, redis_server: RedisServer
) -> None:
    with workers.running(), workers.running():
        said = [text(f"U{number % 4}", "こんにちは", way.now()) for number in range(24)]
        for number, raw in enumerate(said):
            if number == 8:
                redis_server.kill()
            if number == 16:
                redis_server.start()
            waker.turns(way.store_each(raw))
        until(lambda: len(line.replies) == 24)
    for user in range(4):
        mine = [raw["replyToken"] for raw in said[user::4]]
        assert [token for token in tokens_of(line) if token in mine] == mine
    assert line.pushes == []
    assert {row.state for row in way.inbox()} == {"handled"}
    assert {row.state for row in way.outbox()} == {"sent"}


@pytest.mark.postgres
@pytest.mark.process
def test_a_worker_killed_in_the_middle_of_a_turn_is_followed_by_another(
    way: Way, line: LineStandIn, workers: Workers, waker: Waker
) -> None:
    way.link("U1")
    with workers.running(lease_seconds=2, dies_at="はい") as doomed:
        waker.turns(way.store_each(text("U1", "延長して", way.now())))
        until(lambda: len(line.replies) == 1)
        # The first turn commits with the lease held, since another event waits; the second one is deadly.
        first = text("U1", "こんにちは", way.now())
        deadly = text("U1", "はい", way.now() + timedelta(milliseconds=1))
        waker.turns(way.store_each(first, deadly))
        assert doomed.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    assert way.renewals() == 0
    with workers.running(lease_seconds=2):
        until(lambda: way.renewals() == 1)
        until(lambda: all(row.state == "sent" for row in way.outbox()) and len(line.replies) == 3)
    assert {row.state for row in way.inbox()} == {"handled"}
    assert sum("延長の結果" in said for said in line.texts()) == 1
    assert len(set(tokens_of(line))) == 3
