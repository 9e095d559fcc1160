"""Which intent begins which flow, and which is answered at once: the table of everything a patron can ask for.

A flow asks before it does something; an answer leaves nothing open. Each is a file of this folder.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from bot.dialogue.flows.branches import branch_info
from bot.dialogue.flows.cancel import CANCEL
from bot.dialogue.flows.card import password_help, show_card
from bot.dialogue.flows.cart import CART_ADD, CART_EMPTY, CART_REMOVE, show_cart
from bot.dialogue.flows.change import CHANGE
from bot.dialogue.flows.contact_staff import CONTACT
from bot.dialogue.flows.family_loans import KIND as FAMILY
from bot.dialogue.flows.follow_ups import STOP_FOLLOW_UP
from bot.dialogue.flows.hours import opening_hours
from bot.dialogue.flows.link_card import LINK
from bot.dialogue.flows.loans import KIND as LOANS
from bot.dialogue.flows.loans import PICK_KIND as RENEWABLE
from bot.dialogue.flows.loans import list_loans
from bot.dialogue.flows.menu import (
    greeting,
    help_menu,
    nothing_asked,
    nothing_refused,
    nothing_to_stop,
    out_of_scope,
    thanks,
)
from bot.dialogue.flows.new_arrivals import KIND as ARRIVALS
from bot.dialogue.flows.new_arrivals import new_arrivals
from bot.dialogue.flows.notices import NOTICES
from bot.dialogue.flows.renew import RENEW
from bot.dialogue.flows.reservations import KIND as RESERVATIONS
from bot.dialogue.flows.reservations import PICK_KIND as CANCELLABLE
from bot.dialogue.flows.reservations import list_reservations
from bot.dialogue.flows.reserve import RESERVE
from bot.dialogue.flows.rules_asked import ask_rules
from bot.dialogue.flows.search import CART_KIND as CART
from bot.dialogue.flows.search import KIND as TITLES
from bot.dialogue.flows.search import search_catalog
from bot.dialogue.flows.services import ebooks
from bot.dialogue.flows.switch_card import SWITCH
from bot.dialogue.flows.unlink_card import UNLINK
from bot.dialogue.flows.watches import WATCHES
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Flow, Said
from bot.intents import Intent

AnswerFunction: TypeAlias = Callable[[Scene], Said]

FLOWS: Final[Mapping[Intent, Flow]] = {
    Intent.LINK_CARD: LINK,
    Intent.UNLINK_CARD: UNLINK,
    Intent.SWITCH_CARD: SWITCH,
    Intent.RENEW: RENEW,
    Intent.RESERVE: RESERVE,
    Intent.CANCEL_RESERVATION: CANCEL,
    Intent.CONTACT_STAFF: CONTACT,
    Intent.NOTIFICATION_SETTINGS: NOTICES,
    Intent.SUBSCRIBE_NEW_ARRIVALS: WATCHES,
}

ANSWERS: Final[Mapping[Intent, AnswerFunction]] = {
    Intent.LIST_LOANS: list_loans,
    Intent.LIST_RESERVATIONS: list_reservations,
    Intent.SEARCH_CATALOG: search_catalog,
    Intent.SHOW_CARD: show_card,
    Intent.PASSWORD_HELP: password_help,
    Intent.NEW_ARRIVALS: new_arrivals,
    Intent.OPENING_HOURS: opening_hours,
    Intent.BRANCH_INFO: branch_info,
    Intent.EBOOKS: ebooks,
    Intent.ASK_RULES: ask_rules,
    Intent.HELP: help_menu,
    Intent.GREETING: greeting,
    Intent.THANKS: thanks,
    Intent.AFFIRM: nothing_asked,
    Intent.DENY: nothing_refused,
    Intent.ABORT: nothing_to_stop,
    Intent.OUT_OF_SCOPE: out_of_scope,
}

PARTICULAR: Final[Mapping[str, tuple[Intent, Flow | AnswerFunction]]] = {
    "cart_add": (Intent.RESERVE, CART_ADD),
    "cart_remove": (Intent.RESERVE, CART_REMOVE),
    "cart_empty": (Intent.RESERVE, CART_EMPTY),
    "cart_show": (Intent.RESERVE, show_cart),
    "change": (Intent.LIST_RESERVATIONS, CHANGE),
    "follow_up_stop": (Intent.CANCEL_RESERVATION, STOP_FOLLOW_UP),
}
"""What the slot `do` begins within an intent (see `particular`). Each needs a card."""

NEEDS_CARD: Final = frozenset({Intent.LIST_LOANS, Intent.LIST_RESERVATIONS, Intent.SHOW_CARD})
"""Answers about a patron; a flow says for itself whether it needs a card."""

LISTS: Final[Mapping[str, Intent]] = {
    LOANS: Intent.LIST_LOANS,
    FAMILY: Intent.LIST_LOANS,
    RENEWABLE: Intent.LIST_LOANS,
    RESERVATIONS: Intent.LIST_RESERVATIONS,
    CANCELLABLE: Intent.LIST_RESERVATIONS,
    TITLES: Intent.SEARCH_CATALOG,
    ARRIVALS: Intent.NEW_ARRIVALS,
    CART: Intent.SEARCH_CATALOG,
}
"""Which answer shows the list of a kind: 「2番」 and 「もっと見る」 are handed to it."""


def flow_named(name: str) -> Flow | None:
    """The flow of this name, or None."""
    return next((flow for flow in _all_flows() if flow.name == name), None)


def intent_of(flow: Flow) -> Intent:
    """The intent that begins this flow."""
    begun = {known.name: intent for intent, known in FLOWS.items()}
    begun |= {known.name: intent for intent, known in PARTICULAR.values() if isinstance(known, Flow)}
    return begun[flow.name]


def begun_by(intent: Intent, slots: Mapping[str, Any]) -> Flow | AnswerFunction:
    """What a wish begins: a flow, or an answer given at once."""
    _, particular = PARTICULAR.get(str(slots.get("do", "")), (intent, None))
    return particular or FLOWS.get(intent) or ANSWERS[intent]


def needs_card(intent: Intent, slots: Mapping[str, Any]) -> bool:
    """Whether a wish can be met only with a linked card."""
    begun = begun_by(intent, slots)
    if isinstance(begun, Flow):
        return begun.needs_card
    return intent in NEEDS_CARD or slots.get("do") in PARTICULAR


def _all_flows() -> list[Flow]:
    return [*FLOWS.values(), *(known for _, known in PARTICULAR.values() if isinstance(known, Flow))]
