"""Reads the table of messages in `tests/data/intents/`, one file an intent.

A row is `say: message` with the slots it carries beside it; `reading: n` cites the competing reading of the
contract that the row shows, `today` is an ISO date where the message counts from one.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.intents import Intent

FOLDER = Path(__file__).parents[1] / "data" / "intents"
TODAY = date(2026, 11, 24)
"""A Tuesday; what relative days in the table count from unless a row says otherwise."""

_OWN_KEYS = {"say", "today", "reading", "note"}


class _Loader(yaml.SafeLoader):
    """Plain YAML in which `off` is the name of a slot and not a truth value."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@dataclass(frozen=True)
class Row:
    """One message with what it means."""

    intent: Intent
    say: str
    slots: dict[str, Any]
    today: date
    reading: int | None

    @property
    def name(self) -> str:
        return f"{self.intent}: {self.say[:40]!r}"


def read_table() -> list[Row]:
    """Every row of every file; a plain string is a message without slots."""
    return [
        _row(Intent(file.stem), raw) for file in sorted(FOLDER.glob("[a-z]*.yaml")) for raw in _load(file)
    ]


def read_known_misses() -> set[str]:
    """The messages that are known to be misread."""
    listed = yaml.safe_load((FOLDER / "_known_misses.yaml").read_text(encoding="utf-8"))
    return set(listed or [])


def _load(file: Path) -> list[Any]:
    return list(yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 -- a SafeLoader


def _row(intent: Intent, raw: Any) -> Row:
    if isinstance(raw, str):
        return Row(intent, raw, {}, TODAY, None)
    slots = {key: value for key, value in raw.items() if key not in _OWN_KEYS}
    return Row(intent, str(raw["say"]), slots, raw.get("today", TODAY), raw.get("reading"))
