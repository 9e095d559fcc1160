"""Letters by state. They are written with their cause in one transaction, and sent after the commit."""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.mail.letters import Letter
from bot.storage.tables.mails import MailRow

WAITING: Final = "waiting"
SENT: Final = "sent"
REFUSED: Final = "refused"
GIVEN_UP: Final = "given_up"

_BACKLOG = 100


class Mails:
    """Letters. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, kind: str, *, to: str, subject: str, text: str) -> None:
        """Have a letter sent. `kind` is a code that may stand in a log."""
        now = self._clock.now()
        self._session.add(
            MailRow(
                kind=kind,
                to=to,
                subject=subject,
                text=text,
                message_id=f"<{uuid4()}@{to.rpartition('@')[2] or 'localhost'}>",
                state=WAITING,
                next_attempt_at=now,
                created_at=now,
            )
        )
        self._session.flush()

    def due(self) -> tuple[int, ...]:
        """The ids of the letters whose time has come, oldest first."""
        query = select(MailRow.id).where(
            MailRow.state == WAITING, MailRow.next_attempt_at <= self._clock.now()
        )
        return tuple(self._session.scalars(query.order_by(MailRow.id).limit(_BACKLOG)))

    def take(self, mail_id: int, again_at: datetime) -> tuple[Letter, int, datetime] | None:
        """Note an attempt: the letter, how many attempts that makes, and since when it waits.

        Nobody else takes it before `again_at`. None: somebody else has it, or it is over.
        """
        row = self._session.get(MailRow, mail_id, with_for_update=True, populate_existing=True)
        if row is None or row.state != WAITING or row.next_attempt_at > self._clock.now():
            return None
        row.attempts += 1
        row.next_attempt_at = again_at
        self._session.flush()
        return Letter(row.to, row.subject, row.text, row.message_id), row.attempts, row.created_at

    def later(self, mail_id: int, again_at: datetime) -> None:
        """It was not taken; try again then."""
        self._session.get_one(MailRow, mail_id).next_attempt_at = again_at

    def ended(self, mail_id: int, state: str) -> None:
        """Nothing more is tried; address and text are forgotten."""
        row = self._session.get_one(MailRow, mail_id)
        row.state, row.ended_at = state, self._clock.now()
        row.to = row.subject = row.text = ""

    def forget_old(self, kept: timedelta) -> None:
        """Remove the rows of letters that ended so long ago."""
        before = self._clock.now() - kept
        self._session.execute(delete(MailRow).where(MailRow.state != WAITING, MailRow.ended_at < before))
