"""Texts and the code that says them fit together: nothing is missing or left over, every place is filled."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bot
from bot.messages.limits import BUTTON_LABEL, QUICK_LABEL
from bot.messages.wording import ALWAYS, Wording, places, texts
from bot.policies import Policy, load_policy

_CODE = Path(bot.__file__).parent
_SAYING = {"text", "say", "cards"}
_ANY = "*"


@cache
def _trees() -> tuple[ast.AST, ...]:
    return tuple(ast.parse(file.read_text("utf-8")) for file in sorted(_CODE.rglob("*.py")))


@cache
def _constants() -> frozenset[str]:
    """Every string in the code: a key, a part of one, the value of an enum."""
    nodes = (node for tree in _trees() for node in ast.walk(tree))
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


@cache
def _patterns() -> frozenset[str]:
    """Every f-string that may be a key, its inserted values as `*`."""
    nodes = (node for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    joined = (
        "".join(_ANY if isinstance(p, ast.FormattedValue) else p.value for p in n.values) for n in nodes
    )
    return frozenset(text for text in joined if re.search("[a-z]", text))


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every saying of a literal key: the key of the text, the method, the call."""
    for tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            first = node.args[0]
            if node.func.attr in _SAYING and isinstance(first, ast.Constant) and "." in str(first.value):
                ending = ".alt" if node.func.attr == "cards" else ""
                yield f"{first.value}{ending}", node.func.attr, node


def _is_used(key: str) -> bool:
    """Whether the code names it, whole or put together from parts that it names."""
    stem = key.removesuffix(".alt")
    return key in _constants() or stem in _constants() or any(_fits(key, p) for p in _patterns() if "." in p)


def _fits(key: str, pattern: str) -> bool:
    shape = "(.+)".join(re.escape(part) for part in pattern.split(_ANY))
    found = re.fullmatch(shape, key)
    return found is not None and all(_is_known(value) for value in found.groups())


def _is_known(value: str) -> bool:
    """A part of a key that the code names, whole, piece by piece (`reason.text`), or put together (`contact_line`)."""
    if value in _constants() or ("." in value and all(map(_is_known, value.split(".")))):
        return True
    together = (pattern for pattern in _patterns() if ("." in pattern) is ("." in value))
    return any(_fits(value, pattern) for pattern in together)


def test_every_text_that_is_said_exists() -> None:
    missing = sorted({key for key, _, _ in _calls()} - set(texts()))
    assert missing == []


def test_every_text_is_used() -> None:
    unused = sorted(key for key in texts() if not _is_used(key))
    assert unused == []


def test_every_place_of_a_text_is_filled_where_it_is_said() -> None:
    gaps = []
    for key, _, call in _calls():
        named = {keyword.arg for keyword in call.keywords}
        if None in named or key not in texts():
            continue
        needed = {p for text in texts()[key] for p in places(text) if not p.startswith("w.")} - ALWAYS
        gaps += [f"{key}: {place}" for place in sorted(needed - named)]
    assert gaps == []


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_labels_of_buttons_fit_with_the_words_of_each_library(library: str) -> None:
    policy = load_policy(library)
    wording = Wording(policy)
    long = []
    for key in (key for key in texts() if key.startswith("buttons.")):
        values = _longest(policy, key)
        label = wording.text(key, **values)
        if len(label) > min(BUTTON_LABEL, QUICK_LABEL):
            long.append(f"{key}: {label}")
    assert long == []


def _longest(policy: Policy, key: str) -> dict[str, str]:
    """The longest values that a label's places get."""
    longest = {
        "branch": max((branch.full_name for branch in policy.branches), key=len),
        "count": str(policy.reservation.limit),
    }
    needed = {place for text in texts()[key] for place in places(text) if not place.startswith("w.")} - ALWAYS
    return {place: longest.get(place, "") for place in needed}


@pytest.mark.parametrize("key", [key for key in texts() if key.endswith(".alt")])
def test_what_a_locked_screen_shows_names_no_work(key: str) -> None:
    assert not {"title", "names", "name", "author"} & {p for text in texts()[key] for p in places(text)}


def test_a_message_of_plain_words_names_no_work_and_no_holder() -> None:
    """Its first lines stand on a locked screen, as the alternative text of cards does."""
    named = {"title", "names", "name", "author", "end"}
    told = {key for key, method, _ in _calls() if method == "say" and key in texts()}
    assert [key for key in sorted(told) if named & {p for text in texts()[key] for p in places(text)}] == []
