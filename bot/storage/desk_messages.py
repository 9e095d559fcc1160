"""Messages that patrons leave for the staff, and the answers. Their texts stand here and in no log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.desk import DeskMessageRow


@dataclass(frozen=True, slots=True)
class DeskMessage:
    """One message to the desk, as kept."""

    number: int
    line_user_id: str
    card_number: str
    text: str
    created_at: datetime
    """UTC."""
    answer: str = ""
    answered_at: datetime | None = None
    """UTC."""


class DeskMessages:
    """Messages to the desk. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(
        self, line_user_id: str, *, card_number: str, text: str, message_id: str, most: int
    ) -> int | None:
        """Keep a message; returns its number, or None where `most` of this LINE user's wait already."""
        if self.count_open(line_user_id) >= most:
            return None
        row = DeskMessageRow(
            line_user_id=line_user_id,
            card_number=card_number,
            text=text,
            message_id=message_id,
            created_at=self._clock.now(),
        )
        self._session.add(row)
        self._session.flush()
        return row.number

    def count_open(self, line_user_id: str) -> int:
        """How many of this LINE user's messages wait for an answer."""
        query = select(func.count()).select_from(DeskMessageRow)
        mine = (DeskMessageRow.line_user_id == line_user_id, DeskMessageRow.answered_at.is_(None))
        return self._session.scalar(query.where(*mine)) or 0

    def open(self) -> tuple[DeskMessage, ...]:
        """Every message that waits for an answer, oldest first."""
        query = select(DeskMessageRow).where(DeskMessageRow.answered_at.is_(None))
        return tuple(_message(row) for row in self._session.scalars(query.order_by(DeskMessageRow.number)))

    def find(self, number: int) -> DeskMessage | None:
        """The message of this number, or None."""
        row = self._session.get(DeskMessageRow, number, populate_existing=True)
        return _message(row) if row is not None else None

    def answer(self, number: int, text: str) -> DeskMessage | None:
        """Keep the staff's answer; None where the message is gone or was answered already."""
        row = self._session.get(DeskMessageRow, number, with_for_update=True, populate_existing=True)
        if row is None or row.answered_at is not None:
            return None
        row.answer, row.answered_at = text, self._clock.now()
        self._session.flush()
        return _message(row)

    def forget(self, line_user_id: str) -> None:
        """Forget all of this LINE user's."""
        self._session.execute(delete(DeskMessageRow).where(DeskMessageRow.line_user_id == line_user_id))

    def forget_unsent(self, line_user_id: str, message_id: str) -> None:
        """The message in LINE was unsent: what was left for the staff with its words goes, too."""
        row = DeskMessageRow
        if message_id:
            self._session.execute(
                delete(row).where(row.line_user_id == line_user_id, row.message_id == message_id)
            )

    def forget_old(self, kept: timedelta) -> None:
        """Forget what was sent longer ago than this, answered or not."""
        before = self._clock.now() - kept
        self._session.execute(delete(DeskMessageRow).where(DeskMessageRow.created_at < before))


def _message(row: DeskMessageRow) -> DeskMessage:
    return DeskMessage(
        number=row.number,
        line_user_id=row.line_user_id,
        card_number=row.card_number,
        text=row.text,
        created_at=row.created_at,
        answer=row.answer,
        answered_at=row.answered_at,
    )
