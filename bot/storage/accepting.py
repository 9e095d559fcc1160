"""Accepts a webhook's events: safely, once each, and in as few round trips as can be.

LINE waits two seconds, and after a broadcast everybody writes at once. New events are one statement, which is a
transaction by itself; only what came before, or takes something back, needs more.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.storage.engine import ConnectionLost, at_once, writing
from bot.storage.inbox import Arrival, Inbox, arrived, as_row, what_is_new


def accept(engine: Engine, clock: Clock, raw_events: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Store each event once; returns, of each chat in which something waits now, the id of an event that does.

    Whatever was raised on the way: delivering the same events again does what is missing.
    """
    try:
        return _accept(engine, clock, raw_events)
    except ConnectionLost:
        pass
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    # The database was restarted since this connection was used last. The pool has been emptied; once more.
    return _accept(engine, clock, raw_events)


def _accept(engine: Engine, clock: Clock, raw_events: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    arrivals = arrived(raw_events)
    if any(arrival.incoming.unsent_message_id for arrival in arrivals):
        with writing(engine) as session:
            return Inbox(session, clock).store_by_chat(raw_events)
    chats, known = _add_new(engine, clock, arrivals)
    if known:
        with writing(engine) as session:
            chats |= Inbox(session, clock).came_again(known)
    return chats


def _add_new(
    engine: Engine, clock: Clock, arrivals: Sequence[Arrival]
) -> tuple[dict[str, int], list[Arrival]]:
    """As `Inbox.add_new`, in a transaction of its own; on PostgreSQL in one round trip and past SQLAlchemy."""
    if not arrivals:
        return {}, []
    if engine.dialect.name == "sqlite":
        with writing(engine) as session:
            return Inbox(session, clock).add_new(arrivals)
    rows = [as_row(arrival, clock.now()) for arrival in arrivals]
    for row in rows:
        row["payload"] = None if row["payload"] is None else json.dumps(row["payload"])
    parameters = [value for row in rows for value in row.values()]
    return what_is_new(arrivals, at_once(engine, _insert(tuple(rows[0]), len(rows)), parameters))


@lru_cache(maxsize=64)
def _insert(columns: tuple[str, ...], rows: int) -> str:
    """The statement, the same for each webhook of so many events, so that PostgreSQL prepares it once."""
    group = f"({', '.join(['%s'] * len(columns))})"
    return (
        f"INSERT INTO inbox ({', '.join(columns)}) VALUES {', '.join([group] * rows)}"  # noqa: S608  # Our own names.
        " ON CONFLICT (webhook_event_id) DO NOTHING RETURNING webhook_event_id, chat_id, id, state"
    )
