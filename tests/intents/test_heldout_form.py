"""The second held-out set is well formed, says nothing twice and shares no message with what built the parser."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from yaml_files import read_yaml

ROOT = Path(__file__).parents[2]
HELDOUT = ROOT / "tests/data/intents/heldout"
SEEN_IN_BUILDING = (ROOT / "bot/intents/data", ROOT / "tests/data/intents")

# The slots that each intent may carry, as docs and contract have them; `more_titles` goes with `title`.
SLOTS = {
    "abort": "",
    "affirm": "",
    "ask_rules": "topic",
    "branch_info": "branch",
    "cancel_reservation": "ordinals title author all more_titles",
    "choose": "ordinals all",
    "contact_staff": "",
    "deny": "",
    "ebooks": "",
    "greeting": "",
    "help": "",
    "link_card": "",
    "list_loans": "title author ordinals person due_soon more_titles",
    "list_reservations": "title author ordinals more_titles",
    "more": "",
    "new_arrivals": "subject author",
    "notification_settings": "notice off contact",
    "opening_hours": "branch date",
    "out_of_scope": "",
    "password_help": "",
    "renew": "ordinals title author all due_soon person more_titles",
    "reserve": "title author isbn branch contact more_titles",
    "search_catalog": "title author isbn subject more_titles",
    "show_card": "",
    "subscribe_new_arrivals": "subject author off",
    "switch_card": "person",
    "thanks": "",
    "unlink_card": "",
}
CHOICES = {
    "topic": {"renew", "reserve", "cancel", "hold_shelf", "loan", "card", "notice", "other"},
    "contact": {"mail", "line", "phone", "none"},
    "notice": {"due", "hold", "announcements"},
}
AS_WRITTEN = {"title", "author", "subject", "branch", "person"}
FILES = sorted(HELDOUT.glob("*.yaml"))


def _messages(file: Path) -> list[Mapping[str, Any]]:
    read: list[Mapping[str, Any]] = read_yaml(file)
    return read


def _folded(text: str) -> str:
    """The text without what the contract does not compare: width and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)


def _is_isbn(digits: str) -> bool:
    if len(digits) == 13 and digits.isdecimal():
        return sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(digits)) % 10 == 0
    if len(digits) == 10 and digits[:9].isdecimal():
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum(value * (10 - at) for at, value in enumerate(values)) % 11 == 0
    return False


def _fault(slot: str, value: object, say: str) -> str:
    """What is wrong with a slot's value, or nothing."""
    if slot in {"all", "off", "due_soon"}:
        good = value is True
    elif slot == "ordinals":
        good = (
            isinstance(value, list)
            and bool(value)
            and all(type(number) is int and number for number in value)
        )
    elif slot == "more_titles":
        good = (
            isinstance(value, list) and bool(value) and all(_folded(title) in _folded(say) for title in value)
        )
    elif slot in CHOICES:
        good = value in CHOICES[slot]
    elif slot == "isbn":
        good = isinstance(value, str) and _is_isbn(value)
    elif slot in AS_WRITTEN:
        good = isinstance(value, str) and bool(value) and _folded(value) in _folded(say)
    else:
        good = isinstance(value, str) and bool(value)
    return "" if good else f"{slot}: {value!r}"


def test_every_intent_has_its_file() -> None:
    assert {file.stem for file in FILES} == set(SLOTS)
    assert sum(len(_messages(file)) for file in FILES) >= 1000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_message_has_the_form_of_the_contract(file: Path) -> None:
    faults = []
    for message in _messages(file):
        assert set(message) <= {"say", "slots"}, message
        say, slots = message["say"], message.get("slots", {})
        assert isinstance(say, str), message
        assert say.strip(), message
        assert "slots" not in message or slots, f"empty slots are left out: {say}"
        unknown = set(slots) - set(SLOTS[file.stem].split())
        assert not unknown, f"{say}: {unknown}"
        assert "more_titles" not in slots or "title" in slots, say
        faults += [f"{say}: {fault}" for slot, value in slots.items() if (fault := _fault(slot, value, say))]
    assert not faults


def test_no_message_stands_twice() -> None:
    said = Counter(_folded(message["say"]) for file in FILES for message in _messages(file))
    assert not [say for say, times in said.items() if times > 1]


def test_no_message_was_seen_in_building_the_parser() -> None:
    seen = {
        _folded(text)
        for folder in SEEN_IN_BUILDING
        for file in folder.rglob("*.yaml")
        if HELDOUT not in file.parents
        for text in _strings(read_yaml(file))
    }
    assert len(seen) > 1000, "the messages that the parser was built on were not found"
    shared = [
        f"{file.stem}: {message['say']}"
        for file in FILES
        for message in _messages(file)
        if _folded(message["say"]) in seen
    ]
    assert not shared, "\n".join(shared)
