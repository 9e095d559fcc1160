"""The batches in which announcements go out. What is in one never changes: a retry is the same bytes, the same key.

`waiting`: to be sent. `sending`: an attempt is noted. `sent`. `failed`: LINE took it from nobody. `in_doubt`: LINE's
memory of the key ended before it said whether it had arrived; it is not repeated. `split`: refused, in two halves now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.announcements import AnnouncementBatchRow

WAITING: Final = "waiting"
SENDING: Final = "sending"
SENT: Final = "sent"
FAILED: Final = "failed"
IN_DOUBT: Final = "in_doubt"
SPLIT: Final = "split"

MOST: Final = 500
"""Recipients of one multicast."""

ATTEMPT_LIMIT: Final = timedelta(seconds=15)
"""An attempt without an outcome after so long was cut short: a call takes 8 seconds at most."""

_UNDER_WAY: Final = (WAITING, SENDING)

Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """One call in hand."""

    id: int
    """Ours; may stand in a log."""
    number: int
    """Of the announcement."""
    is_trial: bool
    recipients: tuple[str, ...]
    """Empty: everybody."""
    messages: tuple[dict[str, Any], ...]
    retry_key: str
    attempts: int
    """This one counted."""
    first_at: datetime
    may_have_arrived: bool
    """An earlier attempt may have."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people the batches hold, by what became of them."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0
    in_doubt: int = 0

    @property
    def total(self) -> int:
        """All."""
        return self.waiting + self.over

    @property
    def over(self) -> int:
        """Of whom nothing is tried any more."""
        return self.sent + self.failed + self.in_doubt


class AnnouncementBatches:
    """All of them. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(
        self, number: int, recipients: Sequence[str], messages: Messages, *, is_trial: bool = False
    ) -> None:
        """Have it sent to these, in batches."""
        rows = [
            self._values(number, list(part), len(part), messages, is_trial) for part in _parts(recipients)
        ]
        if rows:
            self._session.execute(insert(AnnouncementBatchRow), rows)

    def add_for_everybody(self, number: int, people: int, messages: Messages) -> None:
        """Have it sent to all friends; `people`: as many as we know of."""
        self._session.execute(
            insert(AnnouncementBatchRow), [self._values(number, None, people, messages, False)]
        )

    def is_any_due(self) -> bool:
        """Whether the time of a call has come."""
        row = AnnouncementBatchRow
        query = select(row.id).where(row.state.in_(_UNDER_WAY), row.next_attempt_at <= self._clock.now())
        return self._session.scalar(query.limit(1)) is not None

    def take(self) -> Batch | None:
        """Note an attempt at a batch whose time has come; nobody else takes it before the attempt must be over."""
        now, row = self._clock.now(), AnnouncementBatchRow
        found = self._session.scalars(
            select(row)
            .where(row.state.in_(_UNDER_WAY), row.next_attempt_at <= now)
            .order_by(row.is_trial.desc(), row.next_attempt_at, row.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        # An attempt that is still noted was cut short: nobody knows how far it came.
        found.may_have_arrived = found.may_have_arrived or found.state == SENDING
        found.state = SENDING
        found.attempts += 1
        found.first_at = found.first_at or now
        found.next_attempt_at = now + ATTEMPT_LIMIT
        self._session.flush()
        return Batch(
            found.id,
            found.number,
            found.is_trial,
            tuple(found.recipients or ()),
            tuple(found.messages or ()),
            found.retry_key,
            found.attempts,
            found.first_at,
            found.may_have_arrived,
        )

    def later(self, batch_id: int, at: datetime, *, may_have_arrived: bool) -> None:
        """It is tried again."""
        row = self._row(batch_id)
        if row.state == SENDING:
            row.state, row.next_attempt_at = WAITING, at
            row.may_have_arrived = row.may_have_arrived or may_have_arrived

    def ended(self, batch_id: int, state: str, request_id: str = "") -> None:
        """Nothing more is tried; to whom it went is forgotten."""
        row = self._row(batch_id)
        if row.state in _UNDER_WAY:
            row.state, row.ended_at, row.request_id = state, self._clock.now(), request_id[:64]
            row.recipients = row.messages = None

    def split(self, batch_id: int) -> None:
        """LINE refuses one of its recipients and does not say whom: two halves, under keys of their own."""
        row = self._row(batch_id)
        if row.state not in _UNDER_WAY:
            return
        recipients, half = list(row.recipients or ()), len(row.recipients or ()) // 2
        for part in (recipients[:half], recipients[half:]):
            self.add(row.number, part, row.messages or (), is_trial=row.is_trial)
        self.ended(batch_id, SPLIT)

    def progress(self, number: int) -> Progress:
        """Of the announcement; trials don't count."""
        row = AnnouncementBatchRow
        rows = self._session.execute(
            select(row.state, func.sum(row.people))
            .where(row.number == number, ~row.is_trial, row.state != SPLIT)
            .group_by(row.state)
        )
        found = {state: int(people) for state, people in rows}
        waiting = sum(found.get(state, 0) for state in _UNDER_WAY)
        return Progress(waiting, found.get(SENT, 0), found.get(FAILED, 0), found.get(IN_DOUBT, 0))

    def is_over(self, number: int) -> bool:
        """Whether none of its batches is under way."""
        row = AnnouncementBatchRow
        return not self._session.scalar(
            select(exists().where(row.number == number, ~row.is_trial, row.state.in_(_UNDER_WAY)))
        )

    def request_ids(self, number: int) -> tuple[str, ...]:
        """LINE's, of what it accepted."""
        row = AnnouncementBatchRow
        query = select(row.request_id).where(row.number == number, ~row.is_trial, row.request_id != "")
        return tuple(self._session.scalars(query))

    def forget_trials(self, kept: timedelta) -> None:
        """Remove trials that are over for so long."""
        row = AnnouncementBatchRow
        self._session.execute(delete(row).where(row.is_trial, row.ended_at < self._clock.now() - kept))

    def _values(
        self, number: int, recipients: list[str] | None, people: int, messages: Messages, is_trial: bool
    ) -> dict[str, Any]:
        return {
            "number": number,
            "is_trial": is_trial,
            "recipients": recipients,
            "people": people,
            "messages": [dict(message) for message in messages],
            "retry_key": str(uuid4()),
            "state": WAITING,
            "next_attempt_at": self._clock.now(),
        }

    def _row(self, batch_id: int) -> AnnouncementBatchRow:
        row = self._session.get(AnnouncementBatchRow, batch_id, with_for_update=True, populate_existing=True)
        assert row is not None  # noqa: S101  # Rows of what goes out are not removed.
        return row


def _parts(recipients: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(recipients), MOST):
        yield recipients[start : start + MOST]
