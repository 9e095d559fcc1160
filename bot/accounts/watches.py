"""Watches for new arrivals: the themes and authors that a LINE user wants to hear of."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.accounts import WatchRow

LONGEST = 120
"""Characters of what is watched."""


@dataclass(frozen=True, slots=True)
class KeptWatch:
    """One watch, as kept."""

    watch_id: str
    kind: str
    """`subject` or `author`."""
    words: str


class Watches:
    """Watches by LINE user. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def all(self, line_user_id: str) -> tuple[KeptWatch, ...]:
        """This LINE user's watches, oldest first."""
        rows = self._session.scalars(
            select(WatchRow)
            .where(WatchRow.line_user_id == line_user_id)
            .order_by(WatchRow.made_at, WatchRow.watch_id)
        )
        return tuple(KeptWatch(row.watch_id, row.kind, row.words) for row in rows)

    def add(self, line_user_id: str, kind: str, words: str, *, most: int) -> bool:
        """Watch this; False where it is watched already, or there are `most` watches."""
        known = self.all(line_user_id)
        if len(known) >= most or any((watch.kind, watch.words) == (kind, words) for watch in known):
            return False
        self._session.add(
            WatchRow(
                watch_id=uuid4().hex,
                line_user_id=line_user_id,
                kind=kind,
                words=words[:LONGEST],
                made_at=self._clock.now(),
            )
        )
        self._session.flush()
        return True

    def stop(self, line_user_id: str, watch_ids: tuple[str, ...]) -> bool:
        """End these; False where none of them was there."""
        ended = [watch.watch_id for watch in self.all(line_user_id) if watch.watch_id in watch_ids]
        self._session.execute(delete(WatchRow).where(WatchRow.watch_id.in_(ended)))
        return bool(ended)
