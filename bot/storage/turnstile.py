"""Lets the writers of one SQLite database through one after the other, in the order in which they came.

SQLite itself has them ask again and again, with growing pauses, and whoever asks at the right moment is served; so a
webhook that must be answered within two seconds could wait behind any number of turns. Other processes (an import at
night) still meet at SQLite's own lock.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Turnstile:
    """A lock that is handed on in order."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._queue: deque[Lock] = deque()
        self._is_taken = False

    @contextmanager
    def passed(self, patience_seconds: float) -> Iterator[None]:
        """Be the only one inside. Raises TimeoutError after waiting so long."""
        self._enter(patience_seconds)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, patience_seconds: float) -> None:
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = Lock()
            mine.acquire()
            self._queue.append(mine)
        if mine.acquire(timeout=patience_seconds):
            return
        with self._mutex:
            if mine not in self._queue:
                return  # It was handed over at the last moment.
            self._queue.remove(mine)
        raise TimeoutError("the database is busy: other writers took longer than this one may wait")

    def _leave(self) -> None:
        with self._mutex:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._is_taken = False
