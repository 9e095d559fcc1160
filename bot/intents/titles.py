"""Where in a sentence a work, an author or a theme is named.

The words that no group explains, with the particles and small words between them, are what the patron
asks for: the stretch between two edges of the request, trimmed at both ends. What the words of the
request are is data (`data/words.toml`, `data/titles.toml`); what a stretch names is left to `naming`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.intents.kinds import CONTENT_GROUPS, Edges, Kind, kinds_of, runs
from bot.intents.match import Segment
from bot.intents.naming import Known, Named, Namer
from bot.intents.normalize import Text
from bot.intents.shapes import LONGEST_TITLE, before_remark, could_be_name, is_attached, trim
from bot.intents.tokens import Token

_REACH = 3
"""Characters (a particle or two) that may stand between a work and the words that take it."""


_TAKERS = frozenset({"reserving", "borrow_wish", "renewal"})
_NOT_IN_NAMES = frozenset({"loan", "borrowed", "due", "list_words", "@branch", "@numbers", "called"})
"""Groups of a request that speaks of something else too; then no words are taken whole for a name."""


class TitleFinder:
    """Compiled from `data/titles.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._takes = frozenset(table["takes"])
        self._breaks = frozenset(table["breaks"])
        self._namer = Namer(table)

    def find(self, text: Text, segment: Segment, quotes: Sequence[tuple[int, int]]) -> tuple[Named, ...]:
        """Everything that is named in a segment, in order."""
        known = _known(text, segment, quotes)
        kinds = kinds_of(text.canon, segment)
        called = self._called(text, segment, kinds) or self._taken(text, segment, kinds)
        edges = Edges(segment)
        found = (self._name(known, segment, run, kinds, edges) for run in runs(kinds))
        named = [n for n in found if n is not None and not (called and n.begin < called.end)]
        if called is not None:
            return (called, *named)
        named += _quotes_left(text, segment, quotes, named)
        return tuple(named) or _kind_named(text, segment)

    def _called(self, text: Text, segment: Segment, kinds: Sequence[Kind]) -> Named | None:
        """A work with words of a request in its name, told by what follows (予約の取れない店という本)."""
        marker = next((h for h in segment.hits if h.group == "called"), None)
        if marker is None or any(h.group in CONTENT_GROUPS for h in segment.hits):
            return None
        tokens = segment.tokens
        end = next((n for n, token in enumerate(tokens) if token.end > marker.begin), len(tokens))
        begin = self._clause_begin(tokens, kinds, end)
        inside = range(begin, end)
        if not any(kinds[n] is Kind.EDGE or tokens[n].pos[0] in {"補助記号", "記号"} for n in inside):
            return None
        if all(tokens[n].pos[0] == "名詞" for n in inside):
            kinds = [Kind.CONTENT] * len(tokens)  # キャンセルという題の本
        return _as_spoken(text, tokens, kinds, begin, end)

    def _taken(self, text: Text, segment: Segment, kinds: Sequence[Kind]) -> Named | None:
        """A work whose name ends in words of a request, told by を and what follows (くもをさがすを予約)."""
        if any(h.group in CONTENT_GROUPS for h in segment.hits):
            return None
        tokens = segment.tokens
        takers = {h.begin for h in segment.hits if h.group in _TAKERS}
        pairs = enumerate(pairwise(tokens))
        end = next((n for n, (of, then) in pairs if of.surface == "を" and then.begin in takers), 0)
        edge = next((n for n in range(end - 1, -1, -1) if kinds[n] is Kind.EDGE), None)
        if edge is None or Kind.CONTENT in kinds[edge:end]:
            return None
        begin = self._clause_begin(tokens, kinds, end)
        first = next((n for n in range(begin, end) if kinds[n] in {Kind.CONTENT, Kind.WEAK}), end)
        if any(kinds[n] is Kind.EDGE for n in range(begin, first)) or _NOT_IN_NAMES & segment.groups().keys():
            return None
        return _as_spoken(text, tokens, kinds, first, end)

    def _clause_begin(self, tokens: Sequence[Token], kinds: Sequence[Kind], end: int) -> int:
        return max((n + 1 for n in range(end) if self._ends_clause(tokens, kinds, n)), default=0)

    def _ends_clause(self, tokens: Sequence[Token], kinds: Sequence[Kind], at: int) -> bool:
        following = tokens[at + 1].surface if at + 1 < len(tokens) else ""
        surface = tokens[at].surface
        if surface in self._breaks or surface + following in self._breaks or surface == "、":
            return True
        return surface == "は" and at > 0 and kinds[at - 1] in {Kind.WEAK, Kind.EDGE}

    def _name(
        self,
        known: Known,
        segment: Segment,
        run: Sequence[int],
        kinds: Sequence[Kind],
        edges: Edges,
    ) -> Named | None:
        stop = before_remark(segment.tokens, run, kinds)
        begin, end = trim(segment.tokens, kinds, self._after_reason(segment.tokens, run, kinds), stop)
        if begin >= end:
            return None
        tokens = segment.tokens[begin:end]
        usual = known.text.canon[tokens[0].begin : tokens[-1].end]
        if self._namer.is_kind(usual):
            return Named(
                tokens[0].begin,
                tokens[-1].end,
                subject=known.text.cut(tokens[0].begin, tokens[-1].end),
                kind=True,
            )
        if self._namer.is_generic(usual):
            return None
        edge = edges.next(tokens[-1].end)
        groups = edge[1] if edge else set()
        attached = (
            edge is not None
            and edge[0] - tokens[-1].end <= _REACH
            and not self._takes.isdisjoint(groups)
            and is_attached(segment.tokens, end, edge[0])
        )
        named = self._namer.name(known, tokens, is_theme="about" in groups)
        if not named.certain and not could_be_name(segment.tokens, begin, end, attached=attached):
            return None
        return replace(named, attached=attached)

    def _after_reason(self, tokens: Sequence[Token], run: Sequence[int], kinds: Sequence[Kind]) -> int:
        """Where the words begin that follow the last clause of the stretch that only gives a reason."""
        for n in reversed(run[1:-1]):
            if kinds[n] is Kind.CONTENT or tokens[n].pos[1] not in {"接続助詞", "格助詞", "準体助詞"}:
                continue
            if tokens[n].surface in self._breaks or tokens[n].surface + tokens[n + 1].surface in self._breaks:
                return n + 1
        return run[0]


def _as_spoken(
    text: Text, tokens: Sequence[Token], kinds: Sequence[Kind], begin: int, end: int
) -> Named | None:
    """All words of a stretch as one name, however they look."""
    if begin >= end or Kind.CONTENT not in kinds[begin:end]:
        return None
    span = tokens[begin].begin, tokens[end - 1].end
    if span[1] - span[0] > LONGEST_TITLE:
        return None
    return Named(*span, (text.cut(*span),), certain=True, attached=True)


def _quotes_left(
    text: Text, segment: Segment, quotes: Sequence[tuple[int, int]], named: Sequence[Named]
) -> list[Named]:
    """Quoted works that a clause parts from the request (『こころ』まだ途中なので延長)."""
    here = [q for q in quotes if segment.begin <= q[0] < segment.end]
    if not here or any(n.certain for n in named):
        return []
    return [Named(here[0][0] - 1, here[-1][1] + 1, tuple(text.cut(*q) for q in here), certain=True)]


def _kind_named(text: Text, segment: Segment) -> tuple[Named, ...]:
    """A kind of thing as the theme, where nothing else is named (絵本の新着)."""
    kind = next((h for h in segment.hits if h.group == "material_kind"), None)
    if kind is None:
        return ()
    return (Named(kind.begin, kind.end, subject=text.cut(kind.begin, kind.end), kind=True),)


def _known(text: Text, segment: Segment, quotes: Sequence[tuple[int, int]]) -> Known:
    begins = {token.begin for token in segment.tokens}
    ends = {token.end for token in segment.tokens}
    works = [h for h in segment.hits if h.group == "@work" and h.begin in begins and h.end in ends]
    authors = {h.begin: h.end for h in segment.hits if h.group == "@author"}
    return Known(text, quotes, [(h.begin, h.end) for h in works], authors)
