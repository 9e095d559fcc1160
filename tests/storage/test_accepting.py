"""Accepting a webhook's events, on both databases."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, select, text

from bot.clock import StoppedClock
from bot.storage.accepting import accept
from bot.storage.engine import open_engine, reading
from bot.storage.migrate import upgrade
from bot.storage.tables.messages import InboxRow

CLOCK = StoppedClock(datetime(2026, 12, 1, 3, tzinfo=UTC))


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """As the webhook opens it: it must answer in time."""
    if request.param == "SQLite":
        engine = open_engine(f"sqlite:///{tmp_path}/inbox.sqlite3", patience_ms=1000)
        upgrade(engine)
    else:
        engine = open_engine(request.getfixturevalue("postgres_url"), patience_ms=1000)
    yield engine
    engine.dispose()


def said(number: int, user: str = "U1", **more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1_796_000_000_000 + number,
        "webhookEventId": f"E{number}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": user},
        "replyToken": f"token-{number}",
        "message": {"type": "text", "id": f"m{number}", "text": "貸出状況"},
        **more,
    }


def unsent(number: int, message: int) -> dict[str, Any]:
    return said(number, type="unsend", unsend={"messageId": f"m{message}"}) | {"message": {}}


def rows(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        found = session.execute(select(InboxRow.webhook_event_id, InboxRow.state).order_by(InboxRow.id))
        return [(event_id, state) for event_id, state in found]


def test_of_each_chat_one_event_that_waits_is_told(engine: Engine) -> None:
    chats = accept(engine, CLOCK, [said(1), said(2), said(3, "U2")])
    assert set(chats) == {"U1", "U2"}
    assert rows(engine) == [("E1", "waiting"), ("E2", "waiting"), ("E3", "waiting")]


def test_what_comes_again_or_twice_in_one_webhook_is_there_once(engine: Engine) -> None:
    accept(engine, CLOCK, [said(1), said(1)])
    assert set(accept(engine, CLOCK, [said(1), said(2, "U2")])) == {"U1", "U2"}
    assert rows(engine) == [("E1", "waiting"), ("E2", "waiting")]


def test_what_nothing_is_to_be_done_about_wakes_nobody(engine: Engine) -> None:
    assert accept(engine, CLOCK, [said(1, mode="standby"), said(2, type="madoguchi.linkEnded")]) == {}
    assert rows(engine) == [("E1", "handled")]


def test_a_message_and_its_taking_back_in_one_webhook_leave_no_text(engine: Engine) -> None:
    accept(engine, CLOCK, [said(1), unsent(2, 1)])
    with reading(engine) as session:
        assert session.scalar(select(InboxRow.payload).where(InboxRow.webhook_event_id == "E1")) is None


def test_new_events_are_one_statement(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(engine, CLOCK, [said(1)])
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cu, statement, *_: statements.append(statement))
    execute = psycopg.Connection.execute

    def noted(connection: psycopg.Connection, query: str, *more: Any) -> Any:
        statements.append(query)
        assert connection.autocommit  # A transaction by itself.
        return execute(connection, query, *more)

    monkeypatch.setattr(psycopg.Connection, "execute", noted)
    accept(engine, CLOCK, [said(2), said(3), said(4, "U2")])
    writes = [statement for statement in statements if not statement.startswith(("BEGIN", "PRAGMA"))]
    assert len(writes) == 1


def test_all_or_nothing(engine: Engine) -> None:
    broken = said(2) | {"webhookEventId": "E2", "message": {"type": "text", "id": "m2", "text": object()}}
    with pytest.raises(Exception, match="not JSON serializable"):
        accept(engine, CLOCK, [said(1), broken])
    assert rows(engine) == []


@pytest.mark.postgres
def test_connections_that_died_with_the_database_are_replaced_at_once(postgres_url: str) -> None:
    engine, other = open_engine(postgres_url, patience_ms=1000), open_engine(postgres_url)
    try:
        accept(engine, CLOCK, [said(1)])
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with closing(other.connect()) as connection:
            connection.execute(text(f"{kill} AND datname = current_database()"))
        assert set(accept(engine, CLOCK, [said(2)])) == {"U1"}
        assert [event_id for event_id, _ in rows(engine)] == ["E1", "E2"]
    finally:
        engine.dispose()
        other.dispose()
