"""Threads that work on keys. What waits here only says where to look: the queue is in the database."""

import threading
from collections import deque
from collections.abc import Callable, Iterable

from bot.jobs.guarded import guarded

Work = Callable[[str], None]


class Pool:
    """A key that is being worked on is taken up again afterwards if wanted, and never twice at once."""

    def __init__(self, name: str, threads: int, work: Work) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._known: set[str] = set()
        self._in_hand: set[str] = set()
        self._again: set[str] = set()
        self._stopping = False
        self._finishing = False
        self.threads = [
            threading.Thread(target=self._loop, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self.threads:
            thread.start()

    def add(self, keys: Iterable[str]) -> None:
        """There is something to be done about these."""
        with self._changed:
            for key in keys:
                if key in self._in_hand:
                    self._again.add(key)
                elif key not in self._known:
                    self._known.add(key)
                    self._waiting.append(key)
                    self._changed.notify()

    def stop(self, *, finishing: bool = False) -> None:
        """Finish what is in hand and end; `finishing`: what waits, too."""
        with self._changed:
            self._stopping, self._finishing = True, finishing
            self._changed.notify_all()
        for thread in self.threads:
            if thread.ident is not None:
                thread.join()

    def _loop(self) -> None:
        while (key := self._take()) is not None:
            guarded(lambda key=key: self._work(key), "work")  # type: ignore[misc]
            self._done(key)

    def _take(self) -> str | None:
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            if not self._waiting or (self._stopping and not self._finishing):
                return None
            key = self._waiting.popleft()
            self._known.discard(key)
            self._in_hand.add(key)
            return key

    def _done(self, key: str) -> None:
        with self._changed:
            self._in_hand.discard(key)
            wanted = key in self._again
            self._again.discard(key)
        if wanted:
            self.add([key])
