"""Which intent begins which flow, and which is answered at once: the table of everything a patron can ask for.

A flow asks before it does something; an answer leaves nothing open. Each is a file of this folder.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from bot.dialogue.flows.loans import KIND as LOANS
from bot.dialogue.flows.loans import list_loans
from bot.dialogue.flows.renew import RENEW
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Flow, Said
from bot.intents import Intent

AnswerFunction: TypeAlias = Callable[[Scene], Said]

FLOWS: Final[Mapping[Intent, Flow]] = {
    Intent.RENEW: RENEW,
}

ANSWERS: Final[Mapping[Intent, AnswerFunction]] = {
    Intent.LIST_LOANS: list_loans,
}

NEEDS_CARD: Final = frozenset({Intent.LIST_LOANS, Intent.LIST_RESERVATIONS, Intent.SHOW_CARD})
"""Answers about a patron; a flow says for itself whether it needs a card."""

LISTS: Final[Mapping[str, Intent]] = {
    LOANS: Intent.LIST_LOANS,
}
"""Which answer shows the list of a kind: 「2番」 and 「もっと見る」 are handed to it."""


def flow_named(name: str) -> Flow | None:
    """The flow of this name, or None."""
    return next((flow for flow in FLOWS.values() if flow.name == name), None)


def intent_of(flow: Flow) -> Intent:
    """The intent that begins this flow."""
    return next(intent for intent, known in FLOWS.items() if known is flow)
