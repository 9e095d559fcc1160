"""LINE's rate limits: a bucket for each endpoint (path and method), as documented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import NamedTuple

from simulator.clock import Clock


class Rate(NamedTuple):
    """So many calls in so many seconds."""

    calls: int
    seconds: int


HOUR, MINUTE, SECOND = 3600, 60, 1
USUAL = Rate(2000, SECOND)

RATES = {
    "POST /v2/bot/message/narrowcast": Rate(60, HOUR),
    "POST /v2/bot/message/broadcast": Rate(60, HOUR),
    "POST /v2/bot/channel/webhook/test": Rate(60, HOUR),
    "GET /v2/bot/insight/message/delivery": Rate(60, HOUR),
    "GET /v2/bot/insight/followers": Rate(60, HOUR),
    "GET /v2/bot/insight/message/event": Rate(60, HOUR),
    "GET /v2/bot/insight/message/event/aggregation": Rate(60, HOUR),
    "POST /v2/bot/richmenu/batch": Rate(3, HOUR),
    "POST /v2/bot/richmenu": Rate(100, HOUR),
    "DELETE /v2/bot/richmenu/<menu_id>": Rate(100, HOUR),
    "DELETE /v2/bot/richmenu/alias/<alias>": Rate(100, HOUR),
    "GET /v2/bot/richmenu/progress/batch": Rate(100, HOUR),
    "GET /v2/bot/channel/webhook/endpoint": Rate(1000, MINUTE),
    "GET /v2/bot/richmenu/list": Rate(10, SECOND),
    "POST /v2/bot/chat/loading/start": Rate(100, SECOND),
    "POST /v2/bot/message/multicast": Rate(200, SECOND),
}
"""By method and Flask's rule; what is not here has the usual rate."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime
    ticks: float
    """The same instant by `monotonic()`."""


class Rates:
    """Token buckets. Time is what the simulator's clock or the machine's says, whichever went further."""

    def __init__(self, clock: Clock, ticks: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._ticks = ticks
        self._lock = Lock()
        self._buckets: dict[str, _Bucket] = {}

    def admit(self, endpoint: str) -> bool:
        """Whether one more call of this endpoint (`POST /v2/bot/…`) is within its rate; it counts if it is."""
        rate = RATES.get(endpoint, USUAL)
        now, ticks = self._clock.now(), self._ticks()
        with self._lock:
            bucket = self._buckets.setdefault(endpoint, _Bucket(rate.calls, now, ticks))
            passed = max((now - bucket.at).total_seconds(), ticks - bucket.ticks, 0.0)
            bucket.left = min(bucket.left + passed * rate.calls / rate.seconds, rate.calls)
            bucket.at, bucket.ticks = now, ticks
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True
