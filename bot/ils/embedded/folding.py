"""Folds text for searching: width, case, kana, spaces and punctuation do not matter."""

import unicodedata

import jaconv

LIKE_ESCAPE = "\\"
_ISBN10_LENGTH = 10
_ISBN13_LENGTH = 13


def fold(text: str) -> str:
    """The form in which titles, names and what is asked for are compared: hiragana, no spaces, no marks.

    Long vowel marks are kept: they tell words apart.
    """
    folded = jaconv.kata2hira(unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in folded if char == "ー" or unicodedata.category(char)[0] in "LNM")


def fold_words(text: str) -> tuple[str, ...]:
    """The words of `text` (parted by spaces), each folded; empty ones left out."""
    words = unicodedata.normalize("NFKC", text).split()
    return tuple(folded for word in words if (folded := fold(word)))


def like_part(folded: str) -> str:
    """A LIKE pattern for text that holds `folded`; its own wildcards are escaped."""
    return f"%{like_escaped(folded)}%"


def like_escaped(folded: str) -> str:
    """`folded` with LIKE's wildcards escaped by `LIKE_ESCAPE`."""
    for char in (LIKE_ESCAPE, "%", "_"):
        folded = folded.replace(char, LIKE_ESCAPE + char)
    return folded


def isbn13(isbn: str) -> str:
    """13 digits for a 10- or 13-digit ISBN (hyphens do not matter); anything else as it is."""
    digits = "".join(char for char in unicodedata.normalize("NFKC", isbn) if char.isdigit() or char in "xX")
    if len(digits) != _ISBN10_LENGTH or not digits[:9].isdigit():
        return digits
    body = f"978{digits[:9]}"
    total = sum(int(char) * (3 if index % 2 else 1) for index, char in enumerate(body))
    return f"{body}{-total % 10}"
