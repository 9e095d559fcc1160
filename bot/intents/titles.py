"""Which words name a work, an author or a theme.

Quotes win. Otherwise the words that no group explains, with the particles and small words between them,
are what the patron asks for: the stretch between two edges of the request, trimmed at both ends. What
the words of the request are is data (`data/words.toml`, `data/titles.toml`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.intents.match import Hit, Segment
from bot.intents.normalize import Text
from bot.intents.tokens import Token

LONGEST_TITLE = 60
"""Characters; more than this without quotes is talk, not a title."""

_CONTENT_GROUPS = frozenset({"@quote", "@work", "@author"})
_KEPT_SIGNS = frozenset("!?)」』〉》”ー")
_SEPARATORS = re.compile(r"[、,/・\n]|\s{1,}")


class _Kind(Enum):
    EDGE = 0
    WEAK = 1
    LIGHT = 2
    FUNCTION = 3
    CONTENT = 4


@dataclass(frozen=True, slots=True)
class Named:
    """What a stretch of words names; `begin` and `end` are its place in `Text.canon`."""

    begin: int
    end: int
    titles: tuple[str, ...] = ()
    author: str | None = None
    subject: str | None = None
    certain: bool = False
    """Quoted, or known as a work or an author."""
    attached: bool = False
    """Followed by words that take a work as their object."""


class TitleFinder:
    """Compiled from `data/titles.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._takes = frozenset(table["takes"])
        self._honorifics = tuple(table["honorifics"])
        self._by = tuple(sorted(table["by"], key=len, reverse=True))
        self._generic = frozenset(table["generic"])
        self._about = tuple(sorted(table["about"], key=len, reverse=True))
        self._kinds = tuple(table["kinds"])
        self._breaks = tuple(table["breaks"])

    def find(self, text: Text, segment: Segment, quotes: Sequence[tuple[int, int]]) -> tuple[Named, ...]:
        """Everything that is named in a segment, in order."""
        kinds = _kinds(segment)
        found: list[Named] = []
        authors = {hit.begin: hit.end for hit in segment.hits if hit.group == "@author"}
        for run in _runs(kinds):
            tokens = [segment.tokens[n] for n in run]
            next_hit = _next_edge(segment, tokens[-1].end)
            named = self._name(text, tokens, [kinds[n] for n in run], next_hit, quotes, authors)
            if named:
                found.append(named)
        return tuple(found)

    def _name(
        self,
        text: Text,
        tokens: list[Token],
        kinds: list[_Kind],
        after: Hit | None,
        quotes: Sequence[tuple[int, int]],
        authors: Mapping[int, int],
    ) -> Named | None:
        tokens, kinds = self._after_break(tokens, kinds)
        begin, end = _trim(tokens, kinds)
        if begin >= end:
            return None
        span = tokens[begin].begin, tokens[end - 1].end
        attached = after is not None and after.group in self._takes and after.begin - span[1] <= 3
        quoted = [q for q in quotes if span[0] <= q[0] and q[1] <= span[1]]
        if quoted:
            titles = tuple(text.cut(*q) for q in quoted)
            author = self._author_before(text, tokens[begin:end], quoted[0][0] - 1, authors)
            return Named(*span, titles, author, certain=True, attached=attached)
        inner = tokens[begin:end]
        if _is_talk(tokens, end, kinds) and not attached:
            return None
        if span[1] - span[0] > LONGEST_TITLE:
            return None
        return self._unquoted(text, inner, after, authors, attached=attached)

    def _unquoted(
        self,
        text: Text,
        tokens: list[Token],
        after: Hit | None,
        authors: Mapping[int, int],
        *,
        attached: bool,
    ) -> Named | None:
        span = tokens[0].begin, tokens[-1].end
        author_end = self._author_end(text, tokens, authors)
        if author_end is not None:
            return self._with_author(text, tokens, span, author_end, attached=attached)
        words = text.cut(*span)
        if after is not None and after.group == "about":
            return Named(*span, subject=words, attached=True)
        ending = next((e for e in self._about if words.endswith(e) and len(words) > len(e)), None)
        if ending:
            return Named(*span, subject=words[: -len(ending)], attached=attached)
        if words.lower().endswith(self._kinds) and words.lower() not in self._kinds:
            return Named(*span, subject=words, attached=attached)
        return Named(*span, titles=(words,), attached=attached)

    def _with_author(
        self, text: Text, tokens: list[Token], span: tuple[int, int], author_end: int, *, attached: bool
    ) -> Named:
        author = text.cut(span[0], author_end)
        rest = text.canon[author_end : span[1]]
        skipped = re.match(rf"(?:{'|'.join(self._honorifics)})?\s*(?:{'|'.join(self._by)})?\s*の?\s*", rest)
        offset = skipped.end() if skipped else 0
        work = text.cut(author_end + offset, span[1])
        known = {"author": author, "certain": True, "attached": attached}
        if not work or work in self._generic or (work.endswith("本") and len(work) <= 3):
            return Named(*span, **known)  # type: ignore[arg-type]
        return Named(*span, (work,), **known)  # type: ignore[arg-type]

    def _author_end(self, text: Text, tokens: list[Token], authors: Mapping[int, int]) -> int | None:
        """Where a leading author's name ends, if something is said of it that authors have."""
        listed = authors.get(tokens[0].begin)
        if listed is not None:
            following = text.canon[listed : tokens[-1].end]
            follows = ("の", " ", *self._by, *self._honorifics)
            return listed if not following or following.startswith(follows) else None
        names = 0
        while names < len(tokens) and (tokens[names].is_name or (names and tokens[names].surface == "・")):
            names += 1
        if not names:
            return None
        end = tokens[names - 1].end
        following = text.canon[end : tokens[-1].end]
        kinds = [token.pos[3] for token in tokens[:names]]
        if following.startswith(self._honorifics):
            return end
        is_full_name = kinds[:2] == ["姓", "名"] and names == 2
        is_foreign = names >= 3 and "・" in text.canon[tokens[0].begin : end]
        if is_full_name and (not following or following.startswith(("の", " ", *self._by))):
            return end
        if is_foreign and (not following or following.startswith(self._by)):
            return end
        if following.startswith("の") and following[1:] in self._generic and kinds[0] != "一般":
            return end
        return None

    def _author_before(
        self, text: Text, tokens: list[Token], quote: int, authors: Mapping[int, int]
    ) -> str | None:
        before = [token for token in tokens if token.end <= quote and not token.is_function]
        end = self._author_end(text, before, authors) if before else None
        return text.cut(before[0].begin, end) if end is not None else None

    def _after_break(self, tokens: list[Token], kinds: list[_Kind]) -> tuple[list[Token], list[_Kind]]:
        """What follows the last clause that only gives a reason."""
        for n in range(len(tokens) - 2, 0, -1):
            with_comma = tokens[n].surface + tokens[n + 1].surface
            if tokens[n].pos[1] in {"接続助詞", "格助詞", "準体助詞"} and (
                tokens[n].surface in self._breaks or with_comma in self._breaks
            ):
                return tokens[n + 1 :], kinds[n + 1 :]
        return tokens, kinds


def _kinds(segment: Segment) -> list[_Kind]:
    """What each token of the segment is to the request."""
    roles: dict[int, _Kind] = {}
    for hit in segment.hits:
        if hit.group in _CONTENT_GROUPS:
            kind = _Kind.CONTENT
        elif hit.role in {"edge", "filler"}:
            kind = _Kind.EDGE
        else:
            kind = _Kind.WEAK if hit.role == "weak" else _Kind.LIGHT
        for at in range(hit.begin, hit.end):
            if at not in roles or kind is _Kind.CONTENT:
                roles[at] = kind
    return [_kind(token, roles) for token in segment.tokens]


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


def _trim(tokens: Sequence[Token], kinds: Sequence[_Kind]) -> tuple[int, int]:
    """The first and one past the last token of what is named."""
    begin, end = 0, len(tokens)
    while begin < end and _is_loose_start(tokens, kinds, begin):
        begin += 1
    while end > begin and _is_loose_end(tokens[end - 1], kinds[end - 1]):
        end -= 1
    if not any(kind is _Kind.CONTENT for kind in kinds[begin:end]):
        return 0, 0
    return begin, end


def _is_loose_start(tokens: Sequence[Token], kinds: Sequence[_Kind], at: int) -> bool:
    if kinds[at] in {_Kind.FUNCTION, _Kind.LIGHT}:
        return True
    return kinds[at] is _Kind.WEAK and at + 1 < len(tokens) and kinds[at + 1] is _Kind.FUNCTION


def _is_loose_end(token: Token, kind: _Kind) -> bool:
    if kind is _Kind.LIGHT:
        return token.pos[0] not in {"動詞", "形容詞"}
    if kind is not _Kind.FUNCTION:
        return False
    if token.pos[0] == "助動詞":
        return token.lemma in {"だ", "です", "や"}
    return token.surface not in _KEPT_SIGNS


def _is_talk(tokens: Sequence[Token], end: int, kinds: Sequence[_Kind]) -> bool:
    """Whether the words end as a clause does, not as a name does."""
    last = tokens[end - 1]
    follower = tokens[end] if end < len(tokens) else None
    if follower is not None and follower.pos[1] == "接続助詞":
        return True
    return last.pos[0] in {"動詞", "形容詞", "助動詞", "副詞"}


def _next_edge(segment: Segment, after: int) -> Hit | None:
    """The first word of the request behind a stretch; of several at one place, the longest."""
    edges = (h for h in segment.hits if h.begin >= after and h.role in {"edge", "filler"})
    words = (h for h in edges if not h.group.startswith("@"))
    return min(words, key=lambda h: (h.begin, -h.end), default=None)
