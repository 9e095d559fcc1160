"""What went over the wire last, in both directions, for whoever looks: bounded, in memory."""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count
from threading import Lock
from typing import Any

from simulator.clock import Clock, millis

KEPT = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the status of its answer."""

    number: int
    at: int
    """Milliseconds since 1970, by the simulator's clock."""
    direction: str
    """`webhook`: from the platform to the bot; `api`: from the bot to the platform."""
    request: str
    """Method and path."""
    status: int
    """0: no answer came in time."""
    body: Mapping[str, Any] | None
    """The request's JSON."""
    answer: Mapping[str, Any] | None = None
    """The answer's JSON, where the platform gave it."""


class Traffic:
    """The last exchanges; older ones are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._numbers = count(1)
        self._kept: deque[Exchange] = deque(maxlen=KEPT)

    def webhook(self, body: Mapping[str, Any], status: int) -> None:
        """The platform sent events to the bot."""
        self._keep("webhook", "POST webhook", status, body, None)

    def api(
        self, request: str, status: int, body: Mapping[str, Any] | None, answer: Mapping[str, Any] | None
    ) -> None:
        """The bot called the API."""
        self._keep("api", request, status, body, answer)

    def newest(self, most: int = KEPT) -> list[dict[str, Any]]:
        """The last exchanges as JSON, the newest first."""
        with self._lock:
            return [asdict(kept) for kept in list(self._kept)[-most:][::-1]]

    def _keep(
        self,
        direction: str,
        request: str,
        status: int,
        body: Mapping[str, Any] | None,
        answer: Mapping[str, Any] | None,
    ) -> None:
        with self._lock:
            now = millis(self._clock.now())
            self._kept.append(Exchange(next(self._numbers), now, direction, request, status, body, answer))
