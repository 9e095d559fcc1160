"""Letters by state. They are written with their cause in one transaction, and sent after the commit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.mail import Letter, Refusal
from bot.storage.tables.mails import MailRow

WAITING: Final = "waiting"
SENT: Final = "sent"
REFUSED: Final = "refused"
GIVEN_UP: Final = "given_up"

_NOTHING: Final = {"to": "", "subject": "", "text": "", "html": "", "unsubscribe_url": ""}
"""What is left of a letter that is over."""

_AT_ONCE: Final = 500
"""Letters asked for in one query; databases have a limit."""

TRIED_FOR: Final = timedelta(days=2)
"""Unless its writer says otherwise."""


@dataclass(frozen=True, slots=True)
class MailFate:
    """What became of a letter."""

    state: str
    """`waiting`, `sent` (a server took it), `refused` (a server never will) or `given_up`."""
    refusal: Refusal | None = None
    """Why it was refused."""
    ended_at: datetime | None = None
    """UTC; None while it waits."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter in hand."""

    mail_id: int
    letter: Letter
    attempts: int
    """This one counted."""


class Mails:
    """Letters. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(
        self,
        kind: str,
        *,
        to: str,
        subject: str,
        text: str,
        html: str = "",
        unsubscribe_url: str = "",
        given_up_at: datetime | None = None,
    ) -> int:
        """Have a letter sent; returns its id, by which its fate can be read. `kind` is a code that may stand in a log.

        `given_up_at`: from when on it would come too late (None: in two days).
        """
        now = self._clock.now()
        row = MailRow(
            kind=kind,
            to=to,
            subject=subject,
            text=text,
            html=html,
            unsubscribe_url=unsubscribe_url,
            key=str(uuid4()),
            state=WAITING,
            next_attempt_at=now,
            given_up_at=given_up_at or now + TRIED_FOR,
            created_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def fates(self, mail_ids: Iterable[int]) -> Mapping[int, MailFate]:
        """What became of letters, by id; one that was forgotten is not among them."""
        ids, found = tuple(mail_ids), dict[int, MailFate]()
        query = select(MailRow.id, MailRow.state, MailRow.refusal, MailRow.ended_at)
        for at in range(0, len(ids), _AT_ONCE):
            some = query.where(MailRow.id.in_(ids[at : at + _AT_ONCE]))
            for mail_id, state, refusal, ended_at in self._session.execute(some):
                found[mail_id] = MailFate(state, Refusal(refusal) if refusal else None, ended_at)
        return found

    def fate(self, mail_id: int) -> MailFate | None:
        """What became of one letter; None if it was forgotten."""
        return self.fates([mail_id]).get(mail_id)

    def is_any_due(self) -> bool:
        """Whether a letter's time has come."""
        query = select(MailRow.id).where(
            MailRow.state == WAITING, MailRow.next_attempt_at <= self._clock.now()
        )
        return self._session.scalar(query.limit(1)) is not None

    def take_due(self, most: int, again_at: datetime) -> tuple[Taken, ...]:
        """Note an attempt at the letters whose time has come, oldest first.

        Nobody else takes them before `again_at`.
        """
        query = (
            select(MailRow)
            .where(MailRow.state == WAITING, MailRow.next_attempt_at <= self._clock.now())
            .order_by(MailRow.next_attempt_at, MailRow.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        rows = self._session.scalars(query).all()
        for row in rows:
            row.attempts += 1
            row.next_attempt_at = again_at
        self._session.flush()
        return tuple(Taken(row.id, _letter(row), row.attempts) for row in rows)

    def give_up_late(self) -> None:
        """End what would come too late now."""
        now = self._clock.now()
        self._session.execute(
            update(MailRow)
            .where(MailRow.state == WAITING, MailRow.next_attempt_at <= now, MailRow.given_up_at <= now)
            .values(state=GIVEN_UP, ended_at=now, **_NOTHING)
            .execution_options(synchronize_session=False)
        )

    def later(self, mail_id: int, again_at: datetime) -> None:
        """It was not taken; try again then."""
        row = self._session.get_one(MailRow, mail_id)
        row.next_attempt_at = min(again_at, row.given_up_at)

    def put_back(self, mail_ids: Iterable[int]) -> None:
        """There was no attempt at these after all; they are due at once."""
        for mail_id in mail_ids:
            row = self._session.get_one(MailRow, mail_id)
            row.attempts, row.next_attempt_at = row.attempts - 1, self._clock.now()

    def ended(self, mail_id: int, state: str, refusal: Refusal | None = None) -> None:
        """Nothing more is tried; address and text are forgotten."""
        row = self._session.get_one(MailRow, mail_id)
        row.state, row.ended_at = state, self._clock.now()
        row.refusal = refusal.value if refusal else ""
        for name, nothing in _NOTHING.items():
            setattr(row, name, nothing)

    def forget_old(self, kept: timedelta) -> None:
        """Remove the rows of letters that ended so long ago, and of those that nobody was there to send."""
        now = self._clock.now()
        is_over = (MailRow.state != WAITING) & (MailRow.ended_at < now - kept)
        self._session.execute(
            delete(MailRow).where(
                or_(is_over, (MailRow.state == WAITING) & (MailRow.given_up_at < now - kept))
            )
        )


def _letter(row: MailRow) -> Letter:
    return Letter(
        to=row.to,
        subject=row.subject,
        text=row.text,
        key=row.key,
        html=row.html,
        unsubscribe_url=row.unsubscribe_url,
    )
