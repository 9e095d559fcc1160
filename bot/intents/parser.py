"""The parser: one message in, one reading out, through the stages of this package.

Seen without any conversation before it; context is the dialogue's to weigh.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from bot.intents import rank
from bot.intents.expecting import Expected, is_answer, leaning
from bot.intents.lexicon import Lexicon, load_lexicon
from bot.intents.model import UNDERSTOOD, Intent, Reading, SlotValue
from bot.intents.normalize import Text
from bot.intents.seen import LONGEST_BARE_TITLE, Looked, Observer, Seen
from bot.intents.slots import fill
from bot.intents.spans import Spans
from bot.intents.weigh import BARE, Weighed, Weigher, load_weigher

DEFAULT: Final = ("中央", "東部", "西部", "見和", "常澄", "内原", "京都府立")
"""The branches of both libraries."""

_NOTHING_KNOWN = 0.3
_NOTHING = Reading(Intent.OUT_OF_SCOPE, {}, 0.1, None, ())
"""What a message without any word is."""
_NOTHING_EXPECTED: Final[frozenset[Expected]] = frozenset()
_OF_ANYTHING = frozenset({Intent.OUT_OF_SCOPE, Intent.SEARCH_CATALOG})
"""What any unknown words look like: nothing is understood where only the classifier says so."""
_WORTH_OFFERING = 0.02
"""A reading less likely than this is no runner-up."""
_NUMBER_ALONE = re.compile(r"\s*[0-9]{1,4}\s*(?:番目?|つ目|個目)?\s*")
"""A number that stands in no list is still one that picks (0番)."""
_NUMBER_SURE = 0.95
_BARE_WORK = 0.7
_BARE_NOUN = 0.6
_TALK_ENDS = frozenset({"ます", "です", "てる", "とる", "思う", "だ", "じゃん", "ねん"})
_QUESTIONS = frozenset({"how", "until_when", "what", "where", "how_many"})
"""Groups that make words with an unknown noun a question about it (好きな食べ物は何？), not a title."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The readings of a message, and how they came about."""

    readings: tuple[Reading, ...]
    by_patterns: Reading
    weighed: Weighed | None
    """None for a message without a word."""


def _read(seen: Seen, said: Reading, weighed: Weighed, limit: int) -> Iterator[Reading]:
    """The likeliest readings; a confidence that nothing known stands behind stays low."""
    likely = weighed.likelihoods
    most = 1.0
    for n, (intent, likelihood) in enumerate(likely[:limit]):
        if n and likelihood < _WORTH_OFFERING:
            return
        other = likely[1] if n == 0 else likely[0]
        runner_up = other[0] if other[1] >= _WORTH_OFFERING else None
        confidence = min(likelihood, most)
        reading = said if intent is said.intent else seen.read_as(intent, confidence, runner_up)
        if not n and intent in _OF_ANYTHING and not (reading.matched or reading.slots):
            if not said.matched and (intent is Intent.OUT_OF_SCOPE or confidence < UNDERSTOOD):
                yield said
                return
            if intent is Intent.SEARCH_CATALOG:
                reading = replace(reading, slots=seen.bare_title())
        most = confidence
        yield replace(reading, confidence=round(confidence, 3), runner_up=runner_up)


class Parser:
    """Reads messages; safe to share between threads. Made by `load_parser`."""

    def __init__(self, lexicon: Lexicon, branches: Iterable[str], weigher: Weigher) -> None:
        self._observer = Observer(lexicon, branches)
        self._weigher = weigher

    def parse(self, text: str, *, today: date, expects: Set[Expected] = _NOTHING_EXPECTED) -> Reading:
        """Read one message.

        Any string is accepted; beyond 5,000 characters nothing is read. `today` (JST) is what relative
        days in the message count from; `expects` is what a question that waits can be answered with.
        """
        return self.explain(text, today=today, expects=expects).readings[0]

    def readings(self, text: str, *, today: date, limit: int = 2) -> tuple[Reading, ...]:
        """The likeliest readings of a message, each of another intent, the first as `parse` gives it.

        At least one, at most `limit`: what to offer where the message was not understood.
        """
        return self.explain(text, today=today, limit=limit).readings

    def explain(
        self, text: str, *, today: date, expects: Set[Expected] = _NOTHING_EXPECTED, limit: int = 1
    ) -> Explained:
        """The readings with what patterns and classifier said on their own."""
        seen = self._observer.see(text, today)
        if seen is None:
            return Explained((_NOTHING,), _NOTHING, None)
        said = self._by_patterns(seen)
        lean = leaning(expects, seen.groups(), said)
        weighed = self._weigher.weigh(said, seen.features(), lean)
        readings = tuple(_read(seen, said, weighed, limit))
        if is_answer(readings[0].intent, lean):
            expected = f"{readings[0].intent}.expected"
            readings = (replace(readings[0], matched=(expected, *readings[0].matched[1:])), *readings[1:])
        return Explained(readings, said, weighed)

    def features(self, text: str, *, today: date) -> frozenset[str]:
        """What the classifier sees of a message."""
        seen = self._observer.see(text, today)
        return frozenset() if seen is None else seen.features()

    def _by_patterns(self, seen: Seen) -> Reading:
        """What the patterns alone make of the message."""
        sentences = [look.sentence for look in seen.looked]
        chosen = rank.choose(sentences, seen.together.sentence)
        if chosen is None:
            return self._unknown(seen.text, seen.looked)
        sentence, best = chosen
        second = rank.runner_up(best, [sentence, *sentences])
        certainty = rank.confidence(best, sentence.candidates)
        return seen.reading(sentence, best, certainty, second[1].pattern.intent if second else None)

    def _unknown(self, text: Text, looked: Sequence[Looked]) -> Reading:
        """No pattern is fulfilled: a bare title or author (competing reading 4), or nothing we know."""
        if number := _NUMBER_ALONE.fullmatch(text.canon):
            return Reading(Intent.CHOOSE, {}, _NUMBER_SURE, None, ("choose.nowhere", number.group()))
        named = [n for look in looked for n in look.named]
        slots = (
            {}
            if not named
            else fill(
                Intent.SEARCH_CATALOG,
                text=text,
                spans=Spans((), (), (), (), (), ""),
                segment=looked[0].segment,
                hits=(),
                named=named,
                fixed={},
            )
        )
        certain = any(n.certain for n in named)
        is_short = len(text.canon) <= LONGEST_BARE_TITLE
        asks = any(
            h.group in _QUESTIONS and text.cut(h.begin, h.end) not in {"?", "ですか?"}
            for look in looked
            for h in look.segment.hits
        )
        if not certain and (asks or _is_talk(looked)):
            return Reading(
                Intent.OUT_OF_SCOPE, {}, _NOTHING_KNOWN, Intent.SEARCH_CATALOG if slots else None, ()
            )
        if slots and (certain or (is_short and len(looked) == 1)):
            words = tuple(text.cut(n.begin, n.end) for n in named)
            if _is_whole_title(looked[0], slots, certain=certain):
                slots = {"title": text.written.rstrip("。 ")}
            sure = _BARE_WORK if certain else _BARE_NOUN
            return Reading(Intent.SEARCH_CATALOG, slots, sure, None, (BARE, *words))
        return Reading(Intent.OUT_OF_SCOPE, {}, _NOTHING_KNOWN, None, ())


def _is_whole_title(look: Looked, slots: Mapping[str, SlotValue], *, certain: bool) -> bool:
    """Whether a bare name goes on beyond what looks like one (希望の糸): no word of a request is said at all."""
    is_plain = not certain and slots.keys() == {"title"} and isinstance(slots["title"], str)
    return is_plain and not any(hit.role == "filler" for hit in look.segment.hits)


def _is_talk(looked: Sequence[Looked]) -> bool:
    """Whether a message with nothing known in it is said to somebody (宇宙人っていると思う？), no bare title."""
    words = [t for t in looked[-1].segment.tokens if t.pos[0] not in {"補助記号", "空白", "記号"}]
    return bool(words) and (words[-1].lemma in _TALK_ENDS or words[-1].pos[1] == "終助詞")


@cache
def _lexicon() -> Lexicon:
    return load_lexicon()


@cache
def _weigher() -> Weigher:
    return load_weigher()


def load_parser(branches: Iterable[str] = DEFAULT, weigher: Weigher | None = None) -> Parser:
    """Make a parser for a library with these branches (names as in its policy, without 図書館).

    Takes some tenths of a second: once per process. `weigher` is another than the trained one.

    Raises:
        DataError: a data file of this package is wrong.
    """
    return Parser(_lexicon(), tuple(branches), weigher or _weigher())


__all__ = ["DEFAULT", "UNDERSTOOD", "Parser", "load_parser"]
