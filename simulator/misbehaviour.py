"""What goes wrong on purpose: slow answers, errors, lost answers, webhooks twice or in the wrong order."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from threading import Lock
from typing import Any

MOST_CALLS = 1000
LONGEST_DELAY_MS = 60_000
_STATUSES = frozenset({400, 401, 403, 404, 409, 429, 500, 502, 503})


class BadSwitch(Exception):
    """A switch that does not exist or a value it can't take; the text names it."""


@dataclass(slots=True)
class Switches:
    """All off by default. Counts go down by one with each use."""

    api_delay_ms: int = 0
    """Every API call waits this long before anything is done."""
    fail_calls: int = 0
    """So many of the next sending calls fail with `fail_status`; nothing is sent."""
    fail_status: int = 500
    lose_answers: int = 0
    """So many of the next sending calls are carried out, and the connection is cut instead of an answer."""
    duplicate_webhooks: int = 0
    """So many of the next events are delivered twice."""
    reorder_webhooks: int = 0
    """So many of the next events are held back until another one of the same chat has gone first."""
    webhook_delay_ms: int = 0
    """Every webhook goes out this much later."""


class Misbehaviour:
    """The switches, shared by all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._switches = Switches()

    def as_dict(self) -> dict[str, int]:
        """The switches as they stand."""
        with self._lock:
            return asdict(self._switches)

    def set(self, values: Mapping[str, Any]) -> dict[str, int]:
        """Set some switches by name; the others stay. Raises BadSwitch and then changes nothing."""
        known = {item.name for item in fields(Switches)}
        for name, value in values.items():
            if name not in known:
                raise BadSwitch(f"no such switch: {name}; there are {', '.join(sorted(known))}")
            if type(value) is not int or not _fits(name, value):
                raise BadSwitch(f"{name} can't be {value!r}")
        with self._lock:
            for name, value in values.items():
                setattr(self._switches, name, value)
            return asdict(self._switches)

    def reset(self) -> dict[str, int]:
        """Behave well from now on."""
        with self._lock:
            self._switches = Switches()
            return asdict(self._switches)

    def use(self, name: str) -> bool:
        """Whether a counted switch is on; uses one of its times."""
        with self._lock:
            left: int = getattr(self._switches, name)
            if left > 0:
                setattr(self._switches, name, left - 1)
            return left > 0

    def value(self, name: str) -> int:
        """A switch as it stands."""
        with self._lock:
            number: int = getattr(self._switches, name)
            return number


def _fits(name: str, value: int) -> bool:
    if name == "fail_status":
        return value in _STATUSES
    return 0 <= value <= (LONGEST_DELAY_MS if name.endswith("_ms") else MOST_CALLS)
