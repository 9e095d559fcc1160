"""Reads tables of labelled messages, one file an intent.

`bot/intents/data/messages/` is what rules and training may read; `tests/data/intents/heldout/` only measures.

A row is `say: message` with the slots it carries beside it, or under `slots`; `reading: n` cites the
competing reading of the contract that the row shows, `today` is an ISO date where the message counts from one.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.intents import Intent

_ROOT = Path(__file__).parents[1]
FOLDER = _ROOT / "bot" / "intents" / "data" / "messages"
HELD_OUT = _ROOT / "tests" / "data" / "intents" / "heldout"
TODAY = date(2026, 11, 24)
"""A Tuesday; what relative days in the table count from unless a row says otherwise."""

_OWN_KEYS = {"say", "today", "reading", "note", "slots"}


class _Loader(yaml.CSafeLoader):
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


def read_table(folder: Path = FOLDER) -> list[Row]:
    """Every row of every file; a plain string is a message without slots."""
    return [
        _row(Intent(file.stem), raw) for file in sorted(folder.glob("[a-z]*.yaml")) for raw in _load(file)
    ]


def _load(file: Path) -> list[Any]:
    return list(yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 -- a SafeLoader


def _row(intent: Intent, raw: Any) -> Row:
    if isinstance(raw, str):
        return Row(intent, raw, {}, TODAY, None)
    slots = {key: value for key, value in raw.items() if key not in _OWN_KEYS} | raw.get("slots", {})
    return Row(intent, str(raw["say"]), slots, raw.get("today", TODAY), raw.get("reading"))
