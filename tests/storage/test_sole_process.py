"""One process alone serves a database, and its death frees it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine

from bot.storage.engine import open_engine
from bot.storage.sole_process import AnotherProcess, one_of_many, sole_process

HOLD = """
import sys
from bot.storage.engine import open_engine
from bot.storage.sole_process import sole_process
with sole_process(open_engine(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.sqlite3"


@contextmanager
def held(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def assert_held_until_its_process_is_gone(url: str) -> None:
    """A second process is refused as long as the first one lives."""
    engine = open_engine(url)
    with held(url) as holder:
        with pytest.raises(AnotherProcess), sole_process(engine):
            pass
        holder.kill()
        holder.wait()
        with wait_for_it(engine):
            pass
    engine.dispose()


@contextmanager
def wait_for_it(engine: Engine) -> Iterator[None]:
    """PostgreSQL takes a moment to find out that a process died."""
    deadline = monotonic() + 20
    while True:
        try:
            with sole_process(engine):
                yield
                return
        except AnotherProcess:
            assert monotonic() < deadline
            sleep(0.02)


@pytest.mark.process
def test_a_second_process_is_refused_until_the_first_one_is_gone(url: str) -> None:
    assert_held_until_its_process_is_gone(url)


@pytest.mark.process
@pytest.mark.postgres
def test_a_second_process_is_refused_on_postgresql(postgres_url: str) -> None:
    assert_held_until_its_process_is_gone(postgres_url)


def test_it_is_free_again_afterwards(url: str) -> None:
    engine = open_engine(url)
    for _ in range(2):
        with sole_process(engine):
            pass
    engine.dispose()


def test_another_database_is_not_concerned(url: str) -> None:
    engine, other = open_engine(url), open_engine(f"{url}.other")
    with sole_process(engine), sole_process(other):
        pass
    engine.dispose()
    other.dispose()


def assert_many_and_one_alone_keep_apart(url: str) -> None:
    """Those who know of each other hold it together; one alone is refused beside them, and they beside it."""
    first, second = open_engine(url), open_engine(url)
    with one_of_many(first), one_of_many(second), pytest.raises(AnotherProcess), sole_process(first):
        pass
    with sole_process(first), pytest.raises(AnotherProcess), one_of_many(second):
        pass
    with one_of_many(second):
        pass
    first.dispose()
    second.dispose()


def test_many_hold_it_together_or_one_alone(url: str) -> None:
    assert_many_and_one_alone_keep_apart(url)


@pytest.mark.postgres
def test_many_hold_it_together_or_one_alone_on_postgresql(postgres_url: str) -> None:
    assert_many_and_one_alone_keep_apart(postgres_url)
