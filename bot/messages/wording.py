"""Wording by key: texts are data (`texts/<situation>.toml`), each library's own words are filled in.

A key is the file's name and the path in it (`renew.confirm.one`). A text may hold `{places}` for values and
`{w.word}` for the policy's own words; `{library}`, `{phone}`, `{counter_name}` and `{website}` are always known.
A key may have several wordings: the same one is not said twice in a row. Leaves the link pages to `pages`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any, Final, TypeAlias

from bot.messages.dates import day_text
from bot.messages.replies import Card, Cards, Json, Tap, Text
from bot.policies import Policy

Value: TypeAlias = str | int | date

_NOT_OURS: Final = frozenset({"pages"})
"""Texts with a reader of their own."""

_EASY: Final = "easy"
"""Folder of the easy variants: files and keys as beside it."""

ALWAYS: Final = frozenset({"library", "phone", "counter_name", "website"})
"""Places that every text may use without being handed a value."""


class WordingError(Exception):
    """A text is missing, or one of its places is: the message names the key."""


class Wording:
    """The texts of one library, for one turn.

    `last_key` is the key of the last thing said, with its variant (`miss.first#1`). `easy`: in short sentences
    of everyday words (やさしい日本語), where a text has such a variant.
    """

    def __init__(self, policy: Policy, last_key: str = "", *, easy: bool = False) -> None:
        self._easy = easy
        self._known: dict[str, Any] = {
            "w": policy.words,
            "library": policy.name,
            "phone": policy.counter.phone,
            "counter_name": policy.counter.full_name,
            "website": policy.website,
        }
        self._last_key, _, variant = last_key.partition("#")
        self._last_variant = int(variant or 0)

    def text(self, key: str, **values: Value) -> str:
        """The text of `key`. Raises WordingError for an unknown key or a place without value."""
        return self._fill(key, self._variants(key)[self._variant(key)], values)

    def say(self, key: str, *, quick: tuple[Tap, ...] = (), **values: Value) -> Text:
        """A plain message."""
        return Text(key, self.text(key, **values), quick, _as_json(values), variant=self._variant(key))

    def cards(
        self,
        key: str,
        *cards: Card,
        quick: tuple[Tap, ...] = (),
        works: Mapping[str, str] | None = None,
        **values: Value,
    ) -> Cards:
        """A message of cards; its alternative text is the text `<key>.alt`. `works`: how those it names are read."""
        return Cards(key, self.text(f"{key}.alt", **values), cards, quick, _as_json(values), works or {})

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in texts()

    def _variant(self, key: str) -> int:
        variants = self._variants(key)
        return (self._last_variant + 1) % len(variants) if key == self._last_key else 0

    def _variants(self, key: str) -> tuple[str, ...]:
        easier = easy_texts().get(key) if self._easy else None
        return easier or _variants(key)

    def _fill(self, key: str, text: str, values: Mapping[str, Value]) -> str:
        said = {name: day_text(value) if isinstance(value, date) else value for name, value in values.items()}
        try:
            return text.format_map({**self._known, **said})
        except (KeyError, AttributeError) as error:
            raise WordingError(f"{key}: no value for {error}") from None


@cache
def texts() -> Mapping[str, tuple[str, ...]]:
    """Every text by key; most have one wording, some several."""
    return _read(files("bot.messages").joinpath("texts"))


@cache
def easy_texts() -> Mapping[str, tuple[str, ...]]:
    """The easy variants (やさしい日本語) by the keys of the texts they stand for."""
    return _read(files("bot.messages").joinpath("texts", _EASY))


def places(text: str) -> frozenset[str]:
    """The names of the places in a text, `w.word` for a policy's word."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _read(folder: Traversable) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        situation, _, kind = file.name.rpartition(".")
        if kind == "toml" and situation not in _NOT_OURS:
            found.update(_flat(situation, tomllib.loads(file.read_text("utf-8"))))
    return found


def _variants(key: str) -> tuple[str, ...]:
    try:
        return texts()[key]
    except KeyError:
        raise WordingError(f"{key}: there is no such text") from None


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            yield from _flat(key, value)
        elif isinstance(value, str):
            yield key, (value,)
        elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            yield key, tuple(value)
        else:
            raise WordingError(f"{key}: neither a text nor a list of texts")


def _as_json(values: Mapping[str, Value]) -> dict[str, Json]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
