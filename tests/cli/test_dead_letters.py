"""`madoguchi dead-letters`: what failed for good is shown without anything personal, and tried again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import new_database
from sqlalchemy import Engine, select

from bot.cli import main
from bot.clock import StoppedClock
from bot.storage.engine import open_engine, reading, writing
from bot.storage.inbox import Inbox
from bot.storage.tables.messages import InboxRow

USER = "U00000000000000000000000000000001"


def event(event_id: str, text: str) -> dict[str, object]:
    """A text message."""
    return {
        "type": "message",
        "timestamp": 1767225600000,
        "webhookEventId": event_id,
        "source": {"type": "user", "userId": USER},
        "message": {"type": "text", "id": event_id, "text": text},
    }


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Two events of three failed for good; their numbers are 1 and 2."""
    engine = open_engine(new_database(tmp_path / "x.sqlite3"))
    clock = StoppedClock(datetime(2026, 1, 1, tzinfo=UTC))
    with writing(engine) as session:
        inbox = Inbox(session, clock)
        inbox.store([event("A", "『こころ』"), event("B", "延長して"), event("C", "はい")])
        for number in (1, 2):
            inbox.failed(number, "broken", None)
    yield engine
    engine.dispose()


def run(engine: Engine, *arguments: str) -> Result:
    """The command on this database."""
    settings = {"DATABASE_URL": engine.url.render_as_string(), "MADOGUCHI_LIBRARY": "mito"}
    return CliRunner().invoke(main, ["dead-letters", *arguments], env=settings)


def states(engine: Engine) -> dict[int, str]:
    """The state of each event."""
    with reading(engine) as session:
        return {row.id: row.state for row in session.scalars(select(InboxRow))}


def test_they_are_listed_with_nothing_personal(engine: Engine) -> None:
    result = run(engine, "list")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "1\t2026-01-01T09:00:00+09:00\tmessage\t1\tbroken",
        "2\t2026-01-01T09:00:00+09:00\tmessage\t1\tbroken",
    ]


def test_one_is_tried_again_and_the_others_are_left(engine: Engine) -> None:
    result = run(engine, "retry", "2")
    assert (result.exit_code, result.output) == (0, "1 will be tried again\n")
    assert states(engine) == {1: "failed", 2: "waiting", 3: "waiting"}
    with reading(engine) as session:
        assert session.get_one(InboxRow, 2).attempts == 0


def test_all_are_tried_again(engine: Engine) -> None:
    assert run(engine, "retry", "--all").exit_code == 0
    assert states(engine) == {1: "waiting", 2: "waiting", 3: "waiting"}
    result = run(engine, "list")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_number_that_is_none_is_said_so(engine: Engine) -> None:
    result = run(engine, "retry", "1", "3")
    assert result.exit_code == 1
    assert "1 of these numbers are no dead letters" in result.stderr
    assert states(engine) == {1: "waiting", 2: "failed", 3: "waiting"}


@pytest.mark.parametrize("arguments", [["retry"], ["retry", "--all", "1"], ["retry", "first"]])
def test_what_to_try_again_must_be_said(engine: Engine, arguments: list[str]) -> None:
    assert run(engine, *arguments).exit_code == 2
    assert states(engine)[1] == "failed"
