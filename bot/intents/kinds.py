"""What each word of a sentence is to the request: its edge, a small word, or something that may name a work.

`titles` looks for names in the stretches between the edges; the shapes of names are left to `shapes`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise

from bot.intents.match import Segment
from bot.intents.tokens import Token

_SIGNS_OF_TITLES = frozenset({"!", "?"})
_TOPICS = frozenset(
    {"chat", "foreign", "room", "event", "help_word", "line", "material_kind", "elsewhere_item"}
)
"""Groups whose words are a theme where books about them are asked for (パソコンの本)."""
_TALK = frozenset({"yes", "no", "thank", "stop_word", "stop_firm", "more_word", "at_a_loss"})
_OF_BOOKS = re.compile(r"(?:の|に関する|についての)(?:本|図書|資料|絵本|図鑑|小説|雑誌|漫画|入門)")
_ABOUT_IT = re.compile(r"(?:に関する|についての|に関しての)(?:本|図書|資料|絵本|書籍)")
"""Before this, words of a request are a theme too (キャンセル料に関する本)."""
CONTENT_GROUPS = frozenset({"@quote", "@work", "@author"})


class Kind(Enum):
    """What a token is to the request around it."""

    EDGE = 0
    WEAK = 1
    LIGHT = 2
    FUNCTION = 3
    CONTENT = 4


def kinds_of(canon: str, segment: Segment) -> list[Kind]:
    """What each token of the segment is to the request; the longest word around it decides,
    words of small talk only where no other stands."""
    roles: dict[int, Kind] = {}
    for hit in sorted(segment.hits, key=lambda h: (h.group in _TALK, h.begin - h.end)):
        if hit.group in CONTENT_GROUPS:
            roles.update(dict.fromkeys(range(hit.begin, hit.end), Kind.CONTENT))
            continue
        if hit.role == "aside":
            continue
        if (hit.group in _TOPICS and _OF_BOOKS.match(canon, hit.end)) or _ABOUT_IT.match(canon, hit.end):
            roles.update(dict.fromkeys(range(hit.begin, hit.end), Kind.CONTENT))
            continue
        kind = {"weak": Kind.WEAK, "light": Kind.LIGHT}.get(hit.role, Kind.EDGE)
        for at in range(hit.begin, hit.end):
            roles.setdefault(at, kind)
    kinds = [_kind(token, roles) for token in segment.tokens]
    for n, (sign, particle) in enumerate(pairwise(segment.tokens)):
        if sign.surface in _SIGNS_OF_TITLES and particle.surface in {"を", "は", "って", "と", "の", "が"}:
            kinds[n] = Kind.FUNCTION
    return kinds


def _kind(token: Token, roles: Mapping[int, Kind]) -> Kind:
    inside = [roles[at] for at in range(token.begin, token.end) if at in roles]
    if Kind.CONTENT in inside:
        return Kind.CONTENT
    if inside:
        return inside[0]
    if token.is_function:
        return Kind.FUNCTION
    if token.pos[0] in {"感動詞", "接続詞", "連体詞"} or token.pos[1] in {"非自立可能", "助動詞語幹"}:
        return Kind.LIGHT
    return Kind.CONTENT


def runs(kinds: Sequence[Kind]) -> Iterator[list[int]]:
    """Stretches between edges that contain something unexplained."""
    run: list[int] = []
    for n, kind in enumerate([*kinds, Kind.EDGE]):
        if kind is not Kind.EDGE:
            run.append(n)
            continue
        if any(kinds[m] is Kind.CONTENT for m in run):
            yield run
        run = []


class Edges:
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
