"""Words about notices that the parser's slots do not tell apart; the words are data, in `notice_words.toml`."""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def setting_named(text: str) -> str | None:
    """The setting that the words name more exactly than the slot `notice` can: `overdue`, `titles_outside`."""
    said = unicodedata.normalize("NFKC", text)
    table: Mapping[str, list[str]] = _words()["named"]
    return next((name for name, words in table.items() if any(word in said for word in words)), None)


def wants_only(text: str) -> bool:
    """期限のお知らせだけほしい: this one and no other."""
    said = unicodedata.normalize("NFKC", text)
    return any(word in said for word in _words()["only"])


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("bot.dialogue").joinpath("notice_words.toml").read_text("utf-8"))
