"""LINE's rate limits, kept by all processes together. Whoever was told that it was too much has all of them wait."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final, Protocol

import structlog

from bot.storage.rate_limits import Bucket, Buckets, Rate, shut, take

_log = structlog.get_logger("bot.jobs.pace")

PUSHES: Final = Rate("line_push", per_second=1_500, at_once=300)
"""LINE takes 2,000 a second; in no second more than 1,800 are ours; pushed answers have the rest."""
MULTICASTS: Final = Rate("line_multicast", per_second=150, at_once=30)
"""LINE takes 200 a second."""

TOO_MANY: Final = 429
"""LINE's status for it."""

_PATIENCE_SECONDS: Final = 1.0
_STEP_SECONDS: Final = 0.05
_TOLD_SECONDS: Final = 1.0


class Pace(Protocol):
    """When calls of one kind may be made."""

    def allow(self, wanted: int) -> int:
        """How many of so many calls may be made now."""
        ...

    def refused(self) -> None:
        """LINE said that it was too much: 429."""
        ...

    def is_shut(self) -> bool:
        """Whether it was said just now, so that there is no use in going on with what was allowed."""
        ...

    def close(self) -> None:
        """Let go of what was opened for it."""
        ...


class AnyPace:
    """Without limit."""

    def allow(self, wanted: int) -> int:
        """All."""
        return wanted

    def refused(self) -> None:
        """Nothing follows from it."""

    def is_shut(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """There is nothing open."""


class SharedPace:
    """A rate that all processes keep together. Safe to share among threads."""

    def __init__(
        self,
        buckets: Buckets,
        rate: Rate,
        wait: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._buckets = buckets
        self._rate = rate
        self._wait = wait
        self._monotonic = monotonic
        self._telling = Lock()
        self._refused_at: float | None = None

    def allow(self, wanted: int) -> int:
        """How many of so many calls may be made now; waits a moment for the first. 0: come back later."""
        waited = 0.0
        while not (given := self._take(wanted)) and waited < _PATIENCE_SECONDS:
            self._wait(_STEP_SECONDS)
            waited += _STEP_SECONDS
        return given

    def refused(self) -> None:
        """LINE said that it was too much: nobody calls for a while. Told once where several hear it together."""
        with self._telling:
            if self.is_shut():
                return
            self._refused_at = self._monotonic()
        _log.warning("LINE takes no more for now", rate=self._rate.name)
        self._buckets.change(self._rate.name, lambda bucket, now: (shut(bucket, now), 0))

    def is_shut(self) -> bool:
        """Whether this process was told so just now."""
        return self._refused_at is not None and self._monotonic() < self._refused_at + _TOLD_SECONDS

    def close(self) -> None:
        """Let go of what keeps it."""
        self._buckets.close()

    def _take(self, wanted: int) -> int:
        def change(bucket: Bucket | None, now: float) -> tuple[Bucket, int]:
            return take(bucket, self._rate, now, wanted)

        return self._buckets.change(self._rate.name, change)
