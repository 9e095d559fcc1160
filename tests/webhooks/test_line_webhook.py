"""LINE's webhook: what is signed is stored before it is answered; nothing else is."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from line_world import OTHER, PREVIOUS, SECRET, USER, LineWorld, build, event, sign, webhook
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.line.events import CARD_LINKED_ELSEWHERE, LINK_ENDED, LINK_FAILED, PASSWORD_REGISTERED
from bot.storage.engine import writing
from webhooks.line import LARGEST_BODY, is_signed, line_blueprint


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LineWorld]:
    made = build(tmp_path)
    yield made
    made.close()


def test_a_signed_event_is_stored_and_its_chat_is_woken(world: LineWorld) -> None:
    response = world.send(webhook(event()))
    assert response.status_code == 200
    [row] = world.stored()
    assert (row.chat_id, row.kind, row.state) == (USER, "message", "waiting")
    assert row.payload is not None
    assert row.payload["message"]["text"] == "貸出状況"
    assert world.woken == [(USER,)]


def test_one_webhook_may_hold_events_of_several_patrons(world: LineWorld) -> None:
    assert world.send(webhook(event("A"), event("B", OTHER))).status_code == 200
    assert [row.chat_id for row in world.stored()] == [USER, OTHER]
    assert world.woken == [(USER, OTHER)]


def test_an_event_delivered_again_is_stored_once(world: LineWorld) -> None:
    again = event() | {"deliveryContext": {"isRedelivery": True}}
    for body in (webhook(event()), webhook(event()), webhook(again)):
        assert world.send(body).status_code == 200
    assert len(world.stored()) == 1


@pytest.mark.parametrize(
    "kind", [CARD_LINKED_ELSEWHERE, LINK_ENDED, LINK_FAILED, PASSWORD_REGISTERED, "madoguchi.anything"]
)
def test_a_webhook_brings_no_event_of_our_own(world: LineWorld, kind: str) -> None:
    forged = event() | {"type": kind, "cardNumber": "1001", "linkId": "x"}
    assert world.send(webhook(forged, event("B", OTHER))).status_code == 200
    assert [row.kind for row in world.stored()] == ["message"]
    assert world.woken == [(OTHER,)]


def test_lines_published_test_vector_is_signed() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    signature = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    assert is_signed(body, signature, [SECRET.encode()])
    assert not is_signed(body + b" ", signature, [SECRET.encode()])


def test_the_console_can_verify_the_address(world: LineWorld) -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert world.send(body, "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=").status_code == 200
    assert world.stored() == []


def test_the_previous_secret_is_accepted_while_it_is_being_changed(world: LineWorld) -> None:
    assert world.send(webhook(event()), secret=PREVIOUS).status_code == 200


@pytest.mark.parametrize(
    "signature",
    [
        None,
        " ",
        "x",
        "ÿ",
        sign(webhook(event()), "another secret"),
        sign(webhook(event())).lower(),
        sign(webhook(event())) + "=",
        sign(webhook(event("other"))),
        "A" * 5_000,
    ],
)
def test_without_the_right_signature_nothing_is_stored(world: LineWorld, signature: str | None) -> None:
    assert world.send(webhook(event()), signature).status_code == 401
    assert world.stored() == []
    assert world.woken == []


def test_a_body_changed_on_its_way_is_refused(world: LineWorld) -> None:
    assert world.send(webhook(event()) + b"\n", sign(webhook(event()))).status_code == 401


@pytest.mark.parametrize("secrets", [(), ("",), (SECRET, "")])
def test_a_webhook_without_a_secret_is_not_built(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="channel secret"):
        line_blueprint(secrets, lambda _events: (), lambda _chats: None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        '{"events":[]}'.encode("utf-16"),
        b'{"events":[',
        b"null",
        b"[]",
        b"7",
        b'"events"',
        b"{}",
        b'{"events":null}',
        b'{"events":{}}',
        b'{"events":"message"}',
        b'{"events":[7]}',
        b'{"events":[{},null]}',
        b'{"events":[{"timestamp":NaN}]}',
        b'{"events":[{"timestamp":-Infinity}]}',
        b'{"events":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"events":[{"timestamp":' + b"9" * 100_000 + b"}]}",
    ],
    ids=lambda body: body[:24].decode("ascii", "replace"),
)
def test_a_signed_body_that_is_no_webhook_is_refused(world: LineWorld, body: bytes) -> None:
    assert world.send(body).status_code == 400
    assert world.stored() == []


ANY_SHAPE = pytest.mark.parametrize(
    "body",
    [
        b'{"events":[{}]}',
        webhook({"type": "somethingNew", "deep": {"er": [1, None, True]}}),
        webhook(event(message={"type": "text", "id": "1", "text": "a\x00b"})),
        b'{"events":[{"type":"message","webhookEventId":"E","source":{"type":"user","userId":"U1"},'
        b'"message":{"type":"text","text":"\\ud83d"}}]}',
        b'{"events":[{"source":' + b"[" * 300 + b"]" * 300 + b"}]}",
        b'{"destination":7,"events":[]}',
    ],
    ids=lambda body: body[:60].decode("ascii", "replace"),
)


@ANY_SHAPE
def test_events_of_any_shape_are_taken(world: LineWorld, body: bytes) -> None:
    assert world.send(body).status_code == 200


def test_a_body_that_is_too_large_is_refused_unread(world: LineWorld) -> None:
    assert world.send(b" " * (LARGEST_BODY + 1)).status_code == 413
    assert world.send(webhook(event(padding="x" * (LARGEST_BODY - 10_000)))).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed(world: LineWorld, method: str) -> None:
    response = world.app.test_client().open("/line/webhook", method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


def refuses_in_time(world: LineWorld) -> bool:
    """Whether an event is refused within 1.5 seconds; in one of three tries, for the machine may be busy."""
    for _ in range(3):
        began = monotonic()
        assert world.send(webhook(event("B"))).status_code == 503
        if monotonic() - began < 1.5:
            return True
    return False


def test_while_the_database_is_locked_it_says_in_time_that_nothing_is_stored(
    world: LineWorld, tmp_path: Path
) -> None:
    holder = sqlite3.connect(tmp_path / "line.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert refuses_in_time(world)
    holder.execute("ROLLBACK")
    holder.close()
    assert world.send(webhook(event())).status_code == 200
    assert len(world.stored()) == 1


def test_without_its_table_it_says_that_nothing_is_stored(world: LineWorld) -> None:
    with writing(world.engine) as session:
        session.execute(text("DROP TABLE inbox"))
    assert world.send(webhook(event())).status_code == 503
    assert world.woken == []


def test_what_is_stored_is_answered_even_when_no_worker_could_be_woken(world: LineWorld) -> None:
    world.wake_fails = True
    assert world.send(webhook(event())).status_code == 200
    assert len(world.stored()) == 1


@pytest.mark.parametrize("wake_fails", [True, False])
def test_the_log_holds_nothing_of_an_event(
    world: LineWorld, caplog: pytest.LogCaptureFixture, wake_fails: bool
) -> None:
    world.wake_fails = wake_fails
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        world.send(webhook(event()))
        world.send(webhook(event()), "wrong")
        with writing(world.engine) as session:
            session.execute(text("DROP TABLE inbox"))
        world.send(webhook(event("B")))
    written = json.dumps(logs, default=str, ensure_ascii=False) + caplog.text
    for secret in (USER, "貸出状況", "rt-", SECRET, sign(webhook(event()))):
        assert secret not in written


@pytest.fixture
def postgres_world(tmp_path: Path, postgres_url: str) -> Iterator[LineWorld]:
    made = build(tmp_path, database_url=postgres_url)
    yield made
    made.close()


@pytest.mark.postgres
@ANY_SHAPE
def test_events_of_any_shape_are_taken_on_postgresql(postgres_world: LineWorld, body: bytes) -> None:
    assert postgres_world.send(body).status_code == 200


@pytest.mark.postgres
def test_an_event_delivered_again_is_stored_once_on_postgresql(postgres_world: LineWorld) -> None:
    for _ in range(2):
        assert postgres_world.send(webhook(event())).status_code == 200
    assert len(postgres_world.stored()) == 1


@pytest.mark.postgres
def test_while_a_postgresql_table_is_locked_it_says_in_time_that_nothing_is_stored(
    postgres_world: LineWorld,
) -> None:
    assert postgres_world.send(webhook(event("A"))).status_code == 200
    with postgres_world.engine.connect() as holder, holder.begin():
        holder.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        assert refuses_in_time(postgres_world)
    assert postgres_world.send(webhook(event("B"))).status_code == 200
    assert len(postgres_world.stored()) == 2
