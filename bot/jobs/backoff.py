"""How long to wait before trying again: longer each time, and never two in step. Pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """A wait that doubles with each failure up to `longest`."""

    first: timedelta
    longest: timedelta

    def wait(self, failures: int, jitter: float) -> timedelta:
        """The wait after so many failures in a row (from 1); `jitter` (0 to 1) takes away up to half of it."""
        doublings = min(max(failures, 1) - 1, 32)
        full = min(self.first * (1 << doublings), self.longest)
        return full * (1 - jitter / 2)


TURNS = Backoff(first=timedelta(seconds=1), longest=timedelta(seconds=4))
"""A turn that failed: the patron is waiting, and what they wrote after it waits, too."""

TURN_TRIES = 3
"""Turns on one event before it is put aside."""

REPLIES = Backoff(first=timedelta(seconds=1), longest=timedelta(seconds=8))
"""A reply token lives for a minute."""

PUSHES = Backoff(first=timedelta(seconds=1), longest=timedelta(minutes=15))
