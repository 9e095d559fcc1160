"""All that is found in a message before it is said what it means: words, names, days, and what the patterns see.

The stages up to the patterns run here, for each sentence and for the whole; which reading is meant is left to
`parser`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.intents import rank
from bot.intents.features import features
from bot.intents.lexicon import Lexicon
from bot.intents.match import Candidate, Finder, Hit, Patterns, Segment
from bot.intents.model import Intent, Reading, SlotValue
from bot.intents.naming import Named
from bot.intents.normalize import Spellings, Text, normalize
from bot.intents.segments import cut_segments, whole
from bot.intents.slots import fill, topic_of
from bot.intents.spans import SpanFinder, Spans, people_by_name
from bot.intents.titles import TitleFinder
from bot.intents.tokens import Tokenizer

_SHARED_WORDS = frozenset({"reserving", "renewal", "cancelling", "lengthen"})
_JOINT = re.compile(r"\s*(?:の(?:期限|期間|契約|利用|枠|時間|日程))?(?:の|を|が|も|って|、)?\s*")
"""What may stand between a thing and the word that says what is to be done with it."""
_ELSEWHERE = frozenset({"foreign", "room", "event"})
"""Groups that mean something of their own wherever they stand: 講座の申し込み."""
LONGEST_BARE_TITLE = 30
_HAS_WORD = re.compile(r"[^\W_ー]")


@dataclass(frozen=True, slots=True)
class Looked:
    """A segment with what it names and asks."""

    segment: Segment
    named: tuple[Named, ...]
    sentence: rank.Sentence


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was found in a message, before it is said what it means."""

    text: Text
    spans: Spans
    hits: tuple[Hit, ...]
    looked: tuple[Looked, ...]
    together: Looked

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

    def _named(self, look: Looked) -> tuple[Named, ...]:
        """What the sentence names; where it names nothing surely, a work of another sentence."""
        if any(n.certain or n.attached for n in look.named):
            return look.named
        elsewhere = tuple(n for other in self.looked for n in other.named if n.certain)
        return elsewhere or look.named

    def features(self) -> frozenset[str]:
        """What the classifier sees."""
        named = [n for look in self.looked for n in look.named]
        whole = self.together.segment
        last = self.looked[-1].segment.hits
        return features(self.spans.masked, whole.tokens, whole.hits, last, named, len(self.looked))

    def bare_title(self) -> dict[str, SlotValue]:
        """The whole message as a title (competing reading 4), where no word of a request is in it."""
        whole = self.text.written
        is_request = any(hit.role == "edge" for hit in self.hits)
        return {} if is_request or len(whole) > LONGEST_BARE_TITLE else {"title": whole}

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


class Observer:
    """Runs the stages up to the patterns; safe to share between threads."""

    def __init__(self, lexicon: Lexicon, branches: Iterable[str]) -> None:
        titles = lexicon.tables["titles"]
        self._spellings = Spellings(lexicon.spellings)
        self._spans = SpanFinder(lexicon, branches, self._spellings)
        self._tokenizer = Tokenizer()
        self._finder = Finder(lexicon)
        self._patterns = Patterns(lexicon.patterns)
        self._titles = TitleFinder(titles)
        self._asking = frozenset(titles["asking"])
        self._person_things = frozenset(titles["person_things"])
        self._joints = frozenset(titles["joints"])
        self._tokenizer.tokenize("")

    def see(self, message: str, today: date) -> Seen | None:
        """What is in a message; None where there is no word in it."""
        text = normalize(message, self._spellings)
        if not _HAS_WORD.search(text.canon):
            return None
        spans = self._spans.find(text, today)
        tokens = self._tokenizer.tokenize(spans.masked)
        people = people_by_name(tokens, self._person_things)
        hits = self._finder.find(spans.masked, tokens, (*spans.hits, *people))
        segments = cut_segments(spans.masked, tokens, hits, self._joints)
        looked = tuple(self._look(n, segment, text, spans) for n, segment in enumerate(segments))
        together = looked[0]
        if len(looked) > 1:
            together = self._look(-1, whole(spans.masked, tokens, hits), text, spans)
        return Seen(text, spans, hits, looked, together)

    def _look(self, index: int, segment: Segment, text: Text, spans: Spans) -> Looked:
        named = self._titles.find(text, segment, spans.quotes)
        extra = [Hit("@rest", n.begin, n.end) for n in named if not n.kind]
        extra += [Hit("@noun", n.begin, n.end) for n in named if not n.kind and (n.attached or n.certain)]
        extra += [Hit("@subject", n.begin, n.end) for n in named if n.subject and not n.kind]
        extra += _done_elsewhere(text, segment.hits)
        outside = _outside_names(text, segment.hits, named)
        full = Segment(segment.begin, segment.end, (*outside, *extra), segment.tokens)
        ordered = rank.order_within(self._patterns.fulfilled(full))
        asks = any(hit.group in self._asking for hit in full.hits)
        return Looked(full, named, rank.Sentence(index, ordered, asks))


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


def _is_kana(text: Text, hit: Hit) -> bool:
    """Whether a word is grammar (とは) rather than a thing (相互貸借)."""
    return all("ぁ" <= char <= "ゖ" for char in text.canon[hit.begin : hit.end])
