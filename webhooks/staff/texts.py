"""The console's wording that is not part of a page's own frame: `texts.toml`, by key."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def say(key: str, **values: str | int) -> str:
    """The text of `key` (`section.name`), its places filled in. Raises KeyError for an unknown key."""
    section, _, name = key.partition(".")
    text = _texts()[section][name]
    assert isinstance(text, str)  # noqa: S101  # The file holds nothing else; a test looks through it.
    return text.format_map(values)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((files("webhooks.staff") / "texts.toml").read_text(encoding="utf-8"))
