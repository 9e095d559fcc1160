"""Processes killed at each step of the way, and started again: nothing is lost, nothing happens or is told twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from line_stand_in import LineStandIn
from way import NOON, Way, text

pytestmark = pytest.mark.process

_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent
PATIENCE_SECONDS = 45


class Counter:
    """The counter's process, as LINE sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def deliver(self, *events: dict[str, Any]) -> bool:
        """One webhook; whether it was answered with 200."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(events, ensure_ascii=False) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return False
        return self._process.stdout.readline() == "stored\n"

    def kill(self) -> None:
        """SIGKILL: nothing is cleaned up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def wait_until_dead(self) -> None:
        """It kills itself."""
        assert self._process.wait(PATIENCE_SECONDS) == -signal.SIGKILL


class Counters:
    """Processes of one counter, one after the other; its time starts at noon and runs on through all of them."""

    def __init__(self, way: Way, line: LineStandIn) -> None:
        self._way = way
        self._line = line
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """The counter's time."""
        return NOON + timedelta(seconds=time.monotonic() - self._begun)

    @contextmanager
    def running(self, dies_at: str = "never") -> Iterator[Counter]:
        """One process."""
        arguments = [str(self._way.engine.url), self._line.url, self.now().isoformat(), dies_at]
        process = subprocess.Popen(
            [sys.executable, str(_HERE / "counter_process.py"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{_HERE}"},
        )
        try:
            yield Counter(process)
            if process.poll() is None and process.stdin is not None:
                process.stdin.close()  # A clean stop.
                assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        continue


@pytest.fixture
def counters(way: Way, line: LineStandIn) -> Counters:
    way.link("U1")
    return Counters(way, line)


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def told(line: LineStandIn) -> int:
    """How often the renewal was told as done."""
    return sum("延長の結果" in said and "12月15日" in said for said in line.texts())


def ask(counters: Counters, line: LineStandIn, counter: Counter) -> None:
    """The question is asked and stands in the chat."""
    assert counter.deliver(text("U1", "延長して", counters.now()))
    until(lambda: len(line.replies) == 1)


@pytest.mark.parametrize("dies_at", ["stored", "turn", "committed"])
def test_killed_before_sending_all_is_done_once_after_a_restart(
    counters: Counters, way: Way, line: LineStandIn, dies_at: str
) -> None:
    with counters.running(dies_at) as counter:
        ask(counters, line, counter)
        yes = text("U1", "はい", counters.now())
        counter.deliver(yes)
        counter.wait_until_dead()
    assert way.renewals() == (1 if dies_at == "committed" else 0)
    assert told(line) == 0
    with counters.running() as counter:
        until(lambda: told(line) == 1)
        counter.deliver({**yes, "deliveryContext": {"isRedelivery": True}})
    assert way.renewals() == 1
    assert told(line) == 1
    assert all(row.state == "handled" for row in way.inbox())
    assert all(row.state == "sent" for row in way.outbox())


@pytest.mark.parametrize("fault", ["hang", "hang before"])
def test_killed_while_sending_the_answer_arrives_once(
    counters: Counters, way: Way, line: LineStandIn, fault: str
) -> None:
    with counters.running() as counter:
        ask(counters, line, counter)
        line.faults.append(fault)
        counter.deliver(text("U1", "はい", counters.now()))
        assert line.arrived.wait(PATIENCE_SECONDS)
        counter.kill()
    with counters.running():
        until(lambda: way.outbox()[-1].state == "sent")
    assert way.renewals() == 1
    assert told(line) == 1
    assert line.pushes == []


def test_killed_while_pushing_the_notice_arrives_once(
    counters: Counters, way: Way, line: LineStandIn
) -> None:
    yes = {**text("U1", "こんにちは", counters.now()), "replyToken": ""}
    line.faults.append("hang")
    with counters.running() as counter:
        counter.deliver(yes)
        assert line.arrived.wait(PATIENCE_SECONDS)
        counter.kill()
    with counters.running():
        until(lambda: way.outbox()[-1].state == "sent")
    assert len(line.pushes) == 1
    keys = [key for path, key, _ in line.bodies if path.endswith("push")]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_killed_again_and_again_every_message_is_answered_once(
    counters: Counters, way: Way, line: LineStandIn
) -> None:
    said = [text(f"U{number % 3 + 5}", "こんにちは", counters.now()) for number in range(8)]
    for number in range(0, 8, 4):
        with counters.running() as counter:
            for raw in said[number : number + 4]:
                assert counter.deliver(raw)
            until(lambda number=number: len(line.replies) > number)  # type: ignore[misc]
            counter.kill()
    with counters.running():
        until(lambda: all(row.state == "sent" for row in way.outbox()) and len(way.outbox()) == 8)
    assert sorted(token for token, _ in line.replies) == sorted(raw["replyToken"] for raw in said)
    assert line.pushes == []
