"""The parser: one message in, one reading out, through the stages of this package.

Seen without any conversation before it; context is the dialogue's to weigh.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from bot.intents import rank
from bot.intents.expecting import Expected, is_answer, leaning
from bot.intents.features import features
from bot.intents.lexicon import Lexicon, load_lexicon
from bot.intents.match import Candidate, Finder, Hit, Patterns, Segment
from bot.intents.model import UNDERSTOOD, Intent, Reading
from bot.intents.naming import Named
from bot.intents.normalize import Spellings, Text, normalize
from bot.intents.segments import cut_segments, whole
from bot.intents.slots import fill, topic_of
from bot.intents.spans import SpanFinder, Spans, people_by_name
from bot.intents.titles import TitleFinder
from bot.intents.tokens import Tokenizer
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
_HAS_WORD = re.compile(r"[^\W_]")
_BARE_WORK = 0.7
_BARE_NOUN = 0.6
_LONGEST_BARE_TITLE = 30
_TALK_ENDS = frozenset({"ます", "です", "てる", "とる", "思う", "だ", "じゃん", "ねん"})
_SHARED_WORDS = frozenset({"reserving", "renewal", "cancelling", "lengthen"})
_JOINT = re.compile(r"\s*(?:の(?:期限|期間|契約|利用|枠|時間|日程))?(?:の|を|が|も|って|、)?\s*")
"""What may stand between a thing and the word that says what is to be done with it."""
_ELSEWHERE = frozenset({"foreign", "room", "event"})
"""Groups that mean something of their own wherever they stand: 講座の申し込み."""
_QUESTIONS = frozenset({"how", "until_when", "what", "where", "how_many"})
"""Groups that make words with an unknown noun a question about it (好きな食べ物は何？), not a title."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A segment with what it names and asks."""

    segment: Segment
    named: tuple[Named, ...]
    sentence: rank.Sentence


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that was found in a message, before it is said what it means."""

    text: Text
    spans: Spans
    hits: tuple[Hit, ...]
    looked: tuple[_Looked, ...]
    together: _Looked

    def reading(
        self, sentence: rank.Sentence, best: Candidate, confidence: float, runner_up: Intent | None
    ) -> Reading:
        """The reading that a candidate of one sentence makes."""
        look = self.together if sentence.index == -1 else self.looked[sentence.index]
        slots = fill(
            best.pattern.intent,
            text=self.text,
            spans=self.spans,
            segment=look.segment,
            hits=self.hits,
            named=self._named(look),
            fixed=best.pattern.slots,
        )
        words = (self.text.cut(h.begin, h.end) for h in best.words)
        return Reading(best.pattern.intent, slots, confidence, runner_up, (best.pattern.id, *words))

    def _named(self, look: _Looked) -> tuple[Named, ...]:
        """What the sentence names; where it names nothing surely, a work of another sentence."""
        if any(n.certain or n.attached for n in look.named):
            return look.named
        elsewhere = tuple(n for other in self.looked for n in other.named if n.certain)
        return elsewhere or look.named

    def features(self) -> frozenset[str]:
        """What the classifier sees."""
        named = [n for look in self.looked for n in look.named]
        whole = self.together.segment
        return features(self.spans.masked, whole.tokens, whole.hits, self.looked[-1].segment.hits, named)

    def groups(self) -> set[str]:
        """The groups of words that occur, also those that names make."""
        return {hit.group for look in self.looked for hit in look.segment.hits}

    def read_as(self, intent: Intent, confidence: float, runner_up: Intent | None) -> Reading:
        """The message read as one intent, with the strongest pattern for it or without any."""
        found = [
            (look.sentence, c)
            for look in (*self.looked, self.together)
            for c in look.sentence.candidates
            if c.pattern.intent is intent
        ]
        if found:
            sentence, best = max(found, key=lambda pair: pair[1].score)
            return self.reading(sentence, best, confidence, runner_up)
        named = [n for look in self.looked for n in look.named if n.certain or n.attached]
        slots = fill(
            intent,
            text=self.text,
            spans=self.spans,
            segment=self.together.segment,
            hits=self.hits,
            named=named,
            fixed={"topic": topic_of(self.hits)},
        )
        return Reading(intent, slots, confidence, runner_up, ())


@dataclass(frozen=True, slots=True)
class Explained:
    """The readings of a message, and how they came about."""

    readings: tuple[Reading, ...]
    by_patterns: Reading
    weighed: Weighed | None
    """None for a message without a word."""


def _read(seen: _Seen, said: Reading, weighed: Weighed, limit: int) -> Iterator[Reading]:
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
        if (
            not n
            and not said.matched
            and not reading.matched
            and not reading.slots
            and intent in _OF_ANYTHING
        ):
            yield said
            return
        most = confidence
        yield replace(reading, confidence=round(confidence, 3), runner_up=runner_up)


class Parser:
    """Reads messages; safe to share between threads. Made by `load_parser`."""

    def __init__(self, lexicon: Lexicon, branches: Iterable[str], weigher: Weigher) -> None:
        self._spellings = Spellings(lexicon.spellings)
        self._spans = SpanFinder(lexicon, branches, self._spellings)
        self._tokenizer = Tokenizer()
        self._finder = Finder(lexicon)
        self._patterns = Patterns(lexicon.patterns)
        self._titles = TitleFinder(lexicon.tables["titles"])
        self._asking = frozenset(lexicon.tables["titles"]["asking"])
        self._person_things = frozenset(lexicon.tables["titles"]["person_things"])
        self._joints = frozenset(lexicon.tables["titles"]["joints"])
        self._weigher = weigher
        self._tokenizer.tokenize("")

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
        normal = normalize(text, self._spellings)
        if not _HAS_WORD.search(normal.canon):
            return Explained((_NOTHING,), _NOTHING, None)
        seen = self._see(normal, today)
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
        normal = normalize(text, self._spellings)
        return self._see(normal, today).features() if _HAS_WORD.search(normal.canon) else frozenset()

    def _by_patterns(self, seen: _Seen) -> Reading:
        """What the patterns alone make of the message."""
        sentences = [look.sentence for look in seen.looked]
        chosen = rank.choose(sentences, seen.together.sentence)
        if chosen is None:
            return self._unknown(seen.text, seen.looked)
        sentence, best = chosen
        second = rank.runner_up(best, [sentence, *sentences])
        certainty = rank.confidence(best, sentence.candidates)
        return seen.reading(sentence, best, certainty, second[1].pattern.intent if second else None)

    def _see(self, normal: Text, today: date) -> _Seen:
        spans = self._spans.find(normal, today)
        tokens = self._tokenizer.tokenize(spans.masked)
        people = people_by_name(tokens, self._person_things)
        hits = self._finder.find(spans.masked, tokens, (*spans.hits, *people))
        segments = cut_segments(spans.masked, tokens, hits, self._joints)
        looked = tuple(self._look(n, segment, normal, spans) for n, segment in enumerate(segments))
        together = looked[0]
        if len(looked) > 1:
            together = self._look(-1, whole(spans.masked, tokens, hits), normal, spans)
        return _Seen(normal, spans, hits, looked, together)

    def _look(self, index: int, segment: Segment, text: Text, spans: Spans) -> _Looked:
        named = self._titles.find(text, segment, spans.quotes)
        extra = [Hit("@rest", n.begin, n.end) for n in named if not n.kind]
        extra += [Hit("@noun", n.begin, n.end) for n in named if not n.kind and (n.attached or n.certain)]
        extra += [Hit("@subject", n.begin, n.end) for n in named if n.subject and not n.kind]
        extra += _done_elsewhere(text, segment.hits)
        outside = _outside_names(text, segment.hits, named)
        full = Segment(segment.begin, segment.end, (*outside, *extra), segment.tokens)
        ordered = rank.order_within(self._patterns.fulfilled(full))
        asks = any(hit.group in self._asking for hit in full.hits)
        return _Looked(full, named, rank.Sentence(index, ordered, asks))

    def _unknown(self, text: Text, looked: Sequence[_Looked]) -> Reading:
        """No pattern is fulfilled: a bare title or author (competing reading 4), or nothing we know."""
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
        is_short = len(text.canon) <= _LONGEST_BARE_TITLE
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
            sure = _BARE_WORK if certain else _BARE_NOUN
            return Reading(Intent.SEARCH_CATALOG, slots, sure, None, (BARE, *words))
        return Reading(Intent.OUT_OF_SCOPE, {}, _NOTHING_KNOWN, None, ())


def _done_elsewhere(text: Text, hits: Sequence[Hit]) -> list[Hit]:
    """What other counters reserve or renew, right before those words (宿の予約)."""
    begins = {h.begin for h in hits if h.group in _SHARED_WORDS}
    items = (h for h in hits if h.group == "elsewhere_item")
    after = ((h, _JOINT.match(text.canon, h.end)) for h in items)
    return [
        Hit("@elsewhere", h.begin, h.end, "weak") for h, joint in after if joint and joint.end() in begins
    ]


def _outside_names(text: Text, hits: Sequence[Hit], named: Sequence[Named]) -> list[Hit]:
    """The words that are more than a part of what is named (not 終わり in 世界の終わりを予約)."""
    names = sorted((n for n in named if not n.kind and (n.certain or n.attached)), key=lambda n: n.begin)
    begins = [n.begin for n in names]
    kept = []
    for hit in hits:
        at = bisect_right(begins, hit.begin) - 1
        if at < 0 or not _is_part(text, hit, names[at]):
            kept.append(hit)
    return kept


def _is_part(text: Text, hit: Hit, name: Named) -> bool:
    if hit.group.startswith("@") or hit.end > name.end:
        return False
    if name.certain:
        return True
    # The last word of a name says what it is (市民プール): that one counts.
    may_be_part = hit.role in {"weak", "light"} or (hit.role == "aside" and _is_kana(text, hit))
    return may_be_part and hit.group not in _ELSEWHERE and hit.end < name.end


def _is_talk(looked: Sequence[_Looked]) -> bool:
    """Whether a message with nothing known in it is said to somebody (宇宙人っていると思う？), no bare title."""
    words = [t for t in looked[-1].segment.tokens if t.pos[0] not in {"補助記号", "空白", "記号"}]
    return bool(words) and (words[-1].lemma in _TALK_ENDS or words[-1].pos[1] == "終助詞")


def _is_kana(text: Text, hit: Hit) -> bool:
    """Whether a word is grammar (とは) rather than a thing (相互貸借)."""
    return all("ぁ" <= char <= "ゖ" for char in text.canon[hit.begin : hit.end])


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
