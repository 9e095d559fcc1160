"""What is wrong with a form, to be told above it and at its fields."""

from dataclasses import dataclass
from typing import Any

from webhooks.staff.texts import say


@dataclass(frozen=True, slots=True)
class Problem:
    """One line, leading to its field."""

    field: str
    text: str


def mistakes(form: Any) -> list[Problem]:
    """The mistakes of a form that was looked at: `mistake.<code>` says what to do."""
    return [
        Problem(name, say(f"mistake.{codes[0]}"))
        for name, codes in form.errors.items()
        if name not in (None, "csrf_token")
    ]
