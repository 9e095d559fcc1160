"""How LINE counts: UTF-16 code units, grapheme clusters, bytes of JSON."""

import json
import unicodedata
from typing import Any

_JOINER = "\u200d"
_KEYCAP = "\u20e3"


def utf16_units(text: str) -> int:
    """UTF-16 code units: 🍎 and 𠮷 are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Characters as a reader counts them (extended grapheme clusters, without Hangul jamo and Indic conjuncts)."""
    clusters = 0
    flags = 0
    before = ""
    for char in text:
        is_flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        joins = bool(before) and (
            _extends(char)
            or before == _JOINER
            or (before == "\r" and char == "\n")
            or (is_flag and flags % 2 == 1)
        )
        clusters += 0 if joins else 1
        flags = flags + 1 if is_flag else 0
        before = char
    return clusters


def json_bytes(value: Any) -> int:
    """The size of an object as compact JSON in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def _extends(char: str) -> bool:
    """Combining marks, joiners, selectors, skin tones and tags belong to the character before."""
    return (
        char in (_JOINER, _KEYCAP)
        or unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or char in "\uff9e\uff9f"  # Half-width voicing marks.
    )
