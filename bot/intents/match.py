"""Third stage: which known words stand where, and which patterns they fulfil.

A hit is a word of a group at its place; words of some groups hide the shorter ones inside them.
Patterns look at one segment of the message at a time; `segments` cuts it. What patterns weigh against each
other is left to `rank`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.intents.lexicon import Group, Lexicon, Pattern, Role
from bot.intents.model import SlotValue
from bot.intents.tokens import Token

STANDS_ALONE = "|"
"""Before a word: it counts only from where a token begins to where one ends (とき, not やめときます)."""
_AT_END = re.compile(r"[かのよなねんっけやわは]{0,4}[\s~ー.]*(?:$|[。、!?\n])")
"""What may follow the last word of a sentence."""
_PREFIX = 2
"""Words are looked up by so many of their first characters."""
_KANJI = re.compile(r"[一-鿿々]")
_LONG_ENOUGH = 5
"""A word of so many characters is seen in a compound too, where Sudachi splits it (ログインパスワード)."""
_SAME_SCRIPT = (re.compile(r"[ァ-ヺー・]"), re.compile(r"[a-z]"))


class Hit(NamedTuple):
    """A known word or a fixed form at its place in `Text.canon`."""

    group: str
    begin: int
    end: int
    role: Role = "edge"
    slots: Mapping[str, SlotValue] | None = None
    hides: bool = True


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the message with one thing to say."""

    begin: int
    end: int
    hits: tuple[Hit, ...]
    tokens: tuple[Token, ...]

    def groups(self) -> dict[str, int]:
        """Each group that occurs, with the place of its first hit."""
        first: dict[str, int] = {}
        for hit in self.hits:
            first.setdefault(hit.group, hit.begin)
        return first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pattern fulfilled by a segment."""

    pattern: Pattern
    begin: int
    score: float
    words: tuple[Hit, ...]


class Finder:
    """Finds the groups of a lexicon in a text, in time proportional to its length."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words: dict[str, list[tuple[Group, bool]]] = {}
        lengths: dict[str, set[int]] = {}
        self._verbs: dict[str, list[Group]] = {}
        self._tokens: dict[tuple[str, str], list[Group]] = {}
        for group in lexicon.groups.values():
            for written in group.words:
                word = written.removeprefix(STANDS_ALONE)
                own = group.whole or word != written
                self._words.setdefault(word, []).append((group, own))
                lengths.setdefault(word[:_PREFIX], set()).add(len(word))
            for verb in group.verbs:
                self._verbs.setdefault(verb, []).append(group)
            for token in group.tokens:
                norm, _, pos = token.partition(":")
                self._tokens.setdefault((norm, pos), []).append(group)
        alone = {prefix for prefix in lengths if len(prefix) < _PREFIX}
        self._lengths = {
            prefix: tuple(sorted(found | (lengths[prefix[0]] if prefix[0] in alone else set())))
            for prefix, found in lengths.items()
        }

    def find(self, canon: str, tokens: Sequence[Token], fixed: Iterable[Hit]) -> tuple[Hit, ...]:
        """All hits that no longer hit hides, in order of their place."""
        begins = {token.begin for token in tokens}
        ends = {token.end for token in tokens}
        hits = list(fixed)
        hits.extend(self._find_words(canon, begins, ends))
        hits.extend(self._find_tokens(tokens))
        return _longest(hits, len(canon))

    def _find_words(self, canon: str, begins: set[int], ends: set[int]) -> Iterator[Hit]:
        lengths, words = self._lengths, self._words
        for at, (char, following) in enumerate(zip(canon, f"{canon[1:]} ", strict=False)):
            possible = lengths.get(char + following)
            if possible is None:
                possible = lengths.get(char)
                if possible is None:
                    continue
            for length in possible:
                word = canon[at : at + length]
                groups = words.get(word)
                if groups is None or len(word) < length or not _stands_free(canon, at, word, begins, ends):
                    continue
                stands_alone = at in begins and at + length in ends
                for group, own in groups:
                    if (own and not stands_alone) or (group.ends and not _AT_END.match(canon, at + length)):
                        continue
                    yield Hit(group.name, at, at + length, group.role, group.slots, group.hides)

    def _find_tokens(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        for token in tokens:
            kind = token.pos[0]
            groups = list(self._tokens.get((token.norm, kind), ()))
            if kind == "動詞":
                groups += self._verbs.get(token.norm, ()) or self._verbs.get(token.lemma, ())
            for group in groups:
                yield Hit(group.name, token.begin, token.end, group.role, group.slots, group.hides)


def _stands_free(canon: str, at: int, word: str, begins: set[int], ends: set[int]) -> bool:
    """Whether a word is one by itself and not a part of a longer one (延長 in 延長戦)."""
    end = at + len(word)
    own = len(word) >= _LONG_ENOUGH and at in begins and end in ends
    for script in () if own else _SAME_SCRIPT:
        if script.match(word[0]) and at > 0 and script.match(canon[at - 1]) and canon[at - 1] != "ー":
            return False
        if script.match(word[-1]) and end < len(canon) and script.match(canon[end]):
            return False
    if at > 0 and at not in begins and _KANJI.match(word[0]) and _KANJI.match(canon[at - 1]):
        return False
    return not (end < len(canon) and end not in ends and _KANJI.match(word[-1]) and _KANJI.match(canon[end]))


def _longest(hits: list[Hit], length: int) -> tuple[Hit, ...]:
    """Drop each hit that lies inside a longer one of a kind that hides."""
    reach = [0] * (length + 1)
    # For each place, how far the longest hiding hit goes that begins there or before.
    for hit in hits:
        if hit.hides:
            reach[hit.begin] = max(reach[hit.begin], hit.end)
    for at in range(1, length):
        reach[at] = max(reach[at], reach[at - 1])
    kept = [h for h in hits if not (h.begin > 0 and reach[h.begin - 1] >= h.end) and not _shorter(h, reach)]
    return tuple(sorted(kept, key=lambda h: (h.begin, h.end)))


def _shorter(hit: Hit, reach: Sequence[int]) -> bool:
    """Whether a longer hiding hit begins at the same place."""
    return reach[hit.begin] > hit.end


class Patterns:
    """The patterns of a lexicon by their first need, so that few are looked at for a segment."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._by_group: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            for group in pattern.needs[0]:
                self._by_group.setdefault(group, []).append(pattern)

    def fulfilled(self, segment: Segment) -> list[Candidate]:
        """The candidates that a segment makes, each pattern once."""
        first = segment.groups()
        worth = {pattern.id: pattern for group in first for pattern in self._by_group.get(group, ())}
        found = (fulfil(pattern, segment, first) for pattern in worth.values())
        return [candidate for candidate in found if candidate is not None]


def fulfil(pattern: Pattern, segment: Segment, first: Mapping[str, int]) -> Candidate | None:
    """The candidate that a segment makes of a pattern, if it has all its needs."""
    if not pattern.unless.isdisjoint(first):
        return None
    places: list[int] = []
    used: set[str] = set()
    for need in pattern.needs:
        present = [group for group in need if group in first]
        if not present:
            return None
        group = min(present, key=first.__getitem__)
        used.update(present)
        places.append(
            _place_after(segment, group, places[-1]) if pattern.ordered and places else first[group]
        )
    if -1 in places:
        return None
    words = tuple(h for h in segment.hits if h.group in used)
    if pattern.alone and not _is_alone(segment, words):
        return None
    return Candidate(pattern, min(places), len(pattern.needs) + pattern.weight, words)


def _place_after(segment: Segment, group: str, after: int) -> int:
    return next((h.begin for h in segment.hits if h.group == group and h.begin > after), -1)


def _is_alone(segment: Segment, words: Sequence[Hit]) -> bool:
    """Whether all that is said, filler aside, lies within these words."""
    small = (h for h in segment.hits if h.role in {"filler", "light"})
    covered = {at for hit in (*words, *small) for at in range(hit.begin, hit.end)}
    spoken = [(h.begin, h.end) for h in segment.hits]
    spoken += [
        (t.begin, t.end) for t in segment.tokens if t.pos[0] == "名詞" or t.pos[:2] == ("動詞", "一般")
    ]
    return all(at in covered for begin, end in spoken for at in range(begin, end))
