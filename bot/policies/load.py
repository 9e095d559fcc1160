"""Reads a policy file and says everything that is wrong with it at once, naming file, key and reason."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.policies.contradictions import Problem, find_contradictions
from bot.policies.model import Policy

BUNDLED = ("mito", "kyoto")
"""The policies that come with the product."""

_REASONS = {
    "extra_forbidden": "unknown key",
    "missing": "missing setting",
}


class PolicyError(Exception):
    """A policy file can't be used; the text names the file and, a line each, key and reason."""


def load_policy(name_or_path: str) -> Policy:
    """The policy of a bundled library (`mito`, `kyoto`) or of the file at a path. Raises PolicyError."""
    return parse_policy(*_read(name_or_path))


def bundled_policy_text(name: str) -> str:
    """The text of a bundled policy file."""
    return (files("bot.policies") / f"{name}.toml").read_text(encoding="utf-8")


def parse_policy(text: str, source: str) -> Policy:
    """The policy written in `text`; `source` is how its file is named in a PolicyError.

    The only way to a Policy: the model checks each setting, `find_contradictions` how they fit together.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{source}: this is not TOML: {error}") from None
    policy, problems = _validate(raw)
    problems = [*problems, *find_contradictions(raw)]
    if policy is None or problems:
        raise PolicyError("\n".join(f"{source}: {key}: {reason}" for key, reason in problems))
    return policy


def _validate(raw: dict[str, Any]) -> tuple[Policy | None, list[Problem]]:
    try:
        return Policy.model_validate(raw), []
    except ValidationError as error:
        return None, [_problem(detail) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails) -> Problem:
    key = ".".join(str(part) for part in detail["loc"])
    return key, _REASONS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")


def _read(name_or_path: str) -> tuple[str, str]:
    if name_or_path in BUNDLED:
        return bundled_policy_text(name_or_path), f"{name_or_path}.toml"
    path = Path(name_or_path)
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise PolicyError(
            f"{path}: can't be read ({reason}); give {', '.join(BUNDLED)} or the path of a policy file"
        ) from None
