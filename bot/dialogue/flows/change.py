"""受取場所・ご連絡の変更: pick → what → pickup branch → contact → confirm → done, for what still waits."""

from collections.abc import Sequence
from typing import Final

from bot.dialogue.cards import may_change
from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import ChangeReservation
from bot.dialogue.flows.change_told import as_it_is, confirm_card, item_of, refused_cards, tell
from bot.dialogue.flows.reservations import PICK_KIND, by_id, ids_of, named_in, narrow, these
from bot.dialogue.gathered import Item, as_json, items_of, text_of, texts_of
from bot.dialogue.listing import name_of, page_of, remember
from bot.dialogue.picking import Pick, accept_pick, end_card, show_again, with_lead
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Doing, Filled, Flow, Outcome, Said, Step
from bot.dialogue.taps import answer
from bot.dialogue.where_and_how import (
    accept_branch,
    accept_contact,
    ask_branch,
    ask_contact,
    branch_said,
    contact_said,
)
from bot.dialogue.words import change_named
from bot.intents import Intent
from bot.library import (
    Contact,
    Reservation,
)
from bot.messages.replies import Card, Style

_KEEP: Final = ""
"""In place of a branch or a contact: each reservation keeps its own."""


def _start(scene: Scene) -> Data:
    ids = texts_of(scene.slots, "reservation_ids")
    said = {"branch_said": text_of(scene.slots, "branch"), "contact_said": text_of(scene.slots, "contact")}
    data: Data = {name: value for name, value in said.items() if value}
    what = text_of(scene.slots, "what")
    data = {**data, "what_said": what} if what else data
    return {**data, "reservation_ids": as_json(ids)} if ids else data


def _ask_pick(scene: Scene, data: Data) -> Outcome:
    """Straight on where it is clear which; else the list of what may be changed."""
    again = show_again(_PICK, scene, data)
    if again is not None:
        return again
    listed = scene.library.list_reservations(scene.card_number).reservations
    if not listed:
        return Said((scene.say.say("cancel.none"),))
    named = narrow(scene, listed)
    if named:
        return these(named)
    may = [item for item in listed if may_change(scene, item)]
    if named is None and len(may) <= 1:
        return these(may or listed)
    asked = _list(scene, ids_of(may or listed), 0)
    return asked if named is None else with_lead(asked, scene.say.say("cancel.no_match"))


def _accept_pick(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    return accept_pick(_PICK, scene, data, given)


def _list(scene: Scene, ids: Sequence[str], offset: int) -> Asked:
    listed = by_id(scene.library.list_reservations(scene.card_number).reservations, page_of(ids, offset))
    cards = [_pick_card(scene, number, item) for number, item in enumerate(listed, start=offset + 1)]
    return Asked(
        (
            scene.say.cards("change.list", *cards, count=len(ids)),
            end_card(_PICK, scene, ids, offset, together=ids),
        ),
        {"candidates": as_json(ids), "offset": offset},
        remember(PICK_KIND, ids),
    )


def _pick_card(scene: Scene, number: int, item: Reservation) -> Card:
    spoken = scene.say.text("change.pick_spoken", number=number)
    ids = as_json([item.reservation_id])
    button = answer(scene, "pick_one", spoken=spoken, style=Style.PRIMARY, reservation_ids=ids)
    title = name_of(item.title) if item.title else scene.say.text("confirm.unknown_title")
    kana = item.title.title_kana if item.title else ""
    now = as_it_is(scene, item.pickup_branch, item.contact)
    return Card(title, now, (button,), number=number, title_kana=kana)


def _ask_what(scene: Scene, data: Data) -> Outcome:
    """What is to be changed: known where a branch or a way was named, or where there is one branch only."""
    items = _items(scene, data)
    if all(item["reasons"] for item in items):
        return Said((refused_cards(scene, items),))
    what = text_of(data, "what_said")
    has_branch, has_contact = bool(data.get("branch_said")), bool(data.get("contact_said"))
    if has_branch and has_contact:
        return Filled({"what": "both"})
    if len(scene.policy.pickup_branches) == 1 or has_contact or what == "contact":
        return Filled({"what": "contact", "pickup_branch": _KEEP})
    if has_branch or what == "branch":
        return Filled({"what": "branch", "contact": _KEEP})
    buttons = (
        answer(scene, "change_place", style=Style.PRIMARY, what="branch"),
        answer(scene, "change_contact", style=Style.PRIMARY, what="contact"),
        answer(scene, "no", yes=False),
    )
    return Asked(
        (scene.say.cards("change.what", Card(scene.say.text("change.what.title"), buttons=buttons)),)
    )


def _accept_what(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    if given.reading is None:
        what = text_of(given.chosen, "what")
        return Filled({"what_said": what}) if what else stopped(scene)
    branch, contact = branch_said(scene, given), contact_said(given)
    if branch or contact:
        return Filled({"branch_said": branch or None, "contact_said": contact or None})
    if given.intent is Intent.DENY:
        return stopped(scene)
    named = change_named(given.text)
    return Filled({"what_said": named}) if named else None


def _ask_confirm(scene: Scene, data: Data) -> Outcome:
    """Name the works and what would be otherwise; what can't be changed here is said too."""
    items = _items(scene, data)
    allowed = [item for item in items if not item["reasons"]]
    refused = [item for item in items if item["reasons"]]
    if not allowed:
        return Said((refused_cards(scene, refused),))
    changing = [item for item in allowed if not item["is_same"]]
    if not changing:
        return Said((scene.say.say("change.same"),))
    kept = {"items": as_json(changing), "refused": as_json(refused)}
    return Asked((confirm_card(scene, changing, refused),), kept)


def _do(scene: Scene, data: Data) -> Doing:
    return Doing(
        tuple(
            ChangeReservation(
                scene.card_number, item["reservation_id"], item["branch"], Contact(item["contact"])
            )
            for item in items_of(data, "items")
        )
    )


def _items(scene: Scene, data: Data) -> list[Item]:
    return [item_of(scene, data, one) for one in texts_of(data, "reservation_ids")]


_PICK: Final = Pick(PICK_KIND, "reservation_ids", Intent.LIST_RESERVATIONS, "change.pick", _list, named_in)

CHANGE: Final = Flow(
    "change",
    (
        Step("pick", "reservation_ids", _ask_pick, _accept_pick, "what", "which reservations to change"),
        Step("what", "what", _ask_what, _accept_what, "branch", "pickup branch or contact"),
        Step("branch", "pickup_branch", ask_branch, accept_branch, "contact", "the new pickup branch"),
        Step("contact", "contact", ask_contact, accept_contact, "confirm", "the new way to be told"),
        confirmation(_ask_confirm, _do, stopped, "says what changes from what to what, and asks for a yes"),
    ),
    _start,
    tell,
)
