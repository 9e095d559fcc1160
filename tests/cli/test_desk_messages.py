"""`madoguchi desk messages` and `desk answer`: the staff's side of what patrons wrote."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from databases import new_database
from sqlalchemy import Engine, select

from bot.accounts import Friends
from bot.cli import main
from bot.clock import StoppedClock
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.messages import InboxRow

USER, BLOCKED = "U00000000000000000000000000000001", "U00000000000000000000000000000002"
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Two messages wait: 1 of a friend with a card, 2 of somebody who has blocked us."""
    engine = open_engine(new_database(tmp_path / "x.sqlite3"))
    clock = StoppedClock(NOW)
    with writing(engine) as session:
        friends, desk = Friends(session, clock), DeskMessages(session, clock)
        friends.met(USER)
        friends.blocked(BLOCKED, NOW)
        desk.add(
            USER, card_number="100", text="本をぬらしました\nどうすればよいですか", message_id="m1", most=5
        )
        desk.add(BLOCKED, card_number="", text="傘を忘れました", message_id="m2", most=5)
    yield engine
    engine.dispose()


def run(engine: Engine, *arguments: str) -> Result:
    """The command on this database."""
    settings = {
        "DATABASE_URL": engine.url.render_as_string(),
        "MADOGUCHI_LIBRARY": "mito",
        "MADOGUCHI_NOW": "2026-12-01T11:00:00+09:00",
    }
    return CliRunner().invoke(main, ["desk", *arguments], env=settings)


def test_what_waits_is_listed_with_number_time_and_card(engine: Engine) -> None:
    result = run(engine, "messages")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "1\t2026-12-01T10:00+09:00\t100\t本をぬらしました / どうすればよいですか",
        "2\t2026-12-01T10:00+09:00\t-\t傘を忘れました",
    ]


def test_words_do_not_steer_the_terminal(engine: Engine) -> None:
    with writing(engine) as session:
        text = "\x1b[2Jこんにちは\t999\u202e\x07"
        DeskMessages(session, StoppedClock(NOW)).add(USER, card_number="", text=text, message_id="m3", most=5)
    assert run(engine, "messages").stdout.splitlines()[-1].endswith("\t-\t[2Jこんにちは 999")


def test_an_answer_is_kept_and_waits_to_be_told(engine: Engine) -> None:
    result = run(engine, "answer", "1", "本をお持ちください。")
    assert result.exit_code == 0
    with reading(engine) as session:
        message = DeskMessages(session, StoppedClock(NOW)).find(1)
        [event] = session.scalars(select(InboxRow))
    assert message is not None
    assert message.answer == "本をお持ちください。"
    assert event.chat_id == USER
    assert "お持ち" not in str(event.payload)
    assert "1\t" not in run(engine, "messages").stdout


@pytest.mark.parametrize(
    ("number", "why"), [("2", "has blocked"), ("9", "took it back, or its days have passed")]
)
def test_what_can_not_be_answered_is_told_in_one_line(engine: Engine, number: str, why: str) -> None:
    result = run(engine, "answer", number, "はい")
    assert result.exit_code == 1
    assert why in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_message_is_answered_once(engine: Engine) -> None:
    run(engine, "answer", "1", "はい")
    result = run(engine, "answer", "1", "いいえ")
    assert result.exit_code == 1
    assert "answered already" in result.stderr


@pytest.mark.parametrize("text", ["", "  ", "あ" * 1001])
def test_an_answer_that_is_empty_or_too_long_is_refused(engine: Engine, text: str) -> None:
    assert run(engine, "answer", "1", text).exit_code == 2
