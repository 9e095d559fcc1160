"""Later volumes that are reserved by themselves, each once the one before it was checked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.wishes import FollowUpRow

LOOK_EVERY: Final = timedelta(minutes=10)
"""How often the record is looked at where nothing says that a volume was checked out."""

_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One wish."""

    follow_up_id: str
    line_user_id: str
    card_number: str
    after_title_id: str
    """The volume that is reserved now."""
    later: tuple[str, ...]
    """The volumes after it, in their order."""
    pickup_branch: str
    contact: str


class FollowUps:
    """All wishes. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(
        self,
        line_user_id: str,
        card_number: str,
        *,
        after_title_id: str,
        later: Sequence[str],
        pickup_branch: str,
        contact: str,
    ) -> None:
        """Keep a wish."""
        now = self._clock.now()
        self._session.add(
            FollowUpRow(
                follow_up_id=uuid4().hex,
                line_user_id=line_user_id,
                card_number=card_number,
                after_title_id=after_title_id,
                later=list(later),
                pickup_branch=pickup_branch,
                contact=contact,
                made_at=now,
                look_at=now + LOOK_EVERY,
            )
        )
        self._session.flush()

    def of(self, line_user_id: str, card_number: str) -> tuple[FollowUp, ...]:
        """The wishes of a LINE user with a card, oldest first."""
        rows = self._session.scalars(
            select(FollowUpRow)
            .where(FollowUpRow.line_user_id == line_user_id, FollowUpRow.card_number == card_number)
            .order_by(FollowUpRow.made_at, FollowUpRow.follow_up_id)
        )
        return tuple(_follow_up(row) for row in rows)

    def due(self) -> tuple[str, ...]:
        """Ids of those for which the record is to be looked at now."""
        found = self._session.scalars(
            select(FollowUpRow.follow_up_id)
            .where(FollowUpRow.look_at <= self._clock.now())
            .order_by(FollowUpRow.look_at)
            .limit(_BATCH)
        )
        return tuple(found)

    def take(self, follow_up_id: str) -> FollowUp | None:
        """One that is still due, locked until the commit; None where it is gone or was looked at meanwhile."""
        row = self._session.scalar(
            select(FollowUpRow)
            .where(FollowUpRow.follow_up_id == follow_up_id, FollowUpRow.look_at <= self._clock.now())
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        return _follow_up(row) if row is not None else None

    def look_later(self, follow_up_id: str) -> None:
        """Nothing to do yet."""
        self._session.execute(
            update(FollowUpRow)
            .where(FollowUpRow.follow_up_id == follow_up_id)
            .values(look_at=self._clock.now() + LOOK_EVERY)
        )

    def moved_on(self, follow_up_id: str, *, after_title_id: str, later: Sequence[str]) -> None:
        """The next volume is reserved; over where none comes after it."""
        if not later:
            self.end(follow_up_id)
            return
        now = self._clock.now()
        values = {"after_title_id": after_title_id, "later": list(later), "made_at": now}
        self._session.execute(
            update(FollowUpRow)
            .where(FollowUpRow.follow_up_id == follow_up_id)
            .values(**values, look_at=now + LOOK_EVERY)
        )

    def end(self, follow_up_id: str) -> None:
        """It is over."""
        self._session.execute(delete(FollowUpRow).where(FollowUpRow.follow_up_id == follow_up_id))

    def stop(self, line_user_id: str, card_number: str, follow_up_id: str) -> bool:
        """Give it up, where it is this LINE user's and card's; whether there was one."""
        row = self._session.get(FollowUpRow, follow_up_id)
        if row is None or (row.line_user_id, row.card_number) != (line_user_id, card_number):
            return False
        self._session.delete(row)
        self._session.flush()
        return True


def look_now(session: Session, clock: Clock, card_number: str = "", title_id: str = "") -> None:
    """A volume was checked out: look at the record for whoever waits for that; without a card, for everybody."""
    query = update(FollowUpRow).values(look_at=clock.now())
    if card_number:
        query = query.where(FollowUpRow.card_number == card_number, FollowUpRow.after_title_id == title_id)
    session.execute(query.execution_options(synchronize_session=False))


def _follow_up(row: FollowUpRow) -> FollowUp:
    return FollowUp(
        row.follow_up_id,
        row.line_user_id,
        row.card_number,
        row.after_title_id,
        tuple(row.later),
        row.pickup_branch,
        row.contact,
    )
