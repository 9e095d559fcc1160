"""What is counted of a set of messages: how many were read rightly, and what goes wrong with the others."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from bot.intents import Intent, Reading
from bot.intents.model import CHANGING, NO_CHANGE
from training.messages import Row

BANDS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.001)


@dataclass(frozen=True)
class Read:
    """A message with how it was read."""

    row: Row
    reading: Reading

    @property
    def has_intent(self) -> bool:
        return self.reading.intent is self.row.intent

    @property
    def has_slots(self) -> bool:
        return bool(plain(dict(self.reading.slots)) == plain(self.row.slots))

    @property
    def is_dangerous(self) -> bool:
        return self.row.intent in NO_CHANGE and self.reading.intent in CHANGING


def plain(value: Any) -> Any:
    """Values as the contract compares them: after NFKC and without spaces."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def share(part: int, whole: int) -> float:
    """A part of the whole; 1.0 of nothing."""
    return part / whole if whole else 1.0


def accuracy(read: Sequence[Read]) -> float:
    """How many messages got their intent."""
    return share(sum(r.has_intent for r in read), len(read))


def slot_accuracy(read: Sequence[Read]) -> float:
    """How many messages that got their intent got exactly their slots too."""
    right = [r for r in read if r.has_intent]
    return share(sum(r.has_slots for r in right), len(right))


def dangers(read: Sequence[Read]) -> tuple[int, int]:
    """How many of the messages that mean no change were read as one, and how many there are."""
    return sum(r.is_dangerous for r in read), sum(r.row.intent in NO_CHANGE for r in read)


def confusion(read: Sequence[Read]) -> Counter[tuple[Intent, Intent]]:
    """How often each intent was read as each other (or itself)."""
    return Counter((r.row.intent, r.reading.intent) for r in read)


def by_intent(read: Sequence[Read]) -> list[tuple[Intent, int, float, float]]:
    """For each intent: how many messages, how many of them were found, how many of those read so were."""
    counts = confusion(read)
    table = []
    for intent in Intent:
        meant = sum(n for (truth, _), n in counts.items() if truth is intent)
        said = sum(n for (_, got), n in counts.items() if got is intent)
        right = counts[intent, intent]
        table.append((intent, meant, share(right, meant), share(right, said)))
    return table


def by_slot(read: Sequence[Read]) -> list[tuple[str, int, float, float]]:
    """For each slot, in messages that got their intent: how many, precision and recall of name and value."""
    meant: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for r in read:
        if not r.has_intent:
            continue
        truth, got = plain(r.row.slots), plain(dict(r.reading.slots))
        meant.update(truth.keys())
        said.update(got.keys())
        right.update(name for name, value in got.items() if truth.get(name) == value)
    names = sorted({*meant, *said})
    return [(n, meant[n], share(right[n], said[n]), share(right[n], meant[n])) for n in names]


def calibration(read: Sequence[Read]) -> list[tuple[float, float, int, float, float]]:
    """For each band of confidence: from, to, how many, mean confidence, how many were right."""
    table = []
    for low, high in pairwise(BANDS):
        inside = [r for r in read if low <= r.reading.confidence < high]
        if inside:
            mean = sum(r.reading.confidence for r in inside) / len(inside)
            table.append((low, min(high, 1.0), len(inside), mean, accuracy(inside)))
    return table
