"""How a change of what waits is confirmed and told: from what to what, or every reason against it."""

from collections.abc import Sequence

from bot.dialogue.effects import Result
from bot.dialogue.gathered import Item, items_of, text_of, works_of
from bot.dialogue.listing import name_of
from bot.dialogue.refusals import left_out_rows, reason_buttons, reason_rows
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Said
from bot.dialogue.taps import wish, yes_no
from bot.dialogue.telling import sort_results, trouble_card
from bot.dialogue.where_and_how import place_of
from bot.intents import Intent
from bot.library import ChangeFacts, ChangeOutcome, ChangeReason, Contact, ReservationChange
from bot.messages.replies import Card, Cards, Row, Tone
from bot.rules import change


def confirm_card(scene: Scene, items: Sequence[Item], refused: Sequence[Item]) -> Cards:
    """Each reservation with what changes; what can't be changed is said too."""
    say, rows = scene.say, list[Row]()
    if len(items) == 1:
        title = say.text("change.confirm.one", title=items[0]["title"])
    else:
        title = say.text("change.confirm.many", count=len(items))
    for item in items:
        rows += [Row(say.text("cancel.confirm.item", title=item["title"]))] if len(items) > 1 else []
        rows += _otherwise(scene, item)
    rows += left_out_rows(scene, [(item["title"], ChangeReason(item["reasons"][0])) for item in refused])
    rows.append(Row(say.text("change.confirm.queue"), tone=Tone.QUIET))
    return say.cards(
        "change.confirm",
        Card(title, tuple(rows), yes_no(scene, "change_yes")),
        works=works_of([*items, *refused]),
        count=len(items),
        branch=",".join(item["branch"] for item in items),
        contact=",".join(item["contact"] for item in items),
        reasons=_reasons(refused),
    )


def _otherwise(scene: Scene, item: Item) -> list[Row]:
    """Only what changes: from, to."""
    say, rows = scene.say, list[Row]()
    if item["branch"] != item["branch_now"]:
        text = say.text(
            "change.from_to",
            before=scene.branch_full_name(item["branch_now"]),
            after=scene.branch_full_name(item["branch"]),
        )
        rows.append(Row(text, say.text("reservations.place_label"), Tone.SOON))
    if item["contact"] != item["contact_now"]:
        before, after = (say.text(f"reserve.contact.{item[name]}") for name in ("contact_now", "contact"))
        text = say.text("change.from_to", before=before, after=after)
        rows.append(Row(text, say.text("reservations.contact_label"), Tone.SOON))
    return rows


def tell(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    """Per reservation what became of it."""
    told = sort_results(items_of(data, "items"), results)
    refused = [*items_of(data, "refused"), *(_refused_now(item, result) for item, result in told.refused)]
    done = [_done_card(scene, item) for item, _ in told.done]
    others = [_refused_card(scene, item) for item in refused]
    others += [trouble_card(scene, item, broken, Intent.LIST_RESERVATIONS) for item, broken in told.broken]
    reasons, count = _reasons(refused), len(others)
    if not done:
        return Said((scene.say.cards("change.refused", *others, refused=count, reasons=reasons),))
    return Said(
        (scene.say.cards("change.done", *done, *others, done=len(done), refused=count, reasons=reasons),)
    )


def _done_card(scene: Scene, item: Item) -> Card:
    rows = as_it_is(scene, item["branch"], Contact(item["contact"]))
    button = wish(scene, Intent.LIST_RESERVATIONS)
    badge, kana = scene.say.text("change.badge_done"), text_of(item, "kana")
    return Card(item["title"], rows, (button,), badge, Tone.GOOD, title_kana=kana)


def as_it_is(scene: Scene, branch: str, contact: Contact) -> tuple[Row, ...]:
    """Where a reservation is picked up, and how its patron is told."""
    say = scene.say
    return (
        Row(place_of(scene, branch), say.text("reservations.place_label")),
        Row(say.text(f"reserve.contact.{contact.value}"), say.text("reservations.contact_label")),
    )


def refused_cards(scene: Scene, items: Sequence[Item]) -> Cards:
    """What can't be changed, with every reason."""
    cards = [_refused_card(scene, item) for item in items]
    return scene.say.cards("change.refused", *cards, refused=len(cards), reasons=_reasons(items))


def _refused_card(scene: Scene, item: Item) -> Card:
    reasons, branch = [ChangeReason(reason) for reason in item["reasons"]], item["phone_branch"]
    values = {"branch": scene.branch_full_name(branch), "branch_phone": scene.branch_phone(branch)}
    rows = reason_rows(scene, "change", reasons, **values)
    buttons = reason_buttons(scene, reasons, branch)
    badge, kana = scene.say.text("change.badge_refused"), text_of(item, "kana")
    return Card(item["title"], rows, buttons, badge, Tone.SOON, title_kana=kana)


def item_of(scene: Scene, data: Data, reservation_id: str) -> Item:
    """One reservation as a confirmation names it; of another card's nothing is told."""
    facts = scene.library.change_facts(scene.card_number, reservation_id)
    found = facts.reservation
    wished = _wished(data, facts)
    decision = change.decide(facts, wished)
    is_mine = found is not None and ChangeReason.NOT_YOURS not in decision.reasons
    title = found.title if found and is_mine else None
    branch_now = found.pickup_branch if found and is_mine else ""
    contact_now = found.contact.value if found and is_mine else ""
    return {
        "reservation_id": reservation_id,
        "title": name_of(title) if title else scene.say.text("confirm.unknown_title"),
        "kana": title.title_kana if title else "",
        "branch": wished.pickup_branch,
        "contact": wished.contact.value,
        "branch_now": branch_now,
        "contact_now": contact_now,
        "is_same": (branch_now, contact_now) == (wished.pickup_branch, wished.contact.value),
        "phone_branch": decision.phone_branch,
        "reasons": [reason.value for reason in decision.reasons],
    }


def _wished(data: Data, facts: ChangeFacts) -> ReservationChange:
    """What was asked for; what was not stays as it is."""
    found = facts.reservation
    branch = text_of(data, "pickup_branch") or (found.pickup_branch if found else "")
    contact = text_of(data, "contact") or (found.contact.value if found else Contact.LINE.value)
    return ReservationChange(branch, Contact(contact))


def _refused_now(item: Item, result: Result) -> Item:
    """The library's own reasons: they decide, whatever the facts have become since."""
    reasons = result.reasons if isinstance(result, ChangeOutcome) else ()
    return {**item, "reasons": [reason.value for reason in reasons]}


def _reasons(items: Sequence[Item]) -> str:
    """For tests and logs: codes, no titles."""
    return ",".join(reason for item in items for reason in item["reasons"])
