"""Accepts a webhook's events: safely, once each, and in as few round trips as can be.

LINE waits two seconds, and after a broadcast everybody writes at once. New events are one statement, which is a
transaction by itself; only what came before, or takes something back, needs more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.storage.engine import one_statement, writing
from bot.storage.inbox import Inbox, arrived


def accept(engine: Engine, clock: Clock, raw_events: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Store each event once; returns, of each chat in which something waits now, the id of an event that does.

    Whatever was raised on the way: delivering the same events again does what is missing.
    """
    try:
        return _accept(engine, clock, raw_events)
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
    with one_statement(engine) as session:
        chats, known = Inbox(session, clock).add_new(arrivals)
    if known:
        with writing(engine) as session:
            chats |= Inbox(session, clock).came_again(known)
    return chats
