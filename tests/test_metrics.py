"""Numbers for Prometheus: what our log lines count, what the database says, and nothing personal among the labels."""

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine

from bot import logs, metrics
from bot.clock import StoppedClock
from bot.jobs.quota import QuotaLook
from bot.line.api import Quota
from bot.storage.engine import open_engine, writing
from bot.storage.inbox import Inbox
from bot.storage.migrate import upgrade

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/metrics.sqlite3")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def counting() -> Iterator[None]:
    """Count anew, and what is logged goes nowhere."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in logs.OURS}
    metrics.begin()
    logs.set_up(io.StringIO(), observe=metrics.observe)
    yield
    structlog.reset_defaults()
    root.handlers, root.level = before[0], before[1]
    for name, level in before[2].items():
        logging.getLogger(name).setLevel(level)


def shown(engine: Engine, clock: StoppedClock) -> str:
    """As Prometheus sees it."""
    return metrics.text(metrics.registry(engine, clock)).decode()


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize(
    ("line", "number"),
    [
        (
            {"event": "http", "rule": "/line/webhook", "status": 200, "seconds": 0.02},
            'madoguchi_http_seconds_bucket{le="0.025",rule="/line/webhook",status="200"} 1.0',
        ),
        ({"event": "webhook: events stored", "events": 3}, "madoguchi_webhook_events_total 3.0"),
        (
            {"event": "turn", "said": "renew", "duration_ms": 70},
            'madoguchi_turn_seconds_sum{flow="renew"} 0.07',
        ),
        ({"event": "turn broke", "for_good": True}, 'madoguchi_turns_broken_total{for_good="true"} 1.0'),
        (
            {"event": "parsed", "intent": "renew", "seconds": 0.001},
            'madoguchi_parse_seconds_count{intent="renew"}',
        ),
        (
            {"event": "line.push", "status": 429, "seconds": 0.1},
            'madoguchi_line_send_seconds_count{call="push",status="429"} 1.0',
        ),
        (
            {"event": "line.issue_link_token failed", "status": 500},
            'madoguchi_line_questions_failed_total{call="issue_link_token",status="500"} 1.0',
        ),
        (
            {"event": "attempt", "by": "reply", "delivery": "accepted", "waited": 0.2},
            'madoguchi_reply_seconds_sum{by="reply"} 0.2',
        ),
        (
            {"event": "letter", "delivery": "refused", "refusal": "mailbox_full"},
            'madoguchi_letters_total{delivery="refused",refusal="mailbox_full"} 1.0',
        ),
        (
            {"event": "letter", "delivery": "accepted", "refusal": None},
            'madoguchi_letters_total{delivery="accepted",refusal=""} 1.0',
        ),
        (
            {"event": "parcel ended", "reason": "too_late"},
            'madoguchi_parcels_given_up_total{reason="too_late"} 1.0',
        ),
    ],
    ids=lambda case: case["event"] if isinstance(case, dict) else "",
)
def test_a_line_of_the_log_is_counted(
    engine: Engine, clock: StoppedClock, line: dict[str, object], number: str
) -> None:
    structlog.get_logger("bot.anything").info(**line)
    assert number in shown(engine, clock)


@pytest.mark.usefixtures("counting")
def test_a_line_without_its_number_breaks_nothing(engine: Engine, clock: StoppedClock) -> None:
    structlog.get_logger("bot.anything").info("turn", said="renew")
    structlog.get_logger("bot.anything").info("http", rule="/", status=200, seconds=None)
    assert "madoguchi_inbox_waiting 0.0" in shown(engine, clock)


def test_what_waits_is_counted_with_its_age(engine: Engine, clock: StoppedClock) -> None:
    raw = {
        "type": "message",
        "mode": "active",
        "timestamp": int(NOON.timestamp() * 1000),
        "webhookEventId": "E1",
        "source": {"type": "user", "userId": "U1"},
        "replyToken": "t",
        "message": {"type": "text", "id": "1", "text": "貸出状況"},
    }
    with writing(engine) as session:
        Inbox(session, clock).store([raw])
    clock.advance(timedelta(seconds=90))
    text = shown(engine, clock)
    assert "madoguchi_inbox_waiting 1.0" in text
    assert "madoguchi_inbox_oldest_seconds 90.0" in text
    assert "madoguchi_outbox_oldest_seconds 0.0" in text
    assert "line_quota_left" not in text  # Nobody asked LINE yet.
    assert "貸出状況" not in text
    assert "U1" not in text


@pytest.mark.parametrize(("quota", "left"), [(Quota(200, 50), "150.0"), (Quota(None, 50), None)])
def test_what_is_left_of_the_months_messages_is_shown(
    engine: Engine, clock: StoppedClock, quota: Quota, left: str | None
) -> None:
    class Line:
        def quota(self) -> Quota:
            return quota

    QuotaLook(engine, Line(), clock).look()
    assert (f"madoguchi_line_quota_left {left}" in shown(engine, clock)) is (left is not None)


def test_while_the_database_is_away_the_rest_is_shown(tmp_path: Path, clock: StoppedClock) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/without-tables.sqlite3")
    text = shown(engine, clock)
    engine.dispose()
    assert "inbox" not in text
    assert "madoguchi_turn_seconds" in text
