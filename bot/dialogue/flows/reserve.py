"""予約（京都：貸出待ち登録）: find → pick → check → pickup branch → contact → confirm → done.

What the message said already is not asked again. Which works are meant is `reserve_find`'s, the confirmation
and the answer are `reserve_told`'s.
"""

from typing import Final

from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import ReserveTitle
from bot.dialogue.flows.reserve_find import PICK, accept_find, accept_pick_title, ask_find, ask_pick, start
from bot.dialogue.flows.reserve_told import ask_confirm, items_for, refused_cards, tell
from bot.dialogue.flows.volumes import all_at_once, in_order, wants_in_order
from bot.dialogue.gathered import items_of, text_of, texts_of
from bot.dialogue.picking import narrowed
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import PICKED, PLACE, TITLE, WAY, Data, Doing, Filled, Flow, Outcome, Said, Step
from bot.dialogue.where_and_how import (
    accept_branch,
    accept_contact,
    ask_branch,
    ask_contact,
    branch_said,
    contact_said,
)
from bot.intents import Intent
from bot.library import Contact


def _ask_check(scene: Scene, data: Data) -> Outcome:
    """Before anything else is asked: whether any of it may be reserved at all."""
    items = items_for(scene, texts_of(data, "title_ids"), Contact.LINE)
    if any(not item["reasons"] for item in items):
        return Filled({"checked": True})
    return Said((refused_cards(scene, items, texts_of(data, "missing")),))


def _change(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """At the confirmation: some of the works alone, another pickup branch, another way to be told."""
    if given.reading is None:
        return _changed_by_button(scene, data, text_of(given.chosen, "change"))
    if wants_in_order(given.text) and (ordered := in_order(scene, items_of(data, "items"))):
        return Filled(ordered)
    code = branch_said(scene, given)
    if code and len(scene.policy.pickup_branches) > 1:
        return Filled({"pickup_branch": code})
    said = "" if given.intent in {Intent.AFFIRM, Intent.DENY} else contact_said(given)
    if said:
        return Filled({"contact": None, "contact_said": said})
    return narrowed(PICK, scene, data, given)


def _changed_by_button(scene: Scene, data: Data, change: str) -> Filled | None:
    match change:
        case "branch":
            return Filled({"pickup_branch": None, "branch_said": None})
        case "in_order":
            return Filled(in_order(scene, items_of(data, "items")) or {})
        case "together":
            return Filled(all_at_once(data))
    return None


def _do(scene: Scene, data: Data) -> Doing:
    branch, contact = text_of(data, "pickup_branch"), Contact(text_of(data, "contact"))
    later = tuple(texts_of(data, "later"))
    return Doing(
        tuple(
            ReserveTitle(scene.card_number, item["title_id"], branch, contact, item["position"], later)
            for item in items_of(data, "items")
        )
    )


RESERVE: Final = Flow(
    "reserve",
    (
        Step("find", "wants", ask_find, accept_find, "pick", "which work is meant", TITLE),
        Step(
            "pick",
            "title_ids",
            ask_pick,
            accept_pick_title,
            "check",
            "which of those that were found",
            PICKED,
        ),
        Step("check", "checked", _ask_check, None, "branch", "whether any of it may be reserved"),
        Step("branch", "pickup_branch", ask_branch, accept_branch, "contact", "where to pick it up", PLACE),
        Step(
            "contact", "contact", ask_contact, accept_contact, "confirm", "how to tell that it is ready", WAY
        ),
        confirmation(
            ask_confirm,
            _do,
            stopped,
            "names works, pickup branch, contact and place in the queue, and asks for a yes",
            verb=Intent.RESERVE,
            change=_change,
            expects=PLACE | WAY,
        ),
    ),
    start,
    tell,
)
