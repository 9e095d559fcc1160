"""The words of particular wishes, from `particular.toml`: regular expressions over the folded message."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.dialogue.words import folded


def changes_place(text: str) -> bool:
    """Whether the words ask for another pickup branch."""
    words, said = patterns()["change"], folded(text)
    return bool(re.search(words["place"], said) and re.search(words["changes"], said))


@cache
def patterns() -> Mapping[str, Any]:
    """The tables of the file."""
    return tomllib.loads(files("bot.dialogue").joinpath("particular.toml").read_text("utf-8"))
