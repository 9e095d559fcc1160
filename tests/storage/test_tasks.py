"""Tasks that one process does at a time, and values that all share; on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.clock import StoppedClock
from bot.jobs.sweeper import SWEEP_LEASE, OneSweeper
from bot.storage.engine import open_engine, reading, writing
from bot.storage.migrate import upgrade
from bot.storage.tasks import SharedValues, TaskLeases

LENGTH = timedelta(seconds=10)


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "SQLite":
        engine = open_engine(f"sqlite:///{tmp_path}/tasks.sqlite3")
        upgrade(engine)
    else:
        engine = open_engine(request.getfixturevalue("postgres_url"))
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 12, 1, 3, 0, tzinfo=UTC))


def hold(engine: Engine, clock: StoppedClock, owner: str) -> bool:
    with writing(engine) as session:
        return TaskLeases(session, clock).hold("sweep", owner, LENGTH)


def test_a_task_is_held_by_one_until_it_runs_out(engine: Engine, clock: StoppedClock) -> None:
    assert hold(engine, clock, "first")
    assert not hold(engine, clock, "second")
    assert hold(engine, clock, "first")
    clock.advance(LENGTH + timedelta(seconds=1))
    assert hold(engine, clock, "second")
    assert not hold(engine, clock, "first")


def test_a_task_that_is_let_go_is_free_at_once(engine: Engine, clock: StoppedClock) -> None:
    hold(engine, clock, "first")
    with writing(engine) as session:
        TaskLeases(session, clock).release("sweep", "second")
    assert not hold(engine, clock, "second")
    with writing(engine) as session:
        TaskLeases(session, clock).release("sweep", "first")
    assert hold(engine, clock, "second")


def test_one_process_sweeps_and_another_follows_it(engine: Engine, clock: StoppedClock) -> None:
    first, second = OneSweeper(engine, clock), OneSweeper(engine, clock)
    assert [first.is_mine(), second.is_mine()] == [True, False]
    clock.advance(SWEEP_LEASE / 2)
    assert [first.is_mine(), second.is_mine()] == [True, False]
    clock.advance(SWEEP_LEASE * 2)
    assert [second.is_mine(), first.is_mine()] == [True, False]
    second.let_go()
    assert first.is_mine()


def test_a_shared_value_is_the_last_that_was_set(engine: Engine, clock: StoppedClock) -> None:
    with writing(engine) as session:
        values = SharedValues(session, clock)
        assert values.get("quota") is None
        values.set("quota", {"left": 2})
        values.set("quota", {"left": 1})
    with reading(engine) as session:
        assert SharedValues(session, clock).get("quota") == ({"left": 1}, clock.now())
    with writing(engine) as session:
        SharedValues(session, clock).forget("quota")
        assert SharedValues(session, clock).get("quota") is None
