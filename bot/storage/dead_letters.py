"""Events whose turns failed for good: what is known of them, and another chance. Nothing personal is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.inbox import FAILED, WAITING
from bot.storage.tables.messages import InboxRow


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that could not be handled."""

    inbox_id: int
    kind: str
    """LINE's type of the event."""
    at: datetime
    """When it happened, UTC."""
    attempts: int
    reason: str
    """Why the last turn failed, as a code."""


class DeadLetters:
    """The failed events of the inbox. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def all(self) -> tuple[DeadLetter, ...]:
        """All of them, oldest first."""
        rows = self._session.scalars(
            select(InboxRow).where(InboxRow.state == FAILED).order_by(InboxRow.at, InboxRow.id)
        )
        return tuple(DeadLetter(row.id, row.kind, row.at, row.attempts, row.reason) for row in rows)

    def retry(self, inbox_ids: Sequence[int] | None = None) -> int:
        """Let them wait for a turn again (None: all of them); returns how many.

        An event that is old by now confirms nothing any more, whatever it says.
        """
        which = InboxRow.state == FAILED
        if inbox_ids is not None:
            which &= InboxRow.id.in_(inbox_ids)
        again = update(InboxRow).where(which, InboxRow.payload.is_not(None)).returning(InboxRow.id)
        found = self._session.scalars(
            again.values(state=WAITING, attempts=0, handled_at=None, next_attempt_at=self._clock.now())
        )
        return len(found.all())
