"""The only place that joins the parts and names the adapters."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from bot.clock import Clock
from bot.storage.engine import writing
from bot.storage.inbox import Inbox
from webhooks.line import Store

WEBHOOK_PATIENCE_MS = 1000
"""How long storing an event may wait for the database: LINE waits for an answer no longer than 2 seconds."""


def inbox_store(engine: Engine, clock: Clock) -> Store:
    """Stores a webhook's events in one writing transaction. `engine` gives up before LINE does."""

    def store(events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        with writing(engine) as session:
            return Inbox(session, clock).store(events)

    return store
