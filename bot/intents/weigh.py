"""Patterns and classifier weighed against each other: how likely each intent is, and which one is taken.

The patterns say one intent, as surely as `rank` puts it, and perhaps a runner-up; the classifier gives each a
likelihood. Their votes are added as logarithms. What a vote of each kind is worth was found on readings that
the patterns gave of messages nobody had tuned them for (`training`), so that a confidence of 0.8 is right
eight times in ten.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import exp
from typing import Final

from bot.intents.classifier import Classifier, load_trained, log_softmax
from bot.intents.model import CHANGING, Intent, Reading

CAUTION: Final = 1 / 8
"""What changes the patron's record is taken only if it is so much likelier than anything else."""
BARE: Final = "search_catalog.bare"
"""Stands for a pattern where a message is nothing but a name."""

_BANDS: Final = (0.97, 0.95, 0.93, 0.86, 0.76, 0.64)
_NO_PATTERN: Final = "none"
_WEAKEST: Final = "low"


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely each intent is, the one that is taken first."""

    likelihoods: tuple[tuple[Intent, float], ...]
    by_classifier: tuple[tuple[Intent, float], ...]
    """What the classifier alone says, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Weigher:
    """Weighs the vote of the patterns against the classifier's."""

    classifier: Classifier
    share: float
    """What the classifier's vote is worth."""
    second: float
    """What the patterns' runner-up is worth."""
    votes: Mapping[str, float]
    """What the patterns' reading is worth, by the kind of evidence (see `evidence_of`)."""

    def weigh(
        self, said: Reading, features: Iterable[str], leaning: Mapping[Intent, float] | None = None
    ) -> Weighed:
        """Weigh what the patterns said of a message with these features.

        `leaning` is what speaks for an intent beside the message itself.
        """
        intents = self.classifier.intents
        own = self.classifier.scores(features)
        scores = dict(zip(intents, (self.share * score for score in own), strict=True))
        scores[said.intent] += self.votes.get(evidence_of(said), 0.0)
        if said.runner_up is not None:
            scores[said.runner_up] += self.second
        for intent, worth in (leaning or {}).items():
            scores[intent] += worth
        likely = zip(intents, map(exp, log_softmax([scores[i] for i in intents])), strict=True)
        return Weighed(
            likelihoods=_ranked(likely, _with_caution),
            by_classifier=_ranked(zip(intents, map(exp, own), strict=True), lambda pair: pair[1]),
        )


def load_weigher() -> Weigher:
    """The weigher as it was trained."""
    classifier, trained = load_trained()
    return Weigher(classifier, trained["share"], trained["second"], trained["votes"])


def evidence_of(said: Reading) -> str:
    """What kind of evidence the patterns' reading rests on: none, a bare name, or words of some weight."""
    if not said.matched:
        return _NO_PATTERN
    if said.matched[0] == BARE:
        return f"bare {said.confidence}"
    return next((str(band) for band in _BANDS if said.confidence >= band), _WEAKEST)


def _ranked(
    likely: Iterable[tuple[Intent, float]], worth: Callable[[tuple[Intent, float]], float]
) -> tuple[tuple[Intent, float], ...]:
    return tuple(sorted(likely, key=worth, reverse=True))


def _with_caution(pair: tuple[Intent, float]) -> float:
    return pair[1] * CAUTION if pair[0] in CHANGING else pair[1]
