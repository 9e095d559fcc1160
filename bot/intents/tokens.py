"""Second stage: the words of a message, by SudachiPy with sudachidict-core.

Every token carries its dictionary form and Sudachi's normalized form, so that endings and spellings need
no lists of their own. What the words mean is left to `match`.
"""

import threading
from functools import cache
from typing import NamedTuple

import sudachipy  # type: ignore[import-untyped]  # It ships stubs without a py.typed marker.

_FUNCTION = frozenset({"助詞", "助動詞", "補助記号", "空白", "記号"})


class Token(NamedTuple):
    """One word of a text; `begin` and `end` are indices into it."""

    begin: int
    end: int
    surface: str
    lemma: str
    norm: str
    reading: str
    """In katakana; empty where none is known."""
    pos: tuple[str, ...]

    @property
    def is_function(self) -> bool:
        """Whether it is a particle, an auxiliary or a sign: nothing that could be a title by itself."""
        return self.pos[0] in _FUNCTION

    @property
    def is_name(self) -> bool:
        """Whether the dictionary knows it as a person's name."""
        return self.pos[1:3] == ("固有名詞", "人名")


class Tokenizer:
    """Sudachi in its longest split. One dictionary for all, one handle for each thread."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._kinds: dict[int, tuple[str, ...]] = {}

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Split a text of up to some 12,000 characters (Sudachi takes 49,149 bytes)."""
        kinds = self._kinds
        return tuple(
            [
                Token(
                    m.begin(),
                    m.end(),
                    m.surface(),
                    m.dictionary_form(),
                    m.normalized_form(),
                    m.reading_form(),
                    kinds.get(m.part_of_speech_id()) or self._kind_of(m),
                )
                for m in self._handle().tokenize(text)
            ]
        )

    def readings(self, text: str) -> tuple[tuple[str, str], ...]:
        """The words of a text, each with its reading in katakana; empty where none is known."""
        return tuple((m.surface(), m.reading_form()) for m in self._handle().tokenize(text))

    def _kind_of(self, morpheme: sudachipy.Morpheme) -> tuple[str, ...]:
        """The part of speech, kept by its number: there are some hundreds of them."""
        kind = tuple(morpheme.part_of_speech()[:4])
        self._kinds[morpheme.part_of_speech_id()] = kind
        return kind

    def _handle(self) -> sudachipy.Tokenizer:
        handle: sudachipy.Tokenizer | None = getattr(self._local, "handle", None)
        if handle is None:
            handle = _dictionary().tokenizer(sudachipy.SplitMode.C)
            self._local.handle = handle
        return handle


@cache
def _dictionary() -> sudachipy.Dictionary:
    return sudachipy.Dictionary(dict="core")
