"""The whole web application over a real SQLite file; workers are noted, not run."""

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from databases import new_database
from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from bot import wiring
from bot.clock import StoppedClock
from bot.config import load_settings
from bot.policies import load_policy
from bot.storage.engine import open_engine, reading
from bot.storage.migrate import is_current
from bot.storage.tables.messages import InboxRow
from webhooks.app import AppParts, create_app
from webhooks.health import Check

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
PREVIOUS = "the secret before it was changed"
USER = "U00000000000000000000000000000001"
OTHER = "U00000000000000000000000000000002"


@dataclass
class LineWorld:
    """The application, its database, and whom it woke."""

    database_url: str
    engine: Engine
    webhook_engine: Engine
    app: Flask
    woken: list[tuple[str, ...]] = field(default_factory=list)
    wake_fails: bool = False
    checks: dict[str, Check] = field(default_factory=dict)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
        self.webhook_engine.dispose()

    def send(
        self, body: bytes, signature: str | None = "", secret: str = SECRET, **more: Any
    ) -> TestResponse:
        """POST a body; signed unless a signature is given (None: no header)."""
        headers = {} if signature is None else {"X-Line-Signature": signature or sign(body, secret)}
        return self.app.test_client().post(
            "/line/webhook", data=body, headers=headers, content_type="application/json", **more
        )

    def stored(self) -> list[InboxRow]:
        """What is in the inbox."""
        with reading(self.engine) as session:
            return list(session.scalars(select(InboxRow).order_by(InboxRow.id)))


def build(folder: Path, *, public_url: str = "https://bot.example.jp", database_url: str = "") -> LineWorld:
    """A world of its own; on SQLite unless another database, with all tables, is named."""
    url = database_url or new_database(folder / "line.sqlite3")
    engine = open_engine(url)
    clock = StoppedClock(datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC))
    policy = load_policy("mito")
    settings = load_settings(PUBLIC_URL=public_url)
    webhook_engine = open_engine(url, patience_ms=wiring.WEBHOOK_PATIENCE_MS)
    world = LineWorld(url, engine, webhook_engine, Flask("replaced below"))
    world.checks["database"] = lambda: is_current(engine)

    def wake(chats: Any) -> None:
        if world.wake_fails:
            raise RuntimeError
        world.woken.append(tuple(chats))

    world.app = create_app(
        AppParts(
            link=wiring.link_services(settings, policy, clock, engine),
            card=wiring.card_services(policy, clock, engine),
            mail=wiring.mail_services(settings, policy, clock, engine),
            secret_key="secret of this test",
            channel_secrets=(SECRET, PREVIOUS),
            store=wiring.inbox_store(webhook_engine, clock),
            wake=wake,
            checks=world.checks,
        )
    )
    return world


def sign(body: bytes, secret: str = SECRET) -> str:
    """LINE's signature of a body."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def event(event_id: str = "01JGEXAMPLE0000000000000AA", user: str = USER, **fields: Any) -> dict[str, Any]:
    """A text message."""
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1767225600000,
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": user},
        "replyToken": f"rt-{event_id}",
        "message": {"type": "text", "id": "1001", "quoteToken": "q", "text": "貸出状況"},
        **fields,
    }


def webhook(*events: Any) -> bytes:
    """The body of a webhook."""
    body = {"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": list(events)}
    return json.dumps(body, ensure_ascii=False).encode()
