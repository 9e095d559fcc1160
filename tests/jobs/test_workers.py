"""The threads of one process: quick when woken, quiet when not, complete after a crash, clean when stopped."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from line_stand_in import LineStandIn
from way import Way, text

from bot.jobs.pool import Pool
from bot.jobs.retention import Retention
from bot.jobs.sweeper import Aside
from bot.jobs.workers import Workers
from bot.storage.engine import writing
from bot.storage.leases import Leases

PATIENCE_SECONDS = 20


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def workers_of(way: Way, *also: Callable[[], None]) -> Workers:
    retention = Retention(way.engine, way.policy, way.clock)
    return Workers(
        way.runner, way.sender, retention, way.engine, way.clock, also=[Aside("aside", tuple(also))]
    )


@pytest.fixture
def workers(way: Way) -> Iterator[Workers]:
    workers = workers_of(way)
    workers.start()
    yield workers
    workers.stop()


def test_woken_chats_are_answered(way: Way, line: LineStandIn, workers: Workers) -> None:
    workers.wake(way.store(*(text(f"U{number}", "こんにちは", way.now()) for number in range(8))))
    until(lambda: len(line.replies) == 8)


def test_what_nobody_was_woken_for_is_found(way: Way, line: LineStandIn, workers: Workers) -> None:
    way.store(text("U1", "こんにちは", way.now()))
    until(lambda: len(line.replies) == 1)


def test_what_a_dead_process_left_is_taken_over_at_once(way: Way, line: LineStandIn) -> None:
    way.store(text("U1", "こんにちは", way.now()))
    with writing(way.engine) as session:
        assert Leases(session, way.clock).hold("U1", "dead")
    way.store(text("U2", "こんにちは", way.now()))
    way.handle("U2")
    assert way.sender._begin("U2") is not None
    workers = workers_of(way)
    workers.start()
    until(lambda: len(line.replies) == 2)
    workers.stop()


def test_stopping_finishes_the_turn_in_hand_and_leaves_the_rest(way: Way) -> None:
    begun, go_on = threading.Event(), threading.Event()
    original = way.dialogue.finish

    def finish(*arguments: object) -> object:
        begun.set()
        go_on.wait(PATIENCE_SECONDS)
        return original(*arguments)  # type: ignore[arg-type]

    way.dialogue.finish = finish  # type: ignore[assignment,method-assign]
    workers = workers_of(way)
    workers.start()
    workers.wake(way.store(text("U1", "こんにちは", way.now())))
    assert begun.wait(PATIENCE_SECONDS)
    stopping = threading.Thread(target=workers.stop)
    stopping.start()
    go_on.set()
    stopping.join(PATIENCE_SECONDS)
    assert not stopping.is_alive()
    assert [row.state for row in way.inbox()] == ["handled"]
    assert len(way.outbox()) == 1


def test_stopping_what_was_never_started_is_harmless(way: Way) -> None:
    workers_of(way).stop()


def test_a_thread_outlives_what_breaks_in_it(way: Way, line: LineStandIn) -> None:
    def broken() -> None:
        raise RuntimeError

    workers = workers_of(way, broken)
    workers.start()
    way.store(text("U1", "こんにちは", way.now()))
    until(lambda: len(line.replies) == 1)
    way.store(text("U1", "ありがとう", way.now()))
    until(lambda: len(line.replies) == 2)
    workers.stop()


def test_what_waits_for_another_server_holds_nobody_up(way: Way, line: LineStandIn) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def waits_for_a_mail_server() -> None:
        begun.set()
        go_on.wait(PATIENCE_SECONDS)

    workers = workers_of(way, waits_for_a_mail_server)
    workers.start()
    assert begun.wait(PATIENCE_SECONDS)
    way.store(text("U1", "こんにちは", way.now()))
    until(lambda: len(line.replies) == 1)
    assert not go_on.is_set()
    go_on.set()
    workers.stop()


def share_of_processor(seconds: float) -> float:
    """How much of one this process uses meanwhile."""
    before, spent_before = time.monotonic(), time.process_time()
    time.sleep(seconds)
    return (time.process_time() - spent_before) / (time.monotonic() - before)


def test_idle_workers_use_almost_no_processor(way: Way, workers: Workers) -> None:
    workers.wake(["U1"])
    # The first second has the beginning in it, and any of them a busy machine.
    assert any(share_of_processor(1.2) < 0.05 for _ in range(4))


def test_key_is_never_worked_on_twice_at_once_but_again_if_wanted_meanwhile() -> None:
    in_hand, done, at_once = [], [], []
    started, go_on = threading.Event(), threading.Event()

    def work(key: str) -> None:
        in_hand.append(key)
        at_once.append(len(in_hand))
        started.set()
        go_on.wait(PATIENCE_SECONDS)
        in_hand.remove(key)
        done.append(key)

    pool = Pool("test", 3, work)
    pool.start()
    pool.add(["U1"])
    assert started.wait(PATIENCE_SECONDS)
    pool.add(["U1"])
    pool.add(["U1"])
    go_on.set()
    until(lambda: len(done) == 2)
    pool.stop()
    assert done == ["U1", "U1"]
    assert max(at_once) == 1
