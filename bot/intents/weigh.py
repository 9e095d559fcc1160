"""Patterns and classifier weighed against each other: how likely each intent is, and which one is taken.

The patterns say one intent, as surely as `rank` puts it, and perhaps a runner-up; the classifier gives each a
likelihood. Their votes are added as logarithms. What a vote of each kind is worth was found on readings that
the patterns gave of messages nobody had tuned them for (`training`), so that a confidence of 0.8 is right
eight times in ten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from bot.intents.classifier import Classifier, load_trained, log_softmax
from bot.intents.model import CHANGING, NO_CHANGE, Intent, Reading

CAUTION: Final = 12.0
"""What changes the patron's record is taken only if it is so many times likelier than that the message means
no change at all: a question, a refusal, an abort, something foreign."""
CARE: Final = 1.5
"""The same beside any other reading, which only shows something."""
BARE: Final = "search_catalog.bare"
"""Stands for a pattern where a message is nothing but a name."""

_BANDS: Final = tuple((band, str(band)) for band in (0.97, 0.95, 0.93, 0.86, 0.76, 0.64))
_NO_PATTERN: Final = "none"
_WEAKEST: Final = "low"


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely each intent is, the one that is taken first."""

    likelihoods: tuple[tuple[Intent, float], ...]
    intents: Sequence[Intent]
    own_scores: Sequence[float]
    """What the classifier alone says of these intents, as logarithms."""

    def by_classifier(self) -> tuple[tuple[Intent, float], ...]:
        """What the classifier alone says, the likeliest first."""
        own = zip(self.intents, map(exp, self.own_scores), strict=True)
        return tuple(sorted(own, key=lambda pair: pair[1], reverse=True))


class Weigher:
    """Weighs the vote of the patterns against the classifier's."""

    def __init__(
        self, classifier: Classifier, share: float, second: float, votes: Mapping[str, float]
    ) -> None:
        """Of what was trained.

        `share` is what the classifier's vote is worth, `second` what the patterns' runner-up is, `votes` what
        their reading is: by the kind of evidence (see `evidence_of`), and by its intent.
        """
        self.classifier = classifier
        self._share = share
        self._second = second
        self._votes = votes
        self._place = {intent: n for n, intent in enumerate(classifier.intents)}
        self._changing = [intent in CHANGING for intent in classifier.intents]
        self._no_change = [n for n, intent in enumerate(classifier.intents) if intent in NO_CHANGE]

    def weigh(
        self, said: Reading, features: Iterable[str], leaning: Mapping[Intent, float] | None = None
    ) -> Weighed:
        """Weigh what the patterns said of a message with these features.

        `leaning` is what speaks for an intent beside the message itself.
        """
        intents, place = self.classifier.intents, self._place
        own = self.classifier.scores(features)
        share = self._share
        scores = [share * score for score in own]
        scores[place[said.intent]] += self._votes.get(evidence_of(said), 0.0) + self._votes.get(
            said.intent.value, 0.0
        )
        if said.runner_up is not None:
            scores[place[said.runner_up]] += self._second
        for intent, worth in (leaning or {}).items():
            scores[place[intent]] += worth
        likely = [exp(score) for score in log_softmax(scores)]
        order = self._ordered(likely)
        return Weighed(tuple([(intents[n], likely[n]) for n in order]), intents, own)

    def _ordered(self, likely: Sequence[float]) -> list[int]:
        """The places of the intents, the likeliest first, but none that changes the record in doubt."""
        order = sorted(range(len(likely)), key=likely.__getitem__, reverse=True)
        if not self._changing[order[0]]:
            return order
        most = likely[order[0]]
        harmless = next(n for n in order if not self._changing[n])
        is_meant = most >= CARE * likely[harmless] and most >= CAUTION * max(
            likely[n] for n in self._no_change
        )
        if not is_meant:
            order.remove(harmless)
            order.insert(0, harmless)
        return order


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
    return next((name for least, name in _BANDS if said.confidence >= least), _WEAKEST)
