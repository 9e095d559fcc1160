"""The inbox: every event is stored before LINE's request is answered, and handled once.

An event's JSON is kept while it waits; once it is handled, what is left tells a repeated event from a new one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bot.clock import Clock
from bot.line.events import OUR_OWN, Incoming, read_event
from bot.storage.outbox import Due, Outbox
from bot.storage.tables.messages import EVENT_ID_LENGTH, InboxRow
from bot.storage.upsert import insert_into

WAITING: Final = "waiting"
HANDLED: Final = "handled"
FAILED: Final = "failed"

TOKEN_COMES_AGAIN: Final = timedelta(minutes=20)
"""A redelivered event's reply token lives anew, up to so long after the event (LINE's reference)."""

_KIND_LENGTH = 64
_BACKLOG = 1000

_SILENT: Final = frozenset({"unfollow", "unsend"})
"""Kinds that are acted on without an answer, even while another module has the chat."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event whose turn has come."""

    inbox_id: int
    """Ours; may stand in a log."""
    webhook_event_id: str
    incoming: Incoming
    received_at: datetime
    """UTC; when LINE delivered it last."""
    attempts: int
    """Turns that failed."""


class Inbox:
    """Events by chat. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def store(self, raw_events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Store each of LINE's events once; returns the chats of these in which something waits now.

        An event that bears the name of one of our own is none of LINE's: nothing is done about it.
        """
        return tuple(self._store(raw_events, are_ours=False))

    def store_each(self, raw_events: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
        """As `store`; of each of those chats the id of an event that waits in it."""
        return tuple(self._store(raw_events, are_ours=False).values())

    def store_own(self, raw_events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """The same for events of our own making (`bot.jobs.own_events`)."""
        return tuple(self._store(raw_events, are_ours=True))

    def _store(self, raw_events: Sequence[Mapping[str, Any]], *, are_ours: bool) -> dict[str, int]:
        chats: dict[str, int] = {}
        for raw in raw_events:
            incoming = read_event(raw)
            if incoming.kind.startswith(OUR_OWN) is not are_ours:
                continue
            event_id = incoming.webhook_event_id or _made_up_id(raw)
            waiting = self._add(event_id, incoming, raw) or self._came_again(event_id, raw)
            if waiting is not None:
                chats[incoming.chat_id] = waiting
        return chats

    def chat_of(self, inbox_id: int) -> str:
        """The chat in which this event waits or failed; empty once it is handled."""
        return self._session.scalar(select(InboxRow.chat_id).where(InboxRow.id == inbox_id)) or ""

    def next_in(self, chat_id: str) -> Waiting | None:
        """The oldest waiting event of the chat; None without one, or while the oldest waits for another try."""
        row = self._session.scalar(
            select(InboxRow)
            .where(InboxRow.chat_id == chat_id, InboxRow.state == WAITING)
            .order_by(InboxRow.at, InboxRow.id)
            .limit(1)
            .execution_options(populate_existing=True)
        )
        if row is None or row.payload is None or row.next_attempt_at > self._clock.now():
            return None
        incoming = read_event(row.payload)
        return Waiting(row.id, row.webhook_event_id, incoming, row.received_at, row.attempts)

    def handled(self, inbox_id: int) -> None:
        """Its turn is over: only what tells it from a new event stays."""
        self._end(InboxRow.id == inbox_id, "")

    def failed(self, inbox_id: int, reason: str, next_attempt_at: datetime | None) -> None:
        """A turn on it failed; None: for good. `reason` is a code, nothing personal."""
        values: dict[str, Any] = {"attempts": InboxRow.attempts + 1, "reason": reason[:_KIND_LENGTH]}
        if next_attempt_at is None:
            values |= {"state": FAILED, "handled_at": self._clock.now()}
        else:
            values |= {"next_attempt_at": next_attempt_at}
        self._session.execute(update(InboxRow).where(InboxRow.id == inbox_id).values(**values))

    def forget(self, chat_id: str) -> None:
        """Forget what is kept of a chat's failed events."""
        self._end((InboxRow.chat_id == chat_id) & (InboxRow.state == FAILED), "forgotten")

    def due(self) -> tuple[str, ...]:
        """The chats in which an event's turn has come; not those whose oldest event waits for another try."""
        found = self._session.scalars(
            select(InboxRow.chat_id).where(self._is_due()).distinct().limit(_BACKLOG)
        )
        return tuple(found)

    def due_each(self) -> tuple[Due, ...]:
        """As `due`; of each of those chats an event whose turn has come, longest due first."""
        since = func.min(InboxRow.next_attempt_at)
        found = self._session.execute(
            select(func.min(InboxRow.id), since)
            .where(self._is_due())
            .group_by(InboxRow.chat_id)
            .order_by(since)
            .limit(_BACKLOG)
        )
        return tuple(Due(row_id, at) for row_id, at in found)

    def _is_due(self) -> ColumnElement[bool]:
        now, held_up = self._clock.now(), aliased(InboxRow)
        waits_for_a_try = exists().where(
            held_up.chat_id == InboxRow.chat_id, held_up.state == WAITING, held_up.next_attempt_at > now
        )
        return and_(InboxRow.state == WAITING, InboxRow.next_attempt_at <= now, ~waits_for_a_try)

    def _add(self, event_id: str, incoming: Incoming, raw: Mapping[str, Any]) -> int | None:
        """Its id if it is new and waits now."""
        reason = self._why_not(incoming)
        now = self._clock.now()
        added = self._session.execute(
            insert_into(self._session, InboxRow)
            .values(
                webhook_event_id=event_id,
                chat_id="" if reason else incoming.chat_id,
                kind=incoming.kind[:_KIND_LENGTH],
                message_id=incoming.message_id or incoming.unsent_message_id,
                at=incoming.at,
                received_at=now,
                state=HANDLED if reason else WAITING,
                payload=None if reason else dict(raw),
                attempts=0,
                next_attempt_at=now,
                reason=reason,
                handled_at=now if reason else None,
            )
            .on_conflict_do_nothing(index_elements=[InboxRow.webhook_event_id])
            .returning(InboxRow.id)
        )
        inbox_id = added.scalar()
        if inbox_id is not None and incoming.unsent_message_id:
            self._unsend(incoming.unsent_message_id)
        return None if reason else inbox_id

    def _why_not(self, incoming: Incoming) -> str:
        """Why nothing will be done about it; empty if something will."""
        if incoming.kind in _SILENT:
            return "" if incoming.chat_id else "no_chat"
        if not incoming.is_active:
            return "standby"
        if incoming.event is None and incoming.link_ok is None:
            return "nothing_to_say"
        if incoming.message_id and self._was_unsent(incoming.message_id):
            return "unsent"
        return ""

    def _was_unsent(self, message_id: str) -> bool:
        query = select(InboxRow.id).where(InboxRow.message_id == message_id, InboxRow.kind == "unsend")
        return self._session.scalar(query.limit(1)) is not None

    def _unsend(self, message_id: str) -> None:
        """Remove a message that was not handled yet, or failed: it is not acted on, nor answered."""
        query = select(InboxRow.webhook_event_id)
        for event_id in self._session.scalars(
            query.where(InboxRow.message_id == message_id, InboxRow.kind != "unsend")
        ):
            Outbox(self._session, self._clock).take_back(event_id)
        is_kept = (InboxRow.kind != "unsend") & InboxRow.payload.is_not(None)
        self._end((InboxRow.message_id == message_id) & is_kept, "unsent")

    def _came_again(self, event_id: str, raw: Mapping[str, Any]) -> int | None:
        """LINE delivered it again: its reply token lives anew. Its id if it still waits."""
        context = raw.get("deliveryContext")
        row = self._session.scalar(
            select(InboxRow)
            .where(InboxRow.webhook_event_id == event_id)
            .execution_options(populate_existing=True)
        )
        if row is None:
            return None
        now = self._clock.now()
        comes_again = isinstance(context, Mapping) and context.get("isRedelivery") is True
        if comes_again and now - row.at < TOKEN_COMES_AGAIN:
            row.received_at = now
            self._session.flush()
            Outbox(self._session, self._clock).token_came_again(event_id)
        return row.id if row.state == WAITING else None

    def _end(self, which: Any, reason: str) -> None:
        self._session.execute(
            update(InboxRow)
            .where(which)
            .values(state=HANDLED, payload=None, chat_id="", reason=reason, handled_at=self._clock.now())
            .execution_options(synchronize_session=False)
        )


def _made_up_id(raw: Mapping[str, Any]) -> str:
    """For an event without an id of its own: the same content is the same event."""
    content = json.dumps({key: raw[key] for key in sorted(raw) if key != "deliveryContext"}, sort_keys=True)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:EVENT_ID_LENGTH]
