"""予約の取消: pick → confirm → done, for one reservation, several, or all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.cards import reservation_card
from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import CancelReservation, Result
from bot.dialogue.flows.reservations import PICK_KIND, by_id, ids_of, named_in, narrow, these
from bot.dialogue.gathered import Item, as_json, items_of, text_of, texts_of, works_of
from bot.dialogue.listing import name_of, page_of, remember
from bot.dialogue.picking import Pick, accept_pick, end_card, narrowed, show_again, with_lead
from bot.dialogue.refusals import left_out_rows, reason_buttons, reason_rows
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import PICKED, Asked, Data, Doing, Flow, Outcome, Said, Step
from bot.dialogue.taps import answer, reach_staff, wish, yes_no
from bot.dialogue.telling import sort_results, trouble_card
from bot.intents import Intent
from bot.library import CancellationOutcome, CancellationReason, Reservation
from bot.messages.replies import Card, Cards, Row, Tone
from bot.rules import cancellation


def _start(scene: Scene) -> Data:
    ids = texts_of(scene.slots, "reservation_ids")
    return {"reservation_ids": as_json(ids)} if ids else {}


def _ask_pick(scene: Scene, data: Data) -> Outcome:
    """Straight on where it is clear which; else the list."""
    again = show_again(_PICK, scene, data)
    if again is not None:
        return again
    listed = scene.library.list_reservations(scene.card_number).reservations
    if not listed:
        return Said((scene.say.say("cancel.none"),))
    if scene.slots.get("all"):
        return these(listed)
    named = narrow(scene, listed)
    if named is not None and not named:
        lead = "loans.no_such_number" if scene.slots.get("ordinals") else "cancel.no_match"
        return with_lead(_list(scene, ids_of(listed), 0), scene.say.say(lead))
    if named and (len(named) == 1 or not scene.slots.get("title") or scene.slots.get("more_titles")):
        return these(named)
    which = named or listed
    return these(which) if len(which) == 1 else _list(scene, ids_of(which), 0)


def _accept_pick(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    return accept_pick(_PICK, scene, data, given)


def _change(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    return narrowed(_PICK, scene, data, given)


def _list(scene: Scene, ids: Sequence[str], offset: int) -> Asked:
    """A page of the reservations: one that can't be cancelled here has the pickup branch's phone instead."""
    listed = by_id(scene.library.list_reservations(scene.card_number).reservations, page_of(ids, offset))
    cards = [_pick_card(scene, number, item) for number, item in enumerate(listed, start=offset + 1)]
    together = [one for one in ids if not _item(scene, one)["reasons"]]
    return Asked(
        (
            scene.say.cards("cancel.list", *cards, count=len(ids)),
            end_card(_PICK, scene, ids, offset, together=together),
        ),
        {"candidates": as_json(ids), "offset": offset},
        remember(PICK_KIND, ids),
    )


def _pick_card(scene: Scene, number: int, item: Reservation) -> Card:
    card = reservation_card(scene, number, item)
    if _item(scene, item.reservation_id)["reasons"]:
        return card
    spoken = scene.say.text("reservations.cancel_spoken", number=number)
    button = answer(scene, "cancel_one", spoken=spoken, reservation_ids=[item.reservation_id])
    return replace(card, buttons=(button,))


def _ask_confirm(scene: Scene, data: Data) -> Outcome:
    """Name the works; what can't be cancelled here is said too."""
    items = [_item(scene, reservation_id) for reservation_id in texts_of(data, "reservation_ids")]
    allowed = [item for item in items if not item["reasons"]]
    refused = [item for item in items if item["reasons"]]
    if not allowed:
        return Said((_refused_cards(scene, [_refused_card(scene, item) for item in refused], refused),))
    card = _confirm_card(scene, allowed, refused)
    return Asked((card,), {"items": as_json(allowed), "refused": as_json(refused)})


def _confirm_card(scene: Scene, items: Sequence[Item], refused: Sequence[Item]) -> Cards:
    say, rows = scene.say, list[Row]()
    if len(items) == 1:
        title = say.text("cancel.confirm.one", title=items[0]["title"])
    else:
        title = say.text("cancel.confirm.many", count=len(items))
        rows = [Row(say.text("cancel.confirm.item", title=item["title"])) for item in items]
    rows += left_out_rows(scene, [(i["title"], CancellationReason(i["reasons"][0])) for i in refused])
    rows.append(Row(say.text("cancel.confirm.queue"), tone=Tone.SOON))
    card = Card(title, tuple(rows), yes_no(scene, "cancel_yes"))
    works = works_of([*items, *refused])
    return say.cards("cancel.confirm", card, works=works, count=len(items), reasons=_reasons(refused))


def _do(scene: Scene, data: Data) -> Doing:
    ids = (item["reservation_id"] for item in items_of(data, "items"))
    return Doing(tuple(CancelReservation(scene.card_number, reservation_id) for reservation_id in ids))


def _tell(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    """Per item what became of it."""
    told = sort_results(items_of(data, "items"), results)
    refused = [*items_of(data, "refused"), *(_refused_now(scene, item, r) for item, r in told.refused)]
    done = [_done_card(scene, item) for item, _ in told.done]
    others = [_refused_card(scene, item) for item in refused]
    others += [trouble_card(scene, item, broken, Intent.LIST_RESERVATIONS) for item, broken in told.broken]
    if not done:
        return Said((_refused_cards(scene, others, refused),))
    reasons, count = _reasons(refused), len(others)
    return Said(
        (scene.say.cards("cancel.done", *done, *others, done=len(done), refused=count, reasons=reasons),)
    )


def _done_card(scene: Scene, item: Item) -> Card:
    row = Row(scene.say.text("cancel.done.text"))
    button = wish(scene, Intent.LIST_RESERVATIONS)
    badge, kana = scene.say.text("reservations.state.cancelled"), text_of(item, "kana")
    return Card(item["title"], (row,), (button,), badge, Tone.GOOD, title_kana=kana)


def _refused_cards(scene: Scene, cards: Sequence[Card], items: Sequence[Item]) -> Cards:
    return scene.say.cards("cancel.refused", *cards, refused=len(cards), reasons=_reasons(items))


def _refused_card(scene: Scene, item: Item) -> Card:
    reasons = [CancellationReason(reason) for reason in item["reasons"]]
    branch = item["branch"]
    values = {"branch": scene.branch_full_name(branch), "branch_phone": scene.branch_phone(branch)}
    rows = reason_rows(scene, "cancellation", reasons, **values)
    buttons = reason_buttons(scene, reasons, branch) or reach_staff(scene, branch)
    badge, kana = scene.say.text("cancel.badge_refused"), text_of(item, "kana")
    return Card(item["title"], rows, buttons, badge, Tone.SOON, title_kana=kana)


def _item(scene: Scene, reservation_id: str) -> dict[str, object]:
    """One reservation as a confirmation names it; of another card's nothing is told."""
    facts = scene.library.cancellation_facts(scene.card_number, reservation_id)
    decision = cancellation.decide(facts, scene.policy)
    found = facts.reservation
    is_mine = found is not None and CancellationReason.NOT_YOURS not in decision.reasons
    title = found.title if found and is_mine else None
    return {
        "reservation_id": reservation_id,
        "title": name_of(title) if title else scene.say.text("confirm.unknown_title"),
        "kana": title.title_kana if title else "",
        "branch": decision.phone_branch,
        "reasons": [reason.value for reason in decision.reasons],
    }


def _refused_now(scene: Scene, item: Item, result: Result) -> Item:
    """The library's own reasons: they decide, whatever the facts have become since."""
    reasons = result.reasons if isinstance(result, CancellationOutcome) else ()
    return {**_item(scene, item["reservation_id"]), "reasons": [reason.value for reason in reasons]}


def _reasons(items: Sequence[Item]) -> str:
    """For tests and logs: codes, no titles."""
    return ",".join(reason for item in items for reason in item["reasons"])


_PICK: Final = Pick(PICK_KIND, "reservation_ids", Intent.CANCEL_RESERVATION, "cancel.pick", _list, named_in)

CANCEL: Final = Flow(
    "cancel",
    (
        Step(
            "pick",
            "reservation_ids",
            _ask_pick,
            _accept_pick,
            "confirm",
            "which reservations to cancel",
            PICKED,
        ),
        confirmation(
            _ask_confirm,
            _do,
            stopped,
            "names the works, and asks for a yes",
            verb=Intent.CANCEL_RESERVATION,
            change=_change,
        ),
    ),
    _start,
    _tell,
)
