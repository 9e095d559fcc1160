"""A linear classifier over the features of a message, trained by `make train`; nothing but the standard library here.

`data/classifier.bin` is what `training` wrote: one small number for each feature and intent. The numbers of
a feature are kept side by side in one long integer, so that one addition adds for all intents.
"""

import json
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import exp, log, sqrt
from typing import Any, Final

from bot.intents.model import Intent

_ZERO: Final = 128
"""What stands for a weight of nothing: weights are bytes."""
_LANE: Final = 4
"""Bytes that each intent has in the sum, so that no number of features overflows it."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """Gives each intent its likelihood. Safe to share between threads."""

    intents: tuple[Intent, ...]
    rows: Mapping[str, int]
    """The weights of each known feature, a lane for each intent."""
    bias: tuple[float, ...]
    step: float
    """What a weight of one is worth."""

    def scores(self, features: Iterable[str]) -> list[float]:
        """The logarithm of the likelihood of each intent, in the order of `intents`."""
        known = list(filter(None, map(self.rows.get, features)))
        if not known:
            return log_softmax(self.bias)
        lanes = array("I", sum(known).to_bytes(_LANE * len(self.intents), "little"))
        share, zero = self.step / sqrt(len(known)), _ZERO * len(known)
        return log_softmax([b + (lane - zero) * share for b, lane in zip(self.bias, lanes, strict=True)])


def log_softmax(values: Sequence[float]) -> list[float]:
    """Scores as logarithms of likelihoods that sum up to one."""
    top = max(values)
    total = log(sum([exp(v - top) for v in values])) + top
    return [v - total for v in values]


def load_trained() -> tuple[Classifier, Mapping[str, Any]]:
    """The classifier, and the other figures that training found (see `weigh`)."""
    return unpack((files("bot.intents") / "data" / "classifier.bin").read_bytes())


def pack(names: Sequence[str], weights: Sequence[bytes], header: Mapping[str, Any]) -> bytes:
    """What `data/classifier.bin` holds: a JSON line, a line of features, and a row of bytes for each."""
    head = json.dumps(header, ensure_ascii=False, sort_keys=True)
    text = f"{head}\n{chr(9).join(names)}\n".encode()
    return zlib.compress(text + b"".join(weights), 9)


def unpack(packed: bytes) -> tuple[Classifier, Mapping[str, Any]]:
    """The reverse of `pack`."""
    head, names, weights = zlib.decompress(packed).split(b"\n", 2)
    header: dict[str, Any] = json.loads(head)
    intents = tuple(Intent(name) for name in header["intents"])
    width = len(intents)
    rows = {
        name: int.from_bytes(array("I", list(weights[n * width : (n + 1) * width])).tobytes(), "little")
        for n, name in enumerate(names.decode().split("\t"))
    }
    return Classifier(intents, rows, tuple(header["bias"]), header["step"]), header
