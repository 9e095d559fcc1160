"""The inbox: every event is stored before LINE's request is answered, and handled once.

An event's JSON is kept while it waits; once it is handled, what is left tells a repeated event from a new one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

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

_SILENT: Final = frozenset({"unfollow", "unsend", "leave"})
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


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as LINE delivered it, read."""

    event_id: str
    """By which it is known again."""
    incoming: Incoming
    raw: Mapping[str, Any]


def arrived(raw_events: Sequence[Mapping[str, Any]], *, are_ours: bool = False) -> list[Arrival]:
    """These events, read; LINE's own, or those of our own making. The others are left out."""
    read = [(read_event(raw), raw) for raw in raw_events]
    return [
        Arrival(incoming.webhook_event_id or _made_up_id(raw), incoming, raw)
        for incoming, raw in read
        if incoming.kind.startswith(OUR_OWN) is are_ours
    ]


def _oldest() -> Select[InboxRow, bool]:
    unsent = aliased(InboxRow)
    was_unsent = exists().where(
        InboxRow.kind == "message", unsent.message_id == InboxRow.message_id, unsent.kind == "unsend"
    )
    return (
        select(InboxRow, was_unsent)
        .where(InboxRow.chat_id == bindparam("chat"), InboxRow.state == WAITING)
        .order_by(InboxRow.at, InboxRow.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _handled() -> ReturningUpdate[bool]:
    others = aliased(InboxRow)
    more = exists().where(
        others.chat_id == bindparam("chat"), others.state == WAITING, others.id != bindparam("row")
    )
    return (
        update(InboxRow)
        .where(InboxRow.id == bindparam("row"))
        .values(
            state=HANDLED,
            payload=None,
            chat_id="",
            reason="",
            handled_at=bindparam("now"),
            understood=bindparam("were_understood"),
        )
        .returning(more)
        .execution_options(synchronize_session=False, autoflush=False)
    )


_OLDEST: Final = _oldest()
_HANDLED: Final = _handled()
"""Made once: in every turn, making a statement takes as long as running it."""


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

    def store_by_chat(self, raw_events: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """As `store`; of each of those chats the id of an event that waits in it."""
        return self._store(raw_events, are_ours=False)

    def store_own(self, raw_events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """The same for events of our own making (`bot.jobs.own_events`)."""
        return tuple(self._store(raw_events, are_ours=True))

    def _store(self, raw_events: Sequence[Mapping[str, Any]], *, are_ours: bool) -> dict[str, int]:
        arrivals = arrived(raw_events, are_ours=are_ours)
        chats, known = self.add_new(arrivals)
        for arrival in arrivals:
            if arrival.incoming.unsent_message_id and arrival not in known:
                self._unsend(arrival.incoming.unsent_message_id)
        return chats | self.came_again(known)

    def add_new(self, arrivals: Sequence[Arrival]) -> tuple[dict[str, int], list[Arrival]]:
        """Add, in one statement, what is not there yet.

        Returns, of each chat, the id of an event that waits now; and what had been there before.
        """
        if not arrivals:
            return {}, []
        rows = self._session.execute(
            insert_into(self._session, InboxRow)
            .on_conflict_do_nothing(index_elements=[InboxRow.webhook_event_id])
            .returning(InboxRow.webhook_event_id, InboxRow.chat_id, InboxRow.id, InboxRow.state),
            [as_row(arrival, self._clock.now()) for arrival in arrivals],
        ).all()
        return what_is_new(arrivals, rows)

    def came_again(self, arrivals: Sequence[Arrival]) -> dict[str, int]:
        """LINE delivered these again; of each chat the id of one that still waits."""
        found = [(arrival, self._came_again(arrival.event_id, arrival.raw)) for arrival in arrivals]
        return {arrival.incoming.chat_id: row_id for arrival, row_id in found if row_id is not None}

    def chat_of(self, inbox_id: int) -> str:
        """The chat in which this event waits or failed; empty once it is handled."""
        return self._session.scalar(select(InboxRow.chat_id).where(InboxRow.id == inbox_id)) or ""

    def next_in(self, chat_id: str) -> Waiting | None:
        """The oldest waiting event of the chat; None without one, or while the oldest waits for another try.

        A message that was unsent before it came is passed over, and its text goes.
        """
        row, was_unsent = self._oldest_in(chat_id)
        while row is not None and was_unsent:
            self._end(InboxRow.id == row.id, "unsent")
            row, was_unsent = self._oldest_in(chat_id)
        if row is None or row.payload is None or row.next_attempt_at > self._clock.now():
            return None
        incoming = read_event(row.payload)
        return Waiting(row.id, row.webhook_event_id, incoming, row.received_at, row.attempts)

    def _oldest_in(self, chat_id: str) -> tuple[InboxRow | None, bool]:
        """The oldest waiting event, and whether it is a message that was unsent."""
        found = self._session.execute(_OLDEST, {"chat": chat_id}).first()
        return (None, False) if found is None else (found[0], found[1])

    def handled(self, waiting: Waiting, *, understood: bool | None = None) -> bool:
        """Its turn is over: only what tells it from a new event stays. Whether something else waits in the chat.

        `understood`: whether its words were; None where it had none.
        """
        of_this = {"row": waiting.inbox_id, "chat": waiting.incoming.chat_id, "now": self._clock.now()}
        of_this["were_understood"] = understood
        return bool(self._session.scalar(_HANDLED, of_this))

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

    def _end(self, which: ColumnElement[bool], reason: str) -> None:
        self._session.execute(
            update(InboxRow)
            .where(which)
            .values(state=HANDLED, payload=None, chat_id="", reason=reason, handled_at=self._clock.now())
            .execution_options(synchronize_session=False)
        )


def as_row(arrival: Arrival, now: datetime) -> dict[str, Any]:
    """An event as it is added at `now` (UTC): a value for each column but the id."""
    incoming = arrival.incoming
    reason = _why_not(incoming)
    return {
        "webhook_event_id": arrival.event_id,
        "chat_id": "" if reason else incoming.chat_id,
        "kind": incoming.kind[:_KIND_LENGTH],
        "message_id": incoming.message_id or incoming.unsent_message_id,
        "at": incoming.at,
        "received_at": now,
        "state": HANDLED if reason else WAITING,
        "payload": None if reason else dict(arrival.raw),
        "attempts": 0,
        "next_attempt_at": now,
        "reason": reason,
        "handled_at": now if reason else None,
        "understood": None,
    }


def what_is_new(
    arrivals: Sequence[Arrival], added: Iterable[Sequence[Any]]
) -> tuple[dict[str, int], list[Arrival]]:
    """As `Inbox.add_new` returns it. `added`: event id, chat id, id and state of each row that was added."""
    chats: dict[str, int] = {}
    new = set()
    for event_id, chat_id, row_id, state in added:
        new.add(event_id)
        if state == WAITING:
            chats[chat_id] = row_id
    return chats, [arrival for arrival in arrivals if arrival.event_id not in new]


def _why_not(incoming: Incoming) -> str:
    """Why nothing will be done about it; empty if something will."""
    if incoming.kind in _SILENT:
        return "" if incoming.chat_id else "no_chat"
    if not incoming.is_active:
        return "standby"
    if incoming.event is None and incoming.link_ok is None:
        return "nothing_to_say"
    return ""


def _made_up_id(raw: Mapping[str, Any]) -> str:
    """For an event without an id of its own: the same content is the same event."""
    content = json.dumps({key: raw[key] for key in sorted(raw) if key != "deliveryContext"}, sort_keys=True)
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:EVENT_ID_LENGTH]
