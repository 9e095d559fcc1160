"""Readings of kanji in a text, in parentheses behind each word: 返却期限（へんきゃくきげん）. By Sudachi.

Titles in 『』 are left alone: a dictionary does not know how a work is read; whoever knows it has said so already.
So are counters behind digits (4日, 3冊), whose reading changes with the number, and single signs in parentheses.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import jaconv

from bot.intents.tokens import Tokenizer

_SIGN: Final = r"[々〆\u3400-\u4dbf\u4e00-\u9fff]"
_KANJI: Final = re.compile(_SIGN)
_ONLY_KANJI: Final = re.compile(f"{_SIGN}+")
_LEFT_ALONE: Final = re.compile(rf"『[^』]*』|（[^（）]）|https?://\S+|{_SIGN}*（[ぁ-んー・ ]+）")
"""Titles, weekdays in parentheses, addresses, words whose reading stands there already."""
_LONGEST: Final = 12_000
"""Characters that are read at once; a longer text is left as it is."""


class Furigana:
    """Adds readings. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def marked(self, text: str) -> str:
        """`text` with the reading behind each word that has kanji, at the word's first place only."""
        if not _KANJI.search(text) or len(text) > _LONGEST or _is_broken(text):
            return text
        seen: set[str] = set()
        return "".join(self._part(text, begin, end, seen) for begin, end in _parts(text))

    def _part(self, text: str, begin: int, end: int, seen: set[str]) -> str:
        if _LEFT_ALONE.match(text, begin):
            return text[begin:end]
        made: list[str] = []
        for word, reading in _joined(self._words(text[begin:end])):
            made.append(word)
            is_counter = len(made) > 1 and made[-2][-1:].isdigit()
            if reading and not is_counter and word not in seen:
                seen.add(word)
                made.append(f"（{reading}）")
        return "".join(made)

    def _words(self, text: str) -> Iterator[tuple[str, str]]:
        """Each word with its reading, empty where it has no kanji."""
        table = _readings()
        for surface, reading in self._tokenizer.readings(text):
            known = table.get(surface)
            said = known or jaconv.kata2hira(reading)
            yield surface, said if _KANJI.search(surface) and said else ""


def _is_broken(text: str) -> bool:
    """Whether it holds half a character, which Sudachi does not take."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """The text cut at what is left alone."""
    at = 0
    for found in _LEFT_ALONE.finditer(text):
        if at < found.start():
            yield at, found.start()
        yield found.span()
        at = found.end()
    if at < len(text):
        yield at, len(text)


def _joined(words: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Words of kanji alone that follow each other are read together: 返却期限."""
    held, read = "", ""
    for word, reading in words:
        if reading and _ONLY_KANJI.fullmatch(word):
            held, read = held + word, read + reading
            continue
        if held:
            yield held, read
            held, read = "", ""
        yield word, reading
    if held:
        yield held, read


@cache
def _readings() -> Mapping[str, str]:
    """Words that the dictionary reads otherwise than they are meant here."""
    table: Mapping[str, str] = tomllib.loads(
        files("bot.intents").joinpath("data", "readings.toml").read_text("utf-8")
    )["readings"]
    return table
