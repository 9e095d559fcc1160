"""Fits the classifier and the votes of the patterns; what they are used for is in `bot.intents`.

Everything is seeded or has no chance in it: the same data makes the same numbers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.intents import Intent, Reading
from bot.intents.classifier import Classifier, pack, unpack
from bot.intents.weigh import Weigher, evidence_of

FOLDS: Final = 5
SEED: Final = 20261124
_LEAST_OFTEN: Final = 2
"""A feature of one message alone is not learnt."""
_FREEDOM: Final = 100.0
"""How far the weights may go (C of the logistic regression); chosen by cross-validation."""
_LARGEST: Final = 127
_USUAL_VOTE: Final = 2.0
_HOLD: Final = 0.002
"""How strongly a vote is held to the usual one: rare kinds of evidence say little."""

Features = frozenset[str]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A message as the fit of the votes sees it."""

    intent: Intent
    said: Reading
    """What the patterns say of it."""
    features: Features


def fit_classifier(
    features: Sequence[Features], intents: Sequence[Intent], votes: Mapping[str, Any] | None = None
) -> bytes:
    """The packed classifier for these messages, and the votes beside it."""
    seen = Counter(name for one in features for name in one)
    usable = (n for n, count in seen.items() if count >= _LEAST_OFTEN and not set(n) & {"\t", "\n"})
    names = sorted(usable)
    model = LogisticRegression(C=_FREEDOM, max_iter=200)
    model.fit(_matrix(features, {name: n for n, name in enumerate(names)}), [str(i) for i in intents])
    step = float(np.abs(model.coef_).max()) / _LARGEST
    weights = (np.rint(model.coef_.T / step) + 128).astype(np.uint8)
    header = {
        "intents": [str(name) for name in model.classes_],
        "bias": [round(float(b), 4) for b in model.intercept_],
        "step": round(step, 6),
        **(votes or {}),
    }
    return pack(names, [row.tobytes() for row in weights], header)


def _matrix(features: Sequence[Features], place: Mapping[str, int]) -> csr_matrix:
    """A row a message, each of its known features worth the same, together of length one."""
    known = [sorted(place[name] for name in one if name in place) for one in features]
    data = np.concatenate([np.full(len(k), 1 / np.sqrt(max(1, len(k)))) for k in known])
    ends = np.cumsum([0, *map(len, known)])
    return csr_matrix((data, np.concatenate(known).astype(int), ends), shape=(len(known), len(place)))


def cross_classified(features: Sequence[Features], intents: Sequence[Intent]) -> list[Classifier]:
    """For each message a classifier that has not seen it."""
    unseen: list[Classifier | None] = [None] * len(features)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learn, ask in folds.split(np.zeros(len(features)), [str(i) for i in intents]):
        packed = fit_classifier([features[n] for n in learn], [intents[n] for n in learn])
        classifier, _ = unpack(packed)
        for n in ask:
            unseen[n] = classifier
    return [classifier for classifier in unseen if classifier is not None]


@dataclass(frozen=True)
class Votes:
    """What each vote is worth (see `bot.intents.weigh`)."""

    share: float
    second: float
    votes: Mapping[str, float]

    def weigher(self, classifier: Classifier) -> Weigher:
        return Weigher(classifier, self.share, self.second, self.votes)

    def header(self) -> dict[str, Any]:
        return {"share": self.share, "second": self.second, "votes": dict(self.votes)}


def fit_votes(examples: Sequence[Example], classifiers: Sequence[Classifier]) -> Votes:
    """The votes under which these messages are likeliest; each classifier must not have seen its message."""
    kinds = sorted({evidence_of(e.said) for e in examples})
    order = list(classifiers[0].intents)
    own = np.array([c.scores(e.features) for e, c in zip(examples, classifiers, strict=True)])
    at = np.arange(len(examples))
    truth = _places(order, (e.intent for e in examples))
    said = _places(order, (e.said.intent for e in examples))
    second = [(n, order.index(e.said.runner_up)) for n, e in enumerate(examples) if e.said.runner_up]
    of, runner_up = np.array(second).reshape(-1, 2).T
    kind = np.array([kinds.index(evidence_of(e.said)) for e in examples])

    def loss(worth: Array) -> float:
        scores = worth[0] * own
        scores[at, said] += worth[2:][kind]
        scores[of, runner_up] += worth[1]
        top = scores.max(axis=1, keepdims=True)
        unlikely = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0] - scores[at, truth]
        held = ((worth[2:] - _USUAL_VOTE) ** 2).sum() + worth[1] ** 2
        return float(unlikely.mean() + _HOLD * held)

    found = minimize(loss, np.array([1.0, 0.5, *[_USUAL_VOTE] * len(kinds)]), method="L-BFGS-B").x
    worth = [round(float(value), 3) for value in found]
    return Votes(worth[0], worth[1], dict(zip(kinds, worth[2:], strict=True)))


def _places(order: Sequence[Intent], intents: Iterable[Intent]) -> NDArray[np.int_]:
    return np.array([order.index(intent) for intent in intents])
