"""Work in order within a chat, over few threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Lock, active_count

import pytest
from simulated_line import wait_until

from simulator.queues import ChatQueues


@contextmanager
def queues(
    handle: Callable[[str], float | None],
    hold: Callable[[str], float | None] = lambda _: None,
    threads: int = 8,
) -> Iterator[ChatQueues[str]]:
    """Queues that are stopped in the end."""
    made = ChatQueues(handle, hold, threads)
    yield made
    made.stop(10)


@pytest.fixture
def done() -> list[str]:
    """What was done, in order."""
    return []


def test_a_chats_work_is_done_in_order_while_others_go_on(done: list[str]) -> None:
    go_on = Event()

    def handle(item: str) -> None:
        if item == "slow 0":
            go_on.wait(10)
        done.append(item)

    with queues(handle) as work:
        for number in range(5):
            work.put("slow", f"slow {number}")
            work.put("quick", f"quick {number}")
        wait_until(lambda: len(done) == 5)
        assert done == [f"quick {number}" for number in range(5)]
        go_on.set()
        wait_until(lambda: len(done) == 10)
        assert done[5:] == [f"slow {number}" for number in range(5)]


def test_what_comes_again_lets_new_work_pass(done: list[str]) -> None:
    def handle(item: str) -> float | None:
        done.append(item)
        return 0.05 if done.count("first") == 1 and item == "first" else None

    with queues(handle) as work:
        work.put("chat", "first")
        work.put("chat", "second")
        wait_until(lambda: done == ["first", "second", "first"])


def test_what_is_held_goes_after_the_next_one(done: list[str]) -> None:
    with queues(done.append, lambda item: 60 if item == "held" else None) as work:
        for item in ("held", "next", "last"):
            work.put("chat", item)
        wait_until(lambda: done == ["next", "held", "last"])


def test_what_is_held_goes_by_itself_when_nothing_follows(done: list[str]) -> None:
    with queues(done.append, lambda item: 0.05 if item == "held" else None) as work:
        work.put("chat", "held")
        wait_until(lambda: done == ["held"])


def test_many_chats_share_few_threads(done: list[str]) -> None:
    before = active_count()
    with queues(done.append, threads=4) as work:
        for number in range(2000):
            work.put(f"chat {number}", str(number))
        assert active_count() <= before + 4
        wait_until(lambda: len(done) == 2000)


def test_as_many_chats_as_threads_may_be_slow_at_once() -> None:
    together = Barrier(9)

    def handle(_item: str) -> None:
        together.wait(10)

    with queues(handle, threads=8) as work:
        for number in range(8):
            work.put(str(number), "item")
        together.wait(10)


def test_nothing_begins_once_it_is_stopped(done: list[str]) -> None:
    under_way, lock = Event(), Lock()

    def handle(item: str) -> None:
        with lock:
            under_way.set()
            done.append(item)

    work = ChatQueues(handle, lambda _: None, 1)
    with lock:
        work.put("a", "one")
    assert under_way.wait(10)
    work.stop(10)
    work.put("a", "two")
    assert done == ["one"]
