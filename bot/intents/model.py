"""What a reading is: the intents, the slots each may carry, and the result of a parse.

The names are those of the contract between parser and dialogue and are used verbatim in data, tests and logs.
How a message comes to its reading is left to the other modules of this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SlotValue = str | bool | list[int] | list[str]

UNDERSTOOD: Final = 0.5
"""The line between understood and not: a reading whose confidence is below it counts as not understood.

Below it the reading is a guess worth a "did you mean"; a message without any known word is
`out_of_scope` with a confidence of 0.3 or less, while a message that is known to belong to another
office or to small talk is `out_of_scope` above the line.
"""


class Intent(StrEnum):
    """What the patron wants, one of 28."""

    LINK_CARD = "link_card"
    UNLINK_CARD = "unlink_card"
    SHOW_CARD = "show_card"
    SWITCH_CARD = "switch_card"
    PASSWORD_HELP = "password_help"  # noqa: S105 -- the name of an intent, not a secret
    LIST_LOANS = "list_loans"
    RENEW = "renew"
    LIST_RESERVATIONS = "list_reservations"
    RESERVE = "reserve"
    CANCEL_RESERVATION = "cancel_reservation"
    SEARCH_CATALOG = "search_catalog"
    NEW_ARRIVALS = "new_arrivals"
    SUBSCRIBE_NEW_ARRIVALS = "subscribe_new_arrivals"
    NOTIFICATION_SETTINGS = "notification_settings"
    OPENING_HOURS = "opening_hours"
    BRANCH_INFO = "branch_info"
    EBOOKS = "ebooks"
    ASK_RULES = "ask_rules"
    CONTACT_STAFF = "contact_staff"
    HELP = "help"
    CHOOSE = "choose"
    AFFIRM = "affirm"
    DENY = "deny"
    ABORT = "abort"
    MORE = "more"
    GREETING = "greeting"
    THANKS = "thanks"
    OUT_OF_SCOPE = "out_of_scope"


CHANGING: Final = frozenset({Intent.RENEW, Intent.RESERVE, Intent.CANCEL_RESERVATION})
"""Intents that would change the patron's record; in doubt another reading goes first."""

NO_CHANGE: Final = frozenset({Intent.ASK_RULES, Intent.DENY, Intent.ABORT, Intent.OUT_OF_SCOPE})
"""A question, a refusal, an abort, something foreign: never to be read as a change of the record."""

SLOTS: Final[Mapping[Intent, frozenset[str]]] = {
    Intent.SWITCH_CARD: frozenset({"person"}),
    Intent.LIST_LOANS: frozenset({"title", "author", "ordinals", "person", "due_soon", "more_titles"}),
    Intent.RENEW: frozenset({"ordinals", "title", "author", "all", "due_soon", "person", "more_titles"}),
    Intent.LIST_RESERVATIONS: frozenset({"title", "author", "ordinals", "more_titles"}),
    Intent.RESERVE: frozenset({"title", "author", "isbn", "branch", "contact", "more_titles"}),
    Intent.CANCEL_RESERVATION: frozenset({"ordinals", "title", "author", "all", "more_titles"}),
    Intent.SEARCH_CATALOG: frozenset({"title", "author", "isbn", "subject", "more_titles"}),
    Intent.NEW_ARRIVALS: frozenset({"subject", "author"}),
    Intent.SUBSCRIBE_NEW_ARRIVALS: frozenset({"subject", "author", "off"}),
    Intent.NOTIFICATION_SETTINGS: frozenset({"notice", "off", "contact"}),
    Intent.OPENING_HOURS: frozenset({"branch", "date"}),
    Intent.BRANCH_INFO: frozenset({"branch"}),
    Intent.ASK_RULES: frozenset({"topic"}),
    Intent.CHOOSE: frozenset({"ordinals", "all"}),
}
"""Which slots an intent may carry; an intent that is not listed carries none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, understood as well as it can be without the conversation before it."""

    intent: Intent
    slots: Mapping[str, SlotValue]
    """Only slots that the message carries; an absent one is missing, never None."""
    confidence: float
    """0.0 to 1.0; see UNDERSTOOD."""
    runner_up: Intent | None
    """The second likeliest intent, if there is one, for "did you mean" buttons."""
    matched: tuple[str, ...]
    """The pattern and the words that led here, so that the reading can be explained."""
