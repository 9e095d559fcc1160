"""The outbox: what is to be sent, written with its cause in one transaction and sent after the commit.

What to do with a parcel next is decided in `bot.jobs.delivery`; here it is read and written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.clock import Clock
from bot.storage.tables.messages import OutboxRow

WAITING: Final = "waiting"
SENDING: Final = "sending"
SENT: Final = "sent"
UNCONFIRMED: Final = "unconfirmed"
DROPPED: Final = "dropped"

REPLY_TOKEN_LIFE: Final = timedelta(minutes=1)
"""From the receipt of the event, or of its redelivery (LINE's reference; the limit may change)."""

ATTEMPT_LIMIT: Final = timedelta(seconds=12)
"""An attempt without an outcome after so long was cut short: each call to LINE has a shorter limit of its own. Were one
still on its way after all, the reply token or the retry key would keep the next one from arriving twice."""

_UNDER_WAY = (WAITING, SENDING)
_BACKLOG = 1000
_REASON_LENGTH = 64


_KEPT: Final = (
    select(OutboxRow)
    .where(OutboxRow.chat_id == bindparam("chat"), OutboxRow.state.in_((*_UNDER_WAY, UNCONFIRMED)))
    .order_by(OutboxRow.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
"""Made once: in every turn, making a statement takes as long as running it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A row whose time has come, and since when."""

    row_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """Messages that leave together, and what was tried so far."""

    outbox_id: int
    """Ours; may stand in a log."""
    chat_id: str
    webhook_event_id: str
    """LINE's id of the event that it answers; empty where it tells something of its own accord."""
    messages: tuple[dict[str, Any], ...]
    frozen: bool
    reply_token: str
    reply_by: datetime | None
    may_push: bool
    retry_key: str
    reports_change: bool
    is_sending: bool
    """An attempt is noted whose outcome is not."""
    may_have_arrived: bool
    attempts: int
    pushed_at: datetime | None
    next_attempt_at: datetime

    is_unconfirmed: bool = False
    """It may have arrived; nothing more is tried, and the next answer repeats it."""

    @property
    def answers(self) -> bool:
        """Whether it answers an event."""
        return bool(self.webhook_event_id)


class Outbox:
    """Parcels by chat. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(
        self,
        chat_id: str,
        messages: Sequence[Mapping[str, Any]],
        *,
        may_push: bool,
        webhook_event_id: str = "",
        reply_token: str = "",
        received_at: datetime | None = None,
        reports_change: bool = False,
    ) -> None:
        """Have these LINE message objects (at most 5) sent: as a reply while the token lives, else by a push."""
        now = self._clock.now()
        row = OutboxRow(
            chat_id=chat_id,
            webhook_event_id=webhook_event_id,
            messages=[dict(message) for message in messages],
            reply_token=reply_token,
            reply_by=received_at + REPLY_TOKEN_LIFE if reply_token and received_at else None,
            may_push=may_push,
            retry_key=str(uuid4()),
            reports_change=reports_change,
            state=WAITING,
            next_attempt_at=now,
            created_at=now,
        )
        self._session.add(row)
        self._session.flush()

    def kept_for(self, chat_id: str) -> tuple[Parcel, ...]:
        """What is not sent yet and what tells of a change and may not have arrived; oldest first, locked until
        the commit.
        """
        rows = self._session.scalars(_KEPT, {"chat": chat_id})
        return tuple(_parcel(row) for row in rows)

    def attempting(self, parcel: Parcel, frozen: Parcel, *, by_push: bool) -> None:
        """Note that an attempt is about to be made; nobody else tries until it must have come to an end.

        `frozen`: the parcel with the messages that are its own from now on, whatever happens.
        """
        now = self._clock.now()
        values: dict[str, Any] = {
            "state": SENDING,
            "attempts": parcel.attempts + 1,
            "next_attempt_at": now + ATTEMPT_LIMIT,
            "may_have_arrived": True,
            "frozen": True,
            "reports_change": frozen.reports_change,
        }
        if frozen.messages != parcel.messages:
            values["messages"] = [dict(message) for message in frozen.messages]
        if by_push:
            values["pushed_at"] = parcel.pushed_at or now
        self._update(OutboxRow.id == parcel.outbox_id, values)

    def later(
        self,
        parcel: Parcel,
        next_attempt_at: datetime,
        *,
        may_have_arrived: bool,
        reason: str,
        request_id: str,
        token_is_dead: bool = False,
    ) -> None:
        """The attempt after `parcel` was read did not succeed; try again at `next_attempt_at`."""
        values: dict[str, Any] = {
            "state": WAITING,
            "next_attempt_at": next_attempt_at,
            "may_have_arrived": may_have_arrived,
            "reason": reason[:_REASON_LENGTH],
            "request_id": request_id[:_REASON_LENGTH],
        }
        if token_is_dead:
            values |= {"reply_token": "", "reply_by": None}
        self._set_after(parcel, values)

    def ended(self, parcel: Parcel, state: str, *, reason: str = "", request_id: str = "") -> None:
        """Nothing more is tried. The messages stay only where the next answer is to repeat them."""
        values: dict[str, Any] = {
            "state": state,
            "ended_at": self._clock.now(),
            "reason": reason[:_REASON_LENGTH],
            "request_id": request_id[:_REASON_LENGTH],
        }
        if state != UNCONFIRMED:
            values |= {"messages": None, "reply_token": ""}
        self._set_after(parcel, values)

    def token_came_again(self, webhook_event_id: str) -> None:
        """LINE delivered the event again: its token lives for another minute, unless it was used."""
        now = self._clock.now()
        self._session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.webhook_event_id == webhook_event_id,
                OutboxRow.state.in_(_UNDER_WAY),
                OutboxRow.pushed_at.is_(None),
                OutboxRow.reply_by.is_not(None),
            )
            .values(reply_by=now + REPLY_TOKEN_LIFE)
            .execution_options(synchronize_session=False)
        )

    def take_back(self, webhook_event_id: str) -> None:
        """The message that this answers was unsent: unless it tells of a change, it need not be sent."""
        self._session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.webhook_event_id == webhook_event_id,
                OutboxRow.state == WAITING,
                OutboxRow.frozen.is_(False),
                OutboxRow.reports_change.is_(False),
            )
            .values(state=DROPPED, reason="unsent", messages=None, ended_at=self._clock.now())
            .execution_options(synchronize_session=False)
        )

    def forget(self, chat_id: str) -> None:
        """Forget what was sent to a chat; what is still under way goes out first."""
        self._session.execute(
            delete(OutboxRow).where(OutboxRow.chat_id == chat_id, OutboxRow.state.not_in(_UNDER_WAY))
        )

    def due(self) -> tuple[str, ...]:
        """The chats for which something may be sent now, or whose attempt may have been cut short.

        Not those whose oldest parcel waits for another try, unless a reply may overtake it.
        """
        found = self._session.scalars(
            select(OutboxRow.chat_id).where(self._is_due()).distinct().limit(_BACKLOG)
        )
        return tuple(found)

    def due_each(self) -> tuple[Due, ...]:
        """As `due`; for each of those chats a parcel that is due, longest due first."""
        since = func.min(OutboxRow.next_attempt_at)
        found = self._session.execute(
            select(func.min(OutboxRow.id), since)
            .where(self._is_due())
            .group_by(OutboxRow.chat_id)
            .order_by(since)
            .limit(_BACKLOG)
        )
        return tuple(Due(row_id, at) for row_id, at in found)

    def _is_due(self) -> ColumnElement[bool]:
        now, before = self._clock.now(), aliased(OutboxRow)
        waits = exists().where(
            before.chat_id == OutboxRow.chat_id,
            before.state.in_(_UNDER_WAY),
            before.id < OutboxRow.id,
            before.next_attempt_at > now,
        )
        may_go = or_(~waits, and_(OutboxRow.reply_by > now, ~waits.where(before.pushed_at.is_(None))))
        return and_(OutboxRow.state.in_(_UNDER_WAY), OutboxRow.next_attempt_at <= now, may_go)

    def chat_of(self, outbox_id: int) -> str:
        """The chat that a parcel is for; empty for one that is forgotten."""
        return self._session.scalar(select(OutboxRow.chat_id).where(OutboxRow.id == outbox_id)) or ""

    def cut_short(self) -> int:
        """Those who were sending are known to be gone: their attempts have no outcome. Returns how many."""
        found = self._session.execute(
            update(OutboxRow)
            .where(OutboxRow.state == SENDING)
            .values(state=WAITING, reason="cut_short", next_attempt_at=self._clock.now())
            .returning(OutboxRow.id)
            .execution_options(synchronize_session=False)
        )
        return len(found.all())

    def _set_after(self, parcel: Parcel, values: Mapping[str, Any]) -> None:
        """Only if no other attempt was begun since the parcel was read."""
        row = OutboxRow
        is_open = row.state.in_((*_UNDER_WAY, UNCONFIRMED))
        self._update(and_(row.id == parcel.outbox_id, is_open, row.attempts <= parcel.attempts + 1), values)

    def _update(self, which: ColumnElement[bool], values: Mapping[str, Any]) -> None:
        self._session.execute(
            update(OutboxRow).where(which).values(**values).execution_options(synchronize_session=False)
        )


def _parcel(row: OutboxRow) -> Parcel:
    return Parcel(
        outbox_id=row.id,
        chat_id=row.chat_id,
        webhook_event_id=row.webhook_event_id,
        messages=tuple(row.messages or ()),
        frozen=row.frozen,
        reply_token=row.reply_token,
        reply_by=row.reply_by,
        may_push=row.may_push,
        retry_key=row.retry_key,
        reports_change=row.reports_change,
        is_sending=row.state == SENDING,
        is_unconfirmed=row.state == UNCONFIRMED,
        may_have_arrived=row.may_have_arrived,
        attempts=row.attempts,
        pushed_at=row.pushed_at,
        next_attempt_at=row.next_attempt_at,
    )
