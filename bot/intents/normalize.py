"""First stage: one spelling for many, without losing what the patron wrote.

`written` is the message after NFKC, cleaned of what nobody sees; slot values are cut from it.
`canon` is what the later stages read: lower case, drawn-out vowels shortened, emoji blanked, and the
words of the domain put into their usual spelling (kana, mistyped and misconverted forms come from
`data/spellings.toml`). Every character of `canon` knows where in `written` it came from.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_MESSAGE = 5_000
"""Characters read of a message: LINE's limit for a text message. NFKC can make a text longer."""

_DASH_FOR_LONG_VOWEL = re.compile(r"(?<=[ァ-ヺー])[―‐−—–-](?=[ァ-ヺ])")
_REPEATED = re.compile(r"([ー~!?。、.w♪])\1+")
_FACE = re.compile(r"m?[(][^()0-9a-zぁ-ゖァ-ヺ一-鿿々]{1,12}[)]m?|[(](?:笑|泣|汗|涙|爆)[)]")
_LAUGH = re.compile(r"(?<![a-z])w+(?![a-z0-9])")
_CIRCLED = re.compile(r"[①-⑳⓪❶-❿➀-➓]")
_NUMBER_OF_CIRCLED = {chr(0x2776 + n): str(n + 1) for n in range(10)} | {
    chr(0x2780 + n): str(n % 10 + 1) for n in range(20)
}
_BLANK_CATEGORIES = frozenset({"So", "Sk", "Co", "Cn", "Zl", "Zp"})
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})


@dataclass(frozen=True, slots=True)
class Text:
    """A message in two spellings that are aligned character by character."""

    written: str
    canon: str
    origin: tuple[int, ...]
    """`origin[i]` is the index in `written` of `canon[i]`; one entry more for the end."""

    def cut(self, begin: int, end: int) -> str:
        """The words as the patron wrote them, for a span of `canon`."""
        return self.written[self.origin[begin] : self.origin[end]].strip()


class Spellings:
    """Replaces other spellings of known words by the usual one, longest first, in one pass."""

    def __init__(self, usual_of: Mapping[str, str]) -> None:
        # A usual spelling protects itself: a part of it is never respelled.
        self._usual_of = {usual: usual for usual in usual_of.values()} | dict(usual_of)
        by_first: dict[str, list[str]] = {}
        for other in sorted(self._usual_of, key=len, reverse=True):
            by_first.setdefault(other[0], []).append(other)
        self._by_first = by_first

    def apply(self, chars: str, origin: list[int]) -> tuple[str, list[int]]:
        """Return the respelled characters and their new alignment."""
        out: list[str] = []
        aligned: list[int] = []
        at = 0
        while at < len(chars):
            other = next((w for w in self._by_first.get(chars[at], ()) if chars.startswith(w, at)), None)
            if other is None:
                out.append(chars[at])
                aligned.append(origin[at])
                at += 1
                continue
            usual = self._usual_of[other]
            out.append(usual)
            aligned.extend(origin[at + min(n, len(other) - 1)] for n in range(len(usual)))
            at += len(other)
        aligned.append(origin[-1])
        return "".join(out), aligned


def normalize(message: str, spellings: Spellings) -> Text:
    """Clean and respell a message. Any string is accepted; the time is proportional to its length."""
    written = _clean(message[:LONGEST_MESSAGE])
    lowered = _blank_decoration(_lower(written))
    chars, origin = _collapse(lowered)
    canon, aligned = spellings.apply(chars, origin)
    return Text(written=written, canon=canon, origin=tuple(aligned))


def _clean(message: str) -> str:
    spaced = _CIRCLED.sub(lambda m: f" {_NUMBER_OF_CIRCLED.get(m.group(), m.group())} ", message)
    composed = unicodedata.normalize("NFKC", spaced)[:LONGEST_MESSAGE]
    return "".join(_visible(char) for char in composed).strip()


def _visible(char: str) -> str:
    if char in "\n\r":
        return "\n"
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    if category in _DROPPED_CATEGORIES:
        return ""
    return char


def _lower(text: str) -> str:
    """Lower case and plain signs, character for character (`İ` alone would become two)."""
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return _DASH_FOR_LONG_VOWEL.sub("ー", lowered.replace("〜", "~").replace("\u3000", " "))


def _blank_decoration(text: str) -> str:
    """Put spaces in the place of emoji, faces and laughter, so that positions stay the same."""
    plain = "".join(" " if unicodedata.category(char) in _BLANK_CATEGORIES else char for char in text)
    for pattern in (_FACE, _LAUGH):
        plain = pattern.sub(lambda m: " " * len(m.group()), plain)
    return plain


def _collapse(text: str) -> tuple[str, list[int]]:
    """Shorten drawn-out vowels and repeated signs to one."""
    out: list[str] = []
    origin: list[int] = []
    last = 0
    for found in _REPEATED.finditer(text):
        out.append(text[last : found.start() + 1])
        origin.extend(range(last, found.start() + 1))
        last = found.end()
    out.append(text[last:])
    origin.extend(range(last, len(text) + 1))
    return "".join(out), origin
