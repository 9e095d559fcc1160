"""Taps on the rich menu. A menu is everybody's, so its taps say in plain words what they begin.

They only begin something: whatever would change a record is asked about first, as if it had been said.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.dialogue.flows import ANSWERS, FLOWS
from bot.intents import Intent

PREFIX: Final = "menu:"


def menu_wish(data: str) -> tuple[Intent, Mapping[str, Any]] | None:
    """What a tap with this data begins; None where it is none of the menu's.

    A menu that LINE still shows may know words that we no longer know: those lead to what can be done.
    """
    if not data.startswith(PREFIX):
        return None
    name = data.removeprefix(PREFIX)
    return next((intent for intent in (*FLOWS, *ANSWERS) if intent.value == name), Intent.HELP), {}
