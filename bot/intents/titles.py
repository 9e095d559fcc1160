"""Where in a sentence a work, an author or a theme is named.

The words that no group explains, with the particles and small words between them, are what the patron
asks for: the stretch between two edges of the request, trimmed at both ends. What the words of the
request are is data (`data/words.toml`, `data/titles.toml`); what a stretch names is left to `naming`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from itertools import pairwise
from typing import Any

from bot.intents.match import Segment
from bot.intents.naming import Known, Named, Namer
from bot.intents.normalize import Text
from bot.intents.tokens import Token

LONGEST_TITLE = 60
"""Characters; more than this without quotes is talk, not a title."""
_REACH = 3
"""Characters (a particle or two) that may stand between a work and the words that take it."""

_SIGNS_OF_TITLES = frozenset({"!", "?"})
_TOPICS = frozenset({"chat", "foreign", "room", "event", "help_word", "line", "material_kind"})
"""Groups whose words are a theme where books about them are asked for (パソコンの本)."""
_OF_BOOKS = re.compile(r"(?:の|に関する|についての)(?:本|図書|資料|絵本|図鑑|小説|雑誌|漫画|入門)")
_COUNTERS = frozenset({"冊", "点", "件", "個", "つ", "枚", "本", "さつ"})
_CONTENT_GROUPS = frozenset({"@quote", "@work", "@author"})
_KEPT_SIGNS = frozenset("!?)」』〉》”ー\ue000")


class _Kind(Enum):
    EDGE = 0
    WEAK = 1
    LIGHT = 2
    FUNCTION = 3
    CONTENT = 4


class TitleFinder:
    """Compiled from `data/titles.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._takes = frozenset(table["takes"])
        self._breaks = frozenset(table["breaks"])
        self._namer = Namer(table)

    def find(self, text: Text, segment: Segment, quotes: Sequence[tuple[int, int]]) -> tuple[Named, ...]:
        """Everything that is named in a segment, in order."""
        known = _known(text, segment, quotes)
        kinds = _kinds(text.canon, segment)
        called = self._called(text, segment, kinds)
        edges = _Edges(segment)
        found = (self._name(known, segment, run, kinds, edges) for run in _runs(kinds))
        named = [n for n in found if n is not None and not (called and n.begin < called.end)]
        if called is not None:
            return (called, *named)
        return tuple(named) or _kind_named(text, segment)

    def _called(self, text: Text, segment: Segment, kinds: Sequence[_Kind]) -> Named | None:
        """A work with words of a request in its name, told by what follows (予約の取れない店という本)."""
        marker = next((h for h in segment.hits if h.group == "called"), None)
        if marker is None or any(h.group in _CONTENT_GROUPS for h in segment.hits):
            return None
        tokens = segment.tokens
        end = next((n for n, token in enumerate(tokens) if token.end > marker.begin), len(tokens))
        begin = max((n + 1 for n in range(end) if self._ends_clause(tokens, kinds, n)), default=0)
        inside = range(begin, end)
        unusual = any(kinds[n] is _Kind.EDGE or tokens[n].pos[0] in {"補助記号", "記号"} for n in inside)
        if not unusual or _Kind.CONTENT not in kinds[begin:end]:
            return None
        span = tokens[begin].begin, tokens[end - 1].end
        if span[1] - span[0] > LONGEST_TITLE:
            return None
        return Named(*span, (text.cut(*span),), certain=True, attached=True)

    def _ends_clause(self, tokens: Sequence[Token], kinds: Sequence[_Kind], at: int) -> bool:
        following = tokens[at + 1].surface if at + 1 < len(tokens) else ""
        surface = tokens[at].surface
        if surface in self._breaks or surface + following in self._breaks or surface == "、":
            return True
        return surface == "は" and at > 0 and kinds[at - 1] in {_Kind.WEAK, _Kind.EDGE}

    def _name(
        self,
        known: Known,
        segment: Segment,
        run: Sequence[int],
        kinds: Sequence[_Kind],
        edges: "_Edges",
    ) -> Named | None:
        stop = _before_remark(segment.tokens, run, kinds)
        begin, end = _trim(segment.tokens, kinds, self._after_reason(segment.tokens, run, kinds), stop)
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
            edge is not None and edge[0] - tokens[-1].end <= _REACH and not self._takes.isdisjoint(groups)
        )
        named = self._namer.name(known, tokens, is_theme="about" in groups)
        if not named.certain and not _could_be_name(segment.tokens, begin, end, attached=attached):
            return None
        return replace(named, attached=attached)

    def _after_reason(self, tokens: Sequence[Token], run: Sequence[int], kinds: Sequence[_Kind]) -> int:
        """Where the words begin that follow the last clause of the stretch that only gives a reason."""
        for n in reversed(run[1:-1]):
            if kinds[n] is _Kind.CONTENT or tokens[n].pos[1] not in {"接続助詞", "格助詞", "準体助詞"}:
                continue
            if tokens[n].surface in self._breaks or tokens[n].surface + tokens[n + 1].surface in self._breaks:
                return n + 1
        return run[0]


def _kind_named(text: Text, segment: Segment) -> tuple[Named, ...]:
    """A kind of thing as the theme, where nothing else is named (絵本の新着)."""
    kind = next((h for h in segment.hits if h.group == "material_kind"), None)
    if kind is None:
        return ()
    return (Named(kind.begin, kind.end, subject=text.cut(kind.begin, kind.end), kind=True),)


def _before_remark(tokens: Sequence[Token], run: Sequence[int], kinds: Sequence[_Kind]) -> int:
    """Where a stretch ends that goes on to say something about the work (火花はもう読んだから)."""
    seen = False
    for n in run[:-1]:
        seen = seen or kinds[n] is _Kind.CONTENT
        if (
            seen
            and tokens[n].surface in {"は", "って", "も"}
            and kinds[n + 1] is _Kind.LIGHT
            and tokens[n + 1].pos[0] == "副詞"
        ):
            return n
    return run[-1] + 1


def _known(text: Text, segment: Segment, quotes: Sequence[tuple[int, int]]) -> Known:
    begins = {token.begin for token in segment.tokens}
    ends = {token.end for token in segment.tokens}
    works = [h for h in segment.hits if h.group == "@work" and h.begin in begins and h.end in ends]
    authors = {h.begin: h.end for h in segment.hits if h.group == "@author"}
    return Known(text, quotes, [(h.begin, h.end) for h in works], authors)


def _kinds(canon: str, segment: Segment) -> list[_Kind]:
    """What each token of the segment is to the request; the longest word around it decides."""
    roles: dict[int, _Kind] = {}
    for hit in sorted(segment.hits, key=lambda h: h.begin - h.end):
        if hit.group in _CONTENT_GROUPS:
            roles.update(dict.fromkeys(range(hit.begin, hit.end), _Kind.CONTENT))
            continue
        if hit.role == "aside":
            continue
        if hit.group in _TOPICS and _OF_BOOKS.match(canon, hit.end):
            roles.update(dict.fromkeys(range(hit.begin, hit.end), _Kind.CONTENT))
            continue
        kind = {"weak": _Kind.WEAK, "light": _Kind.LIGHT}.get(hit.role, _Kind.EDGE)
        for at in range(hit.begin, hit.end):
            roles.setdefault(at, kind)
    kinds = [_kind(token, roles) for token in segment.tokens]
    for n, (sign, particle) in enumerate(pairwise(segment.tokens)):
        if sign.surface in _SIGNS_OF_TITLES and particle.surface in {"を", "は", "って", "と", "の", "が"}:
            kinds[n] = _Kind.FUNCTION
    return kinds


def _kind(token: Token, roles: Mapping[int, _Kind]) -> _Kind:
    inside = [roles[at] for at in range(token.begin, token.end) if at in roles]
    if _Kind.CONTENT in inside:
        return _Kind.CONTENT
    if inside:
        return inside[0]
    if token.is_function:
        return _Kind.FUNCTION
    if token.pos[0] in {"感動詞", "接続詞", "連体詞"} or token.pos[1] == "非自立可能":
        return _Kind.LIGHT
    return _Kind.CONTENT


def _runs(kinds: Sequence[_Kind]) -> Iterator[list[int]]:
    """Stretches between edges that contain something unexplained."""
    run: list[int] = []
    for n, kind in enumerate([*kinds, _Kind.EDGE]):
        if kind is not _Kind.EDGE:
            run.append(n)
            continue
        if any(kinds[m] is _Kind.CONTENT for m in run):
            yield run
        run = []


def _trim(tokens: Sequence[Token], kinds: Sequence[_Kind], begin: int, end: int) -> tuple[int, int]:
    """The first and one past the last token of what is named."""
    while begin < end and _is_loose_start(tokens, kinds, begin, end):
        begin += 1
    while end > begin and _is_loose_end(tokens[end - 1], kinds[end - 1]):
        end -= 1
    if end - begin > 2 and tokens[end - 1].surface in _COUNTERS and tokens[end - 2].pos[1] == "数詞":
        end -= 2  # A count: 絵本3冊.
    if _Kind.CONTENT not in kinds[begin:end]:
        return 0, 0
    return begin, end


def _is_loose_start(tokens: Sequence[Token], kinds: Sequence[_Kind], at: int, end: int) -> bool:
    if (
        kinds[at] is _Kind.LIGHT
        and at + 2 < end
        and tokens[at + 1].surface == "の"
        and tokens[at].pos[0] == "名詞"
    ):
        return tokens[at].pos[1] != "普通名詞"  # 夏休みの自由研究 is one name.
    if kinds[at] in {_Kind.FUNCTION, _Kind.LIGHT}:
        return True
    if kinds[at] is not _Kind.WEAK or at + 1 >= end or tokens[at + 1].surface == "の":
        return False
    return kinds[at + 1] in {_Kind.FUNCTION, _Kind.LIGHT}


def _is_loose_end(token: Token, kind: _Kind) -> bool:
    if kind is _Kind.LIGHT:
        return token.pos[0] not in {"動詞", "形容詞"}
    if kind is not _Kind.FUNCTION:
        return False
    if token.pos[0] == "助動詞":
        return token.lemma in {"だ", "です", "や"}
    return token.surface not in _KEPT_SIGNS


_NO_ENDS = frozenset({"以外", "ため", "為", "とき", "時", "ほう", "方", "こと", "途中"})
"""Nouns that end a clause or a remark rather than a name."""


def _could_be_name(tokens: Sequence[Token], begin: int, end: int, *, attached: bool) -> bool:
    """Whether words that nobody marked as a name are one, and not a clause or a mere count."""
    words = tokens[begin:end]
    if words[-1].end - words[0].begin > LONGEST_TITLE:
        return False
    if words[-1].pos[1] == "助動詞語幹" or (
        len(words) > 1 and words[-1].surface in _NO_ENDS
    ):  # 読み終わりそう
        return False
    if all(token.pos[1] == "数詞" or "助数詞" in "".join(token.pos) for token in words):
        return False
    if words[-1].lemma in {"ます", "た"} and any(token.lemma == "ます" for token in words[-2:]):
        return False  # 入りました
    if not any(token.pos[0] in {"名詞", "代名詞", "形状詞", "接尾辞"} for token in words):
        return attached and len(words) > 1
    follower = tokens[end] if end < len(tokens) else None
    if (
        not attached
        and follower is not None
        and follower.lemma in {"する", "いたす", "致す", "できる", "くださる"}
    ):
        return False  # A noun that is said as a verb: 入院して, ご連絡いたしました.
    is_clause = words[-1].pos[0] in {"動詞", "形容詞", "助動詞", "副詞"}
    return attached or not (is_clause or (follower is not None and follower.pos[1] == "接続助詞"))


class _Edges:
    """The words of the request in a segment, to be asked for the first ones behind a place."""

    def __init__(self, segment: Segment) -> None:
        self._groups: dict[int, set[str]] = {}
        for hit in segment.hits:
            if hit.role in {"edge", "filler"} and hit.group[0] != "@":
                self._groups.setdefault(hit.begin, set()).add(hit.group)
        self._begins = sorted(self._groups)

    def next(self, after: int) -> tuple[int, set[str]] | None:
        """Where the first words from `after` on begin, and the groups they belong to."""
        at = bisect_left(self._begins, after)
        return (self._begins[at], self._groups[self._begins[at]]) if at < len(self._begins) else None
