"""Fixed forms that code finds before the words: quotes, ISBNs, numbers, days, branches, authors, works.

Quoted titles are masked, so that the words inside them (『延長戦に入りました』) mean nothing to the later
stages. Each find becomes a hit of a group whose name begins with `@`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.intents.dates import DateFinder, Day
from bot.intents.lexicon import Lexicon, Role
from bot.intents.match import Hit
from bot.intents.normalize import Spellings, Text, normalize
from bot.intents.numbers import NumberFinder, Picked
from bot.intents.tokens import Token

MASK = "\ue000"
"""Stands for each character of a quoted title; `normalize` lets no such character through."""

_QUOTED = re.compile(
    r"『([^』]{1,120})』|「([^」]{1,120})」|“([^”]{1,120})”|\"([^\"]{1,120})\"|《([^》]{1,120})》"
)
_ISBN = re.compile(
    r"(?:isbn(?:-?1[03])?[:\s-]*)?(?<![0-9-])((?:97[89][-\s]?)?(?:[0-9][-\s]?){9}[0-9x])(?![0-9-])"
)
_ROLES: Mapping[str, Role] = {
    "@date": "light",
    "@person": "light",
    "@quote": "weak",
    "@work": "weak",
    "@author": "weak",
}
_NOT_IN_A_NAME = "(?:(?<![一-鿿])|(?<=[立市館約取部央]))"
"""A branch is no part of a longer word (見和 in 早見和真), but may follow 市立 or another branch."""
_CHANGED_TO = frozenset({"切り替える", "切りかえる", "変える", "替える", "かえる", "変更"})
_NO_COMPOUND = "(?<![丈工農漁兄姉父祖])"
"""A person is no part of a longer word (大丈夫, 兄弟)."""
_HAS_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Spans:
    """What was found, each with its place in `Text.canon`."""

    hits: tuple[Hit, ...]
    quotes: tuple[tuple[int, int], ...]
    """Places between the quotation marks."""
    numbers: tuple[Picked, ...]
    days: tuple[Day, ...]
    isbns: tuple[tuple[int, str], ...]
    masked: str
    """`Text.canon` with the quoted titles masked."""


class SpanFinder:
    """Compiled from the tables of the lexicon and the branches of the library."""

    def __init__(self, lexicon: Lexicon, branches: Iterable[str], spellings: Spellings) -> None:
        names: Mapping[str, Any] = lexicon.tables["names"]
        self._numbers = NumberFinder(lexicon.tables["numbers"])
        self._dates = DateFinder(lexicon.tables["dates"])
        self._own_words = frozenset(names["own_words"])
        branch_words = set(branches)
        for name in set(branches):
            branch_words.update(names["branches"].get(name, ()))
        self._branch = _branch_pattern(branch_words, names["branch_guard"])
        self._people = re.compile(
            f"{_NO_COMPOUND}(?:{_alternation(names['people']).pattern})(?!{names['person_guard']})"
        )
        self._authors = _alternation(normalize(author, spellings).canon for author in names["authors"])
        self._works = _alternation(normalize(work, spellings).canon for work in names["works"])

    def find(self, text: Text, today: date) -> Spans:
        """Find every fixed form, the more certain kinds first; nothing overlaps."""
        canon = text.canon
        taken = bytearray(len(canon))
        hits: list[Hit] = []

        def take(group: str, begin: int, end: int) -> bool:
            if begin >= end or any(taken[begin:end]):
                return False
            taken[begin:end] = b"\x01" * (end - begin)
            hits.append(Hit(group, begin, end, _ROLES.get(group, "edge")))
            return True

        quotes = tuple(span for span in self._quotes(canon) if take("@quote", span[0] - 1, span[1] + 1))
        masked = _mask(canon, quotes)
        isbns = tuple((m.start(), number) for m, number in _isbns(masked) if take("@isbn", *m.span()))
        for group, pattern in (("@work", self._works), ("@author", self._authors)):
            for found in pattern.finditer(masked):
                take(group, *found.span())
        days = tuple(day for day in self._dates.find(masked, today) if take("@date", day.begin, day.end))
        picked = self._numbers.find(masked, lambda at: not taken[at])
        numbers = tuple(number for number in picked if take("@numbers", number.begin, number.end))
        for group, pattern in (("@branch", self._branch), ("@person", self._people)):
            for found in pattern.finditer(masked):
                take(group, *found.span())
        return Spans(tuple(hits), quotes, numbers, days, isbns, masked)

    def _quotes(self, canon: str) -> Iterator[tuple[int, int]]:
        for found in _QUOTED.finditer(canon):
            inner = next(n for n in range(1, 6) if found.group(n) is not None)
            words = found.group(inner)
            is_own_word = inner != 1 and words.strip() in self._own_words
            if _HAS_WORD.search(words) and not is_own_word:
                yield found.span(inner)


def _mask(canon: str, quotes: Iterable[tuple[int, int]]) -> str:
    chars = list(canon)
    for begin, end in quotes:
        chars[begin:end] = MASK * (end - begin)
    return "".join(chars)


def _isbns(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for found in _ISBN.finditer(text):
        digits = re.sub(r"[-\s]", "", found.group(1)).upper()
        if len(digits) == 10 or (len(digits) == 13 and digits[-1] != "X"):
            yield found, digits


def _alternation(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the words, the longest first; it matches nothing when there are none."""
    longest_first = sorted((word.lower() for word in words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _branch_pattern(words: Iterable[str], guard: str) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    alternatives = "|".join(map(re.escape, longest_first)) or "(?!)"
    return re.compile(f"{_NOT_IN_A_NAME}(?:{alternatives})(?!{guard})")


def people_by_name(tokens: Sequence[Token], things: frozenset[str]) -> Iterator[Hit]:
    """Persons called by a name before what belongs to a person or is changed to one (太郎のカード, 花子に変えて)."""
    for before, name, of, thing in zip((None, *tokens), tokens, tokens[1:], tokens[2:], strict=False):
        if before is not None and before.is_name:
            continue  # A full name is an author's.
        is_chosen = of.surface == "に" and thing.lemma in _CHANGED_TO
        if name.is_name and (is_chosen or (of.surface == "の" and thing.surface in things)):
            yield Hit("@person", name.begin, name.end, "light")
