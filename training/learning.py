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

FOLDS: Final = 4
SEED: Final = 20261124
_LEAST_OFTEN: Final = 3
"""A feature of one or two messages alone is not learnt."""
_FREEDOM: Final = 100.0
"""How far the weights may go (C of the logistic regression); chosen by cross-validation."""
_ROUNDS: Final = 300
_NEAR: Final = 2e-4
"""Where the fit may stop; nearer changes nothing that counts."""
_LARGEST: Final = 127
_USUAL_VOTE: Final = 2.0
_HOLD: Final = 0.002
"""How strongly a vote is held to the usual one: rare kinds of evidence say little."""

Features = frozenset[str]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Variant:
    """A message with another work in the place of its own, to be learnt from beside it."""

    source: int
    """The place of the message it was made of."""
    intent: Intent
    features: Features


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
    model = LogisticRegression(C=_FREEDOM, max_iter=_ROUNDS, tol=_NEAR)
    known = _matrix(features, {name: n for n, name in enumerate(names)})
    model.fit(known, [str(i) for i in intents], sample_weight=weights_of(intents))
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


def cross_classified(
    features: Sequence[Features], intents: Sequence[Intent], variants: Sequence[Variant]
) -> list[Classifier]:
    """For each message a classifier that has not seen it, nor a variant of it."""
    unseen: list[Classifier | None] = [None] * len(features)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learn, ask in folds.split(np.zeros(len(features)), [str(i) for i in intents]):
        allowed = set(learn)
        beside = [variant for variant in variants if variant.source in allowed]
        packed = fit_classifier(
            [*(features[n] for n in learn), *(variant.features for variant in beside)],
            [*(intents[n] for n in learn), *(variant.intent for variant in beside)],
        )
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
    order = list(classifiers[0].intents)
    kinds = [*sorted({evidence_of(e.said) for e in examples}), *(intent.value for intent in order)]
    own = np.array([c.scores(e.features) for e, c in zip(examples, classifiers, strict=True)])
    at = np.arange(len(examples))
    truth = _places(order, (e.intent for e in examples))
    said = _places(order, (e.said.intent for e in examples))
    second = [(n, order.index(e.said.runner_up)) for n, e in enumerate(examples) if e.said.runner_up]
    of, runner_up = np.array(second).reshape(-1, 2).T
    kind = np.array([kinds.index(evidence_of(e.said)) for e in examples])
    by_intent = np.array([kinds.index(e.said.intent.value) for e in examples])
    weight = np.array(weights_of([e.intent for e in examples]))
    usual = np.array([0.0, *([_USUAL_VOTE] * (len(kinds) - len(order))), *([0.0] * len(order))])

    def loss(worth: Array) -> tuple[float, Array]:
        scores = worth[0] * own
        scores[at, said] += worth[2:][kind] + worth[2:][by_intent]
        scores[of, runner_up] += worth[1]
        top = scores.max(axis=1, keepdims=True)
        spread = np.exp(scores - top)
        total = spread.sum(axis=1, keepdims=True)
        unlikely = np.log(total[:, 0]) + top[:, 0] - scores[at, truth]
        held = worth[1:] - usual
        slope = spread / total
        slope[at, truth] -= 1
        slope *= (weight / len(examples))[:, None]
        gradient = np.zeros_like(worth)
        gradient[0] = (slope * own).sum()
        gradient[1] = slope[of, runner_up].sum()
        for place in (kind, by_intent):
            gradient[2:] += np.bincount(place, weights=slope[at, said], minlength=len(kinds))
        gradient[1:] += 2 * _HOLD * held
        return float((weight * unlikely).mean() + _HOLD * (held**2).sum()), gradient

    found = minimize(loss, np.array([1.0, *usual]), jac=True, method="L-BFGS-B").x
    worth = [round(float(value), 3) for value in found]
    return Votes(worth[0], worth[1], dict(zip(kinds, worth[2:], strict=True)))


def weights_of(intents: Sequence[Intent]) -> list[float]:
    """What each message counts: an intent that many were written for is not so much likelier for that."""
    count = Counter(intents)
    weights = [count[intent] ** -0.5 for intent in intents]
    mean = sum(weights) / len(weights)
    return [weight / mean for weight in weights]


def _places(order: Sequence[Intent], intents: Iterable[Intent]) -> NDArray[np.int_]:
    return np.array([order.index(intent) for intent in intents])
