"""What a stretch of words names: a work, its author, or a theme.

The stretch comes from `titles`, already trimmed. Quotes win; then works that the parser knows; then an
author with or without a work; then the endings that make a theme (料理の本); what is left is a title.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bot.intents.normalize import Text
from bot.intents.tokens import Token

_BEFORE_WORK = ("の", "、", " ", "は", "で", "に", "が", "と", "た", "を", "て", "る", ",")
_JOINED_WORKS = re.compile(r"\s*(?:と|、|や|・|,|/|と、|それと|\s)\s*")


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
    kind: bool = False
    """Whether the theme is no more than a kind of thing (雑誌): it fills a slot and identifies nothing."""
    attached: bool = False
    """Followed by words that take a work as their object."""


@dataclass(frozen=True, slots=True)
class Known:
    """The fixed forms of a segment that name something, by place."""

    text: Text
    quotes: Sequence[tuple[int, int]]
    """Places between the quotation marks."""
    works: Sequence[tuple[int, int]]
    authors: Mapping[int, int]
    """End by begin."""


_VERB_END = re.compile(r"(?:[るたいすうくなむぶぐつ])$")
"""How a clause ends that describes books: 自由研究に使える本."""


class Namer:
    """Compiled from `data/titles.toml`."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._honorifics = tuple(table["honorifics"])
        self._by = tuple(sorted(table["by"], key=len, reverse=True))
        self._generic = frozenset(table["generic"])
        self._nameless = frozenset(table["nameless"])
        self._about = tuple(sorted(table["about"], key=len, reverse=True))
        self._kinds = tuple(table["kinds"])
        self._volume = re.compile(table["volume"])
        honorifics, by = "|".join(self._honorifics), "|".join(self._by)
        self._after_author = re.compile(rf"(?:{honorifics})?\s*(?:(?:{by})(?!品))?\s*の?\s*")
        self._any_by_author = re.compile(f"(?:{'|'.join(map(re.escape, self._generic))})[がはをも]")

    def is_kind(self, usual: str) -> bool:
        """Whether words only say what kind of thing it is (雑誌), without a name."""
        return usual in self._kinds

    def is_generic(self, usual: str) -> bool:
        """Whether words mean any book at all (もの, 作品), or no book (状態)."""
        return usual in self._generic or usual in self._nameless

    def name(self, known: Known, tokens: Sequence[Token], *, is_theme: bool) -> Named:
        """What these words name; `is_theme` when "about" follows them."""
        span = tokens[0].begin, tokens[-1].end
        quoted = [q for q in known.quotes if span[0] <= q[0] and q[1] <= span[1]]
        if quoted:
            return self._quoted(known, tokens, span, quoted)
        author_end = self._author_end(known, tokens)
        if author_end is not None:
            return self._with_author(known.text, span, author_end)
        return self._known_work(known, span) or self._plain(known.text, span, is_theme=is_theme)

    def _quoted(
        self, known: Known, tokens: Sequence[Token], span: tuple[int, int], quoted: list[tuple[int, int]]
    ) -> Named:
        titles = [known.text.cut(*q) for q in quoted]
        volume = self._volume.fullmatch(known.text.canon, quoted[-1][1] + 1, span[1])
        if volume and volume.group().strip():
            titles[-1] += known.text.cut(quoted[-1][1] + 1, span[1])
        before = [t for t in tokens if t.end < quoted[0][0]]
        while before and before[-1].is_function:
            before.pop()
        author_end = self._author_end(known, before) if before else None
        author = known.text.cut(before[0].begin, author_end) if author_end is not None else None
        begin = before[0].begin if author else quoted[0][0] - 1
        end = span[1] if volume else quoted[-1][1] + 1
        return Named(begin, end, tuple(titles), author, certain=True)

    def _with_author(self, text: Text, span: tuple[int, int], author_end: int) -> Named:
        author = text.cut(span[0], author_end)
        skipped = self._after_author.match(text.canon, author_end, span[1])
        begin = skipped.end() if skipped else author_end
        work = text.cut(begin, span[1])
        named = Named(*span, author=author, certain=True)
        if not work or work in self._generic or self._any_by_author.match(work):
            return named
        return replace(named, titles=(work,))

    def _known_work(self, known: Known, span: tuple[int, int]) -> Named | None:
        """Works of the list, one or several; with a volume, but not as a part of something else."""
        canon = known.text.canon
        works = [w for w in known.works if span[0] <= w[0] and w[1] <= span[1]]
        if not works:
            return None
        first, last = works[0], works[-1]
        if first[0] > span[0] and not canon[span[0] : first[0]].endswith(_BEFORE_WORK):
            return None  # A part of another name: 昆虫記 in ファーブル昆虫記.
        joined = all(
            _JOINED_WORKS.fullmatch(canon, one[1], other[0]) or self._volume.match(canon, one[1], other[0])
            for one, other in pairwise(works)
        )
        behind = canon[last[1] : span[1]]
        if not joined or (behind.startswith("の") and not self._volume.fullmatch(behind)):
            return None
        ends = [volume.end() if (volume := self._volume.match(canon, w[1], span[1])) else w[1] for w in works]
        titles = tuple(known.text.cut(w[0], end) for w, end in zip(works, ends, strict=True))
        return Named(first[0], ends[-1], titles, certain=True)

    def _plain(self, text: Text, span: tuple[int, int], *, is_theme: bool) -> Named:
        words = text.cut(*span)
        if is_theme:
            return Named(*span, subject=words)
        usual = text.canon[span[0] : span[1]]
        ending = next((e for e in self._about if usual.endswith(e) and len(usual) > len(e)), None)
        if ending:
            return Named(*span, subject=text.cut(span[0], span[1] - len(ending)))
        if usual.endswith(self._kinds) or (usual.endswith("本") and _VERB_END.search(usual[:-1])):
            return Named(*span, subject=words)
        return Named(*span, titles=(words,))

    def _author_end(self, known: Known, tokens: Sequence[Token]) -> int | None:
        """Where a leading author's name ends, if something is said of it that authors have."""
        canon = known.text.canon
        listed = known.authors.get(tokens[0].begin)
        if listed is not None:
            following = canon[listed : tokens[-1].end]
            follows = ("の", " ", "、", *self._by, *self._honorifics)
            return listed if not following or following.startswith(follows) else None
        names = 0
        while names < len(tokens) and (tokens[names].is_name or (names and tokens[names].surface in "・=")):
            names += 1
        if not names:
            return None
        end = tokens[names - 1].end
        return end if self._is_author(tokens[:names], canon[end : tokens[-1].end]) else None

    def _is_author(self, names: Sequence[Token], following: str) -> bool:
        kinds = [token.pos[3] for token in names]
        if following.startswith(self._honorifics):
            return True
        if kinds == ["姓", "名"]:
            return not following or following.startswith(("の", " ", *self._by))
        if len(names) > 2 and any(token.surface == "・" for token in names):
            return not following or following.startswith(self._by)
        return following.startswith("の") and following[1:] in self._generic and kinds[0] != "一般"
