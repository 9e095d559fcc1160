"""Work that keeps its order within a chat while other chats go on, over a few threads.

What did not succeed comes again later and lets new work pass; what is held lets exactly the next one pass.
"""

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Thread
from time import monotonic
from typing import Generic, TypeVar

THREADS = 64
"""So many chats may wait for a slow bot at the same time; threads are made when they are needed."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Work(Generic[T]):
    item: T
    due: float = 0.0
    """By `monotonic()`; only while it waits."""
    is_held: bool = False


@dataclass(slots=True)
class _Box(Generic[T]):
    """What one chat has to do."""

    new: deque[_Work[T]] = field(default_factory=deque)
    due: deque[_Work[T]] = field(default_factory=deque)
    """What has waited long enough; it goes before what is new."""
    held: list[_Work[T]] = field(default_factory=list)
    is_busy: bool = False


class ChatQueues(Generic[T]):
    """`handle` does one item and says after how many seconds it must be done again, None: never."""

    def __init__(
        self, handle: Callable[[T], float | None], hold: Callable[[T], float | None], threads: int = THREADS
    ) -> None:
        """`hold` is asked once for each new item: for how many seconds it lets the next one pass, None: not."""
        self._handle = handle
        self._hold = hold
        self._most_threads = threads
        self._changed = Condition()
        self._boxes: dict[str, _Box[T]] = {}
        self._ready: deque[str] = deque()
        self._waiting: list[tuple[float, int, str, _Work[T]]] = []
        self._numbers = count()
        self._threads: list[Thread] = []
        self._idle = 0
        self._is_stopping = False

    def put(self, chat_id: str, item: T) -> None:
        """Do this after what already waits for this chat."""
        with self._changed:
            if self._is_stopping:
                return
            box = self._boxes.setdefault(chat_id, _Box())
            box.new.append(_Work(item))
            self._offer(chat_id, box)
            self._changed.notify()

    def stop(self, seconds: float) -> None:
        """Begin nothing more; wait for what is under way, at most so long."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        until = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(until - monotonic(), 0))

    def _offer(self, chat_id: str, box: _Box[T]) -> None:
        """Let a thread take up this chat, if there is something to do and none has it."""
        if box.is_busy or not (box.new or box.due):
            return
        box.is_busy = True
        self._ready.append(chat_id)
        if self._idle < len(self._ready) and len(self._threads) < self._most_threads:
            thread = Thread(target=self._work, name="delivery", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            chat_id, work = taken
            seconds = None if work.is_held or work.due else self._hold(work.item)
            if seconds is not None:
                self._give_back(chat_id, work, seconds, is_held=True)
            else:
                self._give_back(chat_id, work, self._handle(work.item), is_held=False)

    def _take(self) -> tuple[str, _Work[T]] | None:
        """The next thing to do, once there is one; None: it is time to stop."""
        with self._changed:
            while not self._is_stopping:
                self._wake()
                if self._ready:
                    chat_id = self._ready.popleft()
                    box = self._boxes[chat_id]
                    return chat_id, (box.due or box.new).popleft()
                self._idle += 1
                self._changed.wait(self._waiting[0][0] - monotonic() if self._waiting else None)
                self._idle -= 1
            return None

    def _wake(self) -> None:
        """Offer what has waited long enough."""
        while self._waiting and self._waiting[0][0] <= monotonic():
            due, _, chat_id, work = heapq.heappop(self._waiting)
            if work.due == due:
                self._make_due(chat_id, self._boxes[chat_id], work)

    def _make_due(self, chat_id: str, box: _Box[T], work: _Work[T]) -> None:
        if work in box.held:
            box.held.remove(work)
        box.due.append(work)
        self._offer(chat_id, box)

    def _give_back(self, chat_id: str, work: _Work[T], seconds: float | None, *, is_held: bool) -> None:
        """The thread lets go of the chat; the work comes again after `seconds`, or never."""
        with self._changed:
            box = self._boxes[chat_id]
            box.is_busy = False
            if not is_held:
                # What was held has now been overtaken.
                for overtaken in tuple(box.held):
                    overtaken.due = -1.0  # Its place among those that wait is void.
                    self._make_due(chat_id, box, overtaken)
            if seconds is not None:
                work.due, work.is_held = monotonic() + seconds, is_held
                heapq.heappush(self._waiting, (work.due, next(self._numbers), chat_id, work))
                if is_held:
                    box.held.append(work)
            self._offer(chat_id, box)
            self._changed.notify()
