"""Looks now and then how much of the month's messages is left, for the metrics of all processes."""

from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import Engine

from bot.clock import Clock
from bot.line.api import Quota
from bot.storage.depths import QUOTA
from bot.storage.engine import writing
from bot.storage.tasks import SharedValues

LOOK_EVERY: Final = timedelta(hours=1)


class KnowsQuota(Protocol):
    """LINE, as far as it is asked here."""

    def quota(self) -> Quota:
        """How much of the month's messages is used. Raises LineUnavailable."""
        ...


class QuotaLook:
    """Asks LINE and keeps the answer."""

    def __init__(self, engine: Engine, line: KnowsQuota, clock: Clock) -> None:
        self._engine = engine
        self._line = line
        self._clock = clock

    def look(self) -> None:
        """Once. Raises LineUnavailable."""
        quota = self._line.quota()
        with writing(self._engine) as session:
            SharedValues(session, self._clock).set(QUOTA, {"limit": quota.limit, "used": quota.used})
