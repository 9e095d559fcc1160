"""What goes wrong on purpose: slow answers, errors, lost answers, webhooks twice or in the wrong order."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from random import Random
from threading import Lock
from typing import Any

MOST_CALLS = 1000
LONGEST_DELAY_MS = 60_000
_STATUSES = frozenset({400, 401, 403, 404, 409, 429, 500, 502, 503})
RANDOM_STATUSES = (429, 500)
"""What calls that fail by chance are answered with: both are to be tried again."""

_KINDS = {
    "lose": ("lose_answers", "lose_percent"),
    "duplicate": ("duplicate_webhooks", "duplicate_percent"),
    "reorder": ("reorder_webhooks", "reorder_percent"),
}
"""What can happen: by a count, and by chance."""


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
    fail_after: int = 0
    """So many sending calls succeed before `fail_calls` begins."""
    fail_everything: int = 0
    """1: failures and lost answers meet every call of the API, not only sending ones."""
    fail_percent: int = 0
    """So many of a hundred calls fail by chance, with 429 or 500."""
    lose_answers: int = 0
    """So many of the next sending calls are carried out, and the connection is cut instead of an answer."""
    lose_percent: int = 0
    duplicate_webhooks: int = 0
    """So many of the next events are delivered twice."""
    duplicate_percent: int = 0
    reorder_webhooks: int = 0
    """So many of the next events are held back until another one of the same chat has gone first."""
    reorder_percent: int = 0
    webhook_delay_ms: int = 0
    """Every webhook goes out this much later."""
    seed: int = 0
    """The same number gives the same chances in the same order, for each kind of trouble; set, it begins anew."""


class Misbehaviour:
    """The switches, shared by all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._switches = Switches()
        self._chances: dict[str, Random] = {}

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
            if "seed" in values:
                self._chances = {}
            return asdict(self._switches)

    def reset(self) -> dict[str, int]:
        """Behave well from now on."""
        with self._lock:
            self._switches, self._chances = Switches(), {}
            return asdict(self._switches)

    def happens(self, kind: str) -> bool:
        """Whether trouble of this kind (lose, duplicate, reorder) strikes now; uses one of its times."""
        counted, percent = _KINDS[kind]
        with self._lock:
            return self._use(counted) or self._strikes(kind, getattr(self._switches, percent))

    def failure(self) -> int | None:
        """The status that a call fails with now, None: it goes well; uses one of the times."""
        with self._lock:
            switches = self._switches
            if switches.fail_calls and not self._use("fail_after"):
                self._use("fail_calls")
                return switches.fail_status
            if self._strikes("fail", switches.fail_percent):
                return self._chance("fail").choice(RANDOM_STATUSES)
            return None

    def value(self, name: str) -> int:
        """A switch as it stands."""
        with self._lock:
            number: int = getattr(self._switches, name)
            return number

    def _use(self, name: str) -> bool:
        left: int = getattr(self._switches, name)
        if left > 0:
            setattr(self._switches, name, left - 1)
        return left > 0

    def _strikes(self, kind: str, percent: int) -> bool:
        return percent > 0 and self._chance(kind).random() * 100 < percent

    def _chance(self, kind: str) -> Random:
        """A row of chances for each kind, so that webhooks do not shift those of calls."""
        if kind not in self._chances:
            self._chances[kind] = Random(f"{self._switches.seed} {kind}")  # noqa: S311  # Must be repeatable.
        return self._chances[kind]


def _fits(name: str, value: int) -> bool:
    if name == "fail_status":
        return value in _STATUSES
    if name == "fail_everything":
        return value in (0, 1)
    if name.endswith("_percent"):
        return 0 <= value <= 100
    if name.endswith("_ms"):
        return 0 <= value <= LONGEST_DELAY_MS
    return 0 <= value <= MOST_CALLS
