"""Reads the tables of cases (`tests/data/rules`) and the numbered branches in the rules' docstrings."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from yaml_files import read_yaml

from bot.policies import Policy, bundled_policy_text, parse_policy

DATA = Path(__file__).parent.parent / "data" / "rules"
DECISIONS = (
    *("renewal", "reservation", "cancellation", "change", "series", "pickup"),
    *("calendar", "due_dates", "passwords"),
)
_BRANCH = re.compile(r"^    ([A-Z]+-\d+) +(\w+) +(.+)$", re.MULTILINE)


class Branch(NamedTuple):
    """A numbered branch of a decision."""

    number: str
    outcome: str
    """The reason code, or `allowed`, or what is computed."""
    when: str


def branches_of(decision: str) -> list[Branch]:
    """The numbered branches as the docstring of the decision's module lists them."""
    text = import_module(f"bot.rules.{decision}").__doc__ or ""
    return [Branch(*found) for found in _BRANCH.findall(text)]


@cache
def outcomes() -> dict[str, str]:
    """Number to outcome, for all decisions."""
    return {branch.number: branch.outcome for name in DECISIONS for branch in branches_of(name)}


@cache
def rows(table: str) -> tuple[dict[str, Any], ...]:
    """The cases of a table."""
    return tuple(read_yaml(DATA / f"{table}.yaml"))


def cases(table: str) -> list[Any]:
    """The cases of a table as pytest parameters, one item each, named by number, policy and name."""
    return [
        pytest.param(row, id=" ".join(filter(None, (row["number"], row.get("policy"), row["name"]))))
        for row in rows(table)
    ]


@cache
def policy_named(name: str) -> Policy:
    """A bundled policy; with a calendar of the tables where the name is like `mito+mondays`."""
    library, _, calendar = name.partition("+")
    text = bundled_policy_text(library)
    if calendar:
        text += (DATA / "calendars" / f"{name}.toml").read_text(encoding="utf-8")
    return parse_policy(text, name)
