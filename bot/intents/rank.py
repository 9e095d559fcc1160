"""Fourth stage: of all patterns that a message fulfils, the one that it means.

The order, from the strongest:

1. A request taken back within the message is an `abort`, one told not to be done a `deny`
   (competing readings 19 and 8): their patterns carry the weight for it.
2. A sentence that asks or wishes goes before one that only tells; of several, the first
   (competing reading 9). Small talk goes after every request (competing reading 11).
3. Within a sentence the pattern with more needs goes before one with fewer: the words said count, and a
   pattern's weight corrects by a fraction where a competing reading of the contract says so.
4. On equal footing, what stands first in the sentence; then what would change nothing in the record
   before what would.

The confidence says how many words speak for the reading and how near the runner-up comes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.intents.match import Candidate
from bot.intents.model import Intent

SMALL_TALK = frozenset(
    {Intent.GREETING, Intent.THANKS, Intent.AFFIRM, Intent.DENY, Intent.HELP, Intent.MORE, Intent.CHOOSE}
)
DECISIVE_WEIGHT = 10
"""From this weight on a pattern decides for the whole message, wherever in it the pattern was found."""
LAST_RESORT = 0.5
"""Below this a sentence counts only when no other says anything."""
_CERTAINTY = ((4.0, 0.97), (3.0, 0.93), (2.0, 0.86), (1.4, 0.76), (0.9, 0.64))
_DOUBT_NEAR_RUNNER_UP = 0.08
_TALK_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Sentence:
    """The candidates of one segment, and how it is said."""

    index: int
    candidates: tuple[Candidate, ...]
    """In the order of `order_within`."""
    asks: bool


def order_within(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Sort the candidates of one segment, the likeliest first."""
    return tuple(
        sorted(
            candidates,
            key=lambda c: (-c.score, c.begin, c.pattern.changes, c.pattern.id),
        )
    )


def choose(sentences: Sequence[Sentence], whole: Sentence) -> tuple[Sentence, Candidate] | None:
    """The sentence that says what is meant, with its best candidate.

    `whole` is the message taken as one sentence: it counts where words of several sentences belong
    together and say more than any one of them.
    """
    decisive = [s for s in (*sentences, whole) if s.candidates and _is_decisive(s.candidates[0])]
    if decisive:
        return decisive[0], decisive[0].candidates[0]
    spoken = [s for s in sentences if s.candidates and _top_score(s) >= LAST_RESORT]
    spoken = spoken or [s for s in sentences if s.candidates]
    requests = [s for s in spoken if s.candidates[0].pattern.intent not in SMALL_TALK]
    asked = [s for s in requests if s.asks]
    best_together = whole.candidates[0] if whole.candidates else None
    for chosen in (asked, requests, spoken):
        if chosen:
            best = chosen[0] if chosen is not requests else max(chosen, key=_top_score)
            if best_together and best_together.score >= _top_score(best) + 1.0 and not asked:
                return whole, best_together
            return best, best.candidates[0]
    return (whole, best_together) if best_together else None


def confidence(best: Candidate, others: Sequence[Candidate]) -> float:
    """From 0.6 for one known word to 0.97; lower where the runner-up is as good."""
    if best.pattern.alone or _is_decisive(best):
        return _TALK_CONFIDENCE
    score = best.score
    certainty = next((value for least, value in _CERTAINTY if score >= least), 0.55)
    rival = next((c for c in others if c.pattern.intent != best.pattern.intent), None)
    if rival is not None and rival.score >= best.score:
        certainty -= _DOUBT_NEAR_RUNNER_UP
    return round(certainty, 3)


def runner_up(best: Candidate, sentences: Iterable[Sentence]) -> tuple[Sentence, Candidate] | None:
    """The likeliest reading of another intent, with the sentence it was found in."""
    others = [(s, c) for s in sentences for c in s.candidates if c.pattern.intent != best.pattern.intent]
    return max(others, key=lambda pair: pair[1].score, default=None)


def _is_decisive(candidate: Candidate) -> bool:
    return candidate.pattern.weight >= DECISIVE_WEIGHT


def _top_score(sentence: Sentence) -> float:
    return sentence.candidates[0].score
