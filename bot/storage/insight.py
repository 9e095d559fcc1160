"""What was not understood, masked and counted, so that the words can be improved.

No chat, user, card or hour is kept with it: what was written cannot be traced to whoever wrote it, nor taken back.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.insight import NotUnderstoodRow
from bot.storage.upsert import insert_into

LEAST_TIMES: Final = 2
"""What was written once only is not shown."""
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Missed:
    """What was not understood, all days together."""

    masked: str
    guess: str
    """Name of the likeliest intent."""
    times: int
    last_on: date


class NotUnderstood:
    """The table. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def note(self, masked: str, guess: str) -> None:
        """It was written once more, today."""
        row = NotUnderstoodRow
        self._session.execute(
            insert_into(self._session, row)
            .values(day=self._clock.today(), masked=masked, guess=guess, times=1)
            .on_conflict_do_update(
                index_elements=[row.day, row.masked, row.guess], set_={"times": row.times + 1}
            )
        )

    def shown(self) -> tuple[Missed, ...]:
        """What was written at least `LEAST_TIMES`, most often first; `MOST_SHOWN` at most."""
        row, times = NotUnderstoodRow, func.sum(NotUnderstoodRow.times)
        found = self._session.execute(
            select(row.masked, row.guess, times, func.max(row.day))
            .group_by(row.masked, row.guess)
            .having(times >= LEAST_TIMES)
            .order_by(times.desc(), row.masked, row.guess)
            .limit(MOST_SHOWN)
        )
        return tuple(Missed(masked, guess, int(count), day) for masked, guess, count, day in found)

    def forget_old(self, days: int) -> None:
        """Remove what was written longer ago than these days; 0: everything."""
        before = self._clock.today() - timedelta(days=days)
        is_old = NotUnderstoodRow.day <= before if days == 0 else NotUnderstoodRow.day < before
        self._session.execute(delete(NotUnderstoodRow).where(is_old))
