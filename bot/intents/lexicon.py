"""The words and patterns of `data/`, read once and checked.

A file of `data/intents/` belongs to one intent: `[words.<group>]` tables name groups of words,
`[[patterns]]` tables say which groups together mean the intent. `data/words.toml` holds the groups that
several intents share. A mistake in a file stops the start and is named by file and key.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal, cast, get_args

import jaconv

from bot.intents.model import CHANGING, SLOTS, Intent, SlotValue

Role = Literal["edge", "weak", "light", "filler", "aside"]
FIXED_GROUPS = frozenset(
    {
        "@quote",
        "@isbn",
        "@numbers",
        "@date",
        "@branch",
        "@person",
        "@author",
        "@work",
        "@rest",
        "@noun",
        "@elsewhere",
        "@subject",
    }
)
"""Groups that code finds and patterns may ask for: see `spans` and `match`."""

_LONG_KANA = 4
_GROUP_KEYS = {"words", "verbs", "tokens", "role", "hides", "whole", "ends", "slots", "note"}
_PATTERN_KEYS = {"id", "needs", "unless", "alone", "ordered", "weight", "slots", "note"}


class DataError(ValueError):
    """A data file of the parser contradicts itself; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words that mean the same to the patterns."""

    name: str
    words: tuple[str, ...]
    """Found as they stand, in the usual spelling of `data/spellings.toml`."""
    verbs: tuple[str, ...]
    """Dictionary forms, found in every inflection."""
    tokens: tuple[str, ...]
    """`normalized form:part of speech`, for what only Sudachi can tell apart."""
    role: Role
    """`edge` ends a title, `weak` may be part of one, `light` only inside it, `filler` counts for
    nothing, `aside` is for patterns alone and says nothing about titles."""
    hides: bool
    """Whether shorter words inside these are no longer seen (カード in カード番号)."""
    whole: bool
    """Whether the words count only from where a token begins to where one ends (はい, not 予約はいつ)."""
    ends: bool
    """Whether the words count only at the end of a sentence (ある, not ある日)."""
    slots: Mapping[str, SlotValue]
    """What the words say about slots, wherever the intent may carry them."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Groups that together mean an intent."""

    id: str
    intent: Intent
    needs: tuple[frozenset[str], ...]
    """Each entry is one group, or several of which one is enough (`a|b` in the file)."""
    unless: frozenset[str]
    alone: bool
    """Whether nothing else but filler may be said."""
    ordered: bool
    """Whether the groups must follow one another as listed."""
    weight: float
    """Added to the number of needs; see `rank`."""
    slots: Mapping[str, SlotValue]
    changes: bool
    """Whether its intent changes the patron's record."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All data of the parser."""

    groups: Mapping[str, Group]
    patterns: tuple[Pattern, ...]
    spellings: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The other files by name: `numbers`, `dates`, `names`, `titles`."""


def load_lexicon() -> Lexicon:
    """Read the packaged data.

    Raises:
        DataError: a file has an unknown key, group, slot or role.
    """
    root = files("bot.intents") / "data"
    shared = _read(root / "words.toml")
    groups = {group.name: group for group in _groups("words.toml", shared)}
    patterns: list[Pattern] = []
    for intent in Intent:
        name = f"intents/{intent}.toml"
        table = _read(root / "intents" / f"{intent}.toml")
        for group in _groups(name, table.get("words", {})):
            if group.name in groups:
                raise DataError(f"{name}: the group {group.name!r} is already defined elsewhere")
            groups[group.name] = group
        patterns.extend(_pattern(name, intent, raw) for raw in table.get("patterns", []))
    _check_references(patterns, groups)
    tables = {name: _read(root / f"{name}.toml") for name in ("numbers", "dates", "names", "titles")}
    return Lexicon(
        groups=groups,
        patterns=tuple(patterns),
        spellings=_spellings(_read(root / "spellings.toml")),
        tables=tables,
    )


def _read(path: Any) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _groups(file: str, table: Mapping[str, Any]) -> Iterator[Group]:
    for name, raw in table.items():
        unknown = set(raw) - _GROUP_KEYS
        role = raw.get("role", "edge")
        if unknown or role not in get_args(Role):
            raise DataError(f"{file}: {name}: unknown key or role: {sorted(unknown) or role}")
        yield Group(
            name=name,
            words=tuple(raw.get("words", ())),
            verbs=tuple(raw.get("verbs", ())),
            tokens=tuple(raw.get("tokens", ())),
            role=cast(Role, role),
            hides=raw.get("hides", False),
            whole=raw.get("whole", False),
            ends=raw.get("ends", False),
            slots=raw.get("slots", {}),
        )


def _pattern(file: str, intent: Intent, raw: Mapping[str, Any]) -> Pattern:
    unknown = set(raw) - _PATTERN_KEYS
    if unknown or "needs" not in raw or "id" not in raw:
        raise DataError(f"{file}: a pattern lacks id or needs, or has unknown keys {sorted(unknown)}")
    slots = raw.get("slots", {})
    if foreign := set(slots) - SLOTS.get(intent, frozenset()):
        raise DataError(f"{file}: {raw['id']}: {intent} carries no {sorted(foreign)}")
    return Pattern(
        id=f"{intent}.{raw['id']}",
        intent=intent,
        needs=tuple(frozenset(need.split("|")) for need in raw["needs"]),
        unless=frozenset(raw.get("unless", ())),
        alone=raw.get("alone", False),
        ordered=raw.get("ordered", False),
        weight=raw.get("weight", 0),
        slots=slots,
        changes=intent in CHANGING,
    )


def _check_references(patterns: list[Pattern], groups: Mapping[str, Group]) -> None:
    known = set(groups) | FIXED_GROUPS
    seen: set[str] = set()
    for pattern in patterns:
        if pattern.id in seen:
            raise DataError(f"{pattern.id}: defined twice")
        seen.add(pattern.id)
        if unknown := (frozenset[str]().union(*pattern.needs) | pattern.unless) - known:
            raise DataError(f"{pattern.id}: unknown groups {sorted(unknown)}")


def _spellings(table: Mapping[str, list[str]]) -> dict[str, str]:
    usual_of: dict[str, str] = {}
    for usual, others in table.items():
        for other in others:
            if usual_of.setdefault(other, usual) != usual:
                raise DataError(f"spellings.toml: {other} stands under {usual_of[other]} and {usual}")
    # Half-width kana arrive as katakana; a short word of those would be seen in foreign names.
    in_katakana = {
        jaconv.hira2kata(other): usual for other, usual in usual_of.items() if _is_long_kana(other)
    }
    return in_katakana | usual_of


def _is_long_kana(word: str) -> bool:
    return len(word) >= _LONG_KANA and all("ぁ" <= char <= "ゖ" or char == "ー" for char in word)
