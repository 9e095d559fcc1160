"""How a reservation is confirmed and told: work, pickup branch, contact, place, what the guide wants said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.dialogue.effects import Result
from bot.dialogue.finding import MOST_WORKS
from bot.dialogue.flows.search import nothing_found_card
from bot.dialogue.flows.volumes import is_one_of_several, order_button, order_rows
from bot.dialogue.gathered import Item, as_json, items_of, text_of, texts_of, works_of
from bot.dialogue.listing import name_of
from bot.dialogue.refusals import Reason, left_out_rows, reason_buttons, reason_rows
from bot.dialogue.sayings import sayings_after, sayings_before, shelf_phones
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Asked, Data, Outcome, Said
from bot.dialogue.taps import answer, wish, yes_no
from bot.dialogue.telling import Told, sort_results, trouble_card
from bot.dialogue.title_cards import shelf_places
from bot.dialogue.where_and_how import place_of
from bot.intents import Intent
from bot.library import (
    Contact,
    ReservationFacts,
    ReservationOutcome,
    ReservationReason,
    ReservationRequest,
    Title,
)
from bot.messages.dates import month_day_text
from bot.messages.replies import Button, Card, Cards, Reply, Row, Tone
from bot.messages.wording import Value
from bot.rules import reservation


def items_for(scene: Scene, title_ids: Sequence[str], contact: Contact) -> list[Item]:
    """The works as a confirmation names them; each that may be reserved takes one of the places left."""
    items: list[Item] = []
    known = scene.library.reservation_facts_of(scene.card_number, title_ids)
    taken = 0
    for title_id in title_ids:
        item = _item(scene, title_id, known[title_id], contact, taken)
        taken += 0 if item["reasons"] else 1
        items.append(item)
    return items


def ask_confirm(scene: Scene, data: Data) -> Outcome:
    """Name the works and what would become of each; what can't be reserved is said with its reasons."""
    contact = Contact(text_of(data, "contact"))
    items = items_for(scene, texts_of(data, "title_ids"), contact)
    missing = texts_of(data, "missing")
    allowed = [item for item in items if not item["reasons"]]
    refused = [item for item in items if item["reasons"]]
    if not allowed:
        return Said((refused_cards(scene, refused, missing),))
    card = _confirm_card(scene, data, allowed, refused)
    return Asked((card,), {"items": as_json(allowed), "refused": as_json(refused)})


def refused_cards(scene: Scene, items: Sequence[Item], missing: Sequence[str] = ()) -> Cards:
    """What can't be reserved, with every reason; what is not held belongs to it."""
    cards = [_refused_card(scene, item) for item in items]
    cards += [nothing_found_card(scene, missing)] if missing else []
    return scene.say.cards("reserve.refused", *cards, refused=len(cards), reasons=_reasons(items, missing))


def tell(scene: Scene, data: Data, results: Sequence[Result]) -> Asked | Said:
    """Per item its place in the queue, or every reason; what would come out otherwise is asked again."""
    told = sort_results(items_of(data, "items"), results)
    replies = _told_cards(scene, data, told)
    if not told.changed:
        return Said(replies)
    contact = Contact(text_of(data, "contact"))
    anew = items_for(scene, [item["title_id"] for item, _ in told.changed], contact)
    data = {**data, "missing": None}
    asked = (*replies, scene.say.say("confirm.changed"), _confirm_card(scene, data, anew, ()))
    ids = as_json(item["title_id"] for item in anew)
    return Asked(asked, {"items": as_json(anew), "refused": [], "missing": None, "title_ids": ids})


def _told_cards(scene: Scene, data: Data, told: Told) -> tuple[Reply, ...]:
    contact, missing = Contact(text_of(data, "contact")), texts_of(data, "missing")
    done = [_done_card(scene, data, item, result) for item, result in told.done]
    refused = [*items_of(data, "refused")]
    refused += [_refused_now(scene, item, contact, result) for item, result in told.refused]
    others = [_refused_card(scene, item) for item in refused]
    others += [nothing_found_card(scene, missing)] if missing else []
    others += [trouble_card(scene, item, broken, Intent.LIST_RESERVATIONS) for item, broken in told.broken]
    reasons, count = _reasons(refused, missing), len(others)
    if not done:
        return (
            (scene.say.cards("reserve.refused", *others, refused=count, reasons=reasons),) if others else ()
        )
    places = ",".join(str(_place(result)) for _, result in told.done)
    said = ",".join(name for name, _ in sayings_after(scene))
    return (
        scene.say.cards(
            "reserve.done",
            *done,
            *others,
            done=len(done),
            refused=count,
            queue_positions=places,
            reasons=reasons,
            sayings=said,
        ),
    )


def _confirm_card(scene: Scene, data: Data, items: Sequence[Item], refused: Sequence[Item]) -> Cards:
    say = scene.say
    branch, contact = text_of(data, "pickup_branch"), Contact(text_of(data, "contact"))
    if len(items) == 1:
        title = say.text("reserve.confirm.one", title=items[0]["title"])
        rows = [Row(items[0]["edition"], tone=Tone.QUIET)] if items[0]["edition"] else []
        rows.append(
            Row(say.text("reserve.place", position=items[0]["position"]), say.text("reserve.place_label"))
        )
    else:
        title = say.text("reserve.confirm.many", count=len(items))
        rows = [
            Row(say.text("reserve.confirm.item", title=item["title"], position=item["position"]))
            for item in items
        ]
    rows += where_and_how_rows(scene, branch, contact)
    missing = texts_of(data, "missing")
    rows += _left_out(scene, refused, missing)
    if data.get("too_many"):
        rows.append(Row(say.text("reserve.confirm.too_many", most=MOST_WORKS), tone=Tone.SOON))
    later = texts_of(data, "later")
    rows += order_rows(scene, items[0]["title_id"], later)
    said = sayings_before(scene, items, contact, in_order=bool(later))
    rows += [Row(text, tone=Tone.SOON) for _, text in said]
    buttons: list[Button] = [*yes_no(scene, "reserve_yes")]
    if len(scene.policy.pickup_branches) > 1:
        buttons.insert(1, answer(scene, "other_place", change="branch"))
    buttons[1:1] = order_button(scene, data, items)
    card = Card(title, tuple(rows), (*buttons, *shelf_phones(scene, items)))
    return say.cards(
        "reserve.confirm",
        card,
        works=works_of([*items, *refused]),
        count=len(items),
        queue_positions=",".join(str(item["position"]) for item in items),
        branch=branch,
        contact=contact.value,
        sayings=",".join(name for name, _ in said),
        reasons=_reasons(refused, missing),
    )


def _left_out(scene: Scene, refused: Sequence[Item], missing: Sequence[str]) -> list[Row]:
    left_out: list[tuple[str, Reason]]
    left_out = [(item["title"], ReservationReason(item["reasons"][0])) for item in refused]
    return left_out_rows(scene, [*left_out, *((name, ReservationReason.NOT_HELD) for name in missing)])


def where_and_how_rows(scene: Scene, branch: str, contact: Contact) -> list[Row]:
    """Where to pick up, and how to be told."""
    place = place_of(scene, branch)
    return [
        Row(place, scene.say.text("reservations.place_label")),
        Row(scene.say.text(f"reserve.contact.{contact.value}"), scene.say.text("reservations.contact_label")),
    ]


def _done_card(scene: Scene, data: Data, item: Item, result: Result) -> Card:
    say, contact = scene.say, Contact(text_of(data, "contact"))
    rows = [
        Row(say.text("reserve.place", position=_place(result)), say.text("reserve.place_label"), Tone.GOOD),
        *where_and_how_rows(scene, text_of(data, "pickup_branch"), contact),
    ]
    rows += order_rows(scene, item["title_id"], texts_of(data, "later"))[:1]
    rows += [Row(text, tone=Tone.QUIET) for _, text in sayings_after(scene)]
    button = wish(scene, Intent.LIST_RESERVATIONS)
    badge, kana = say.text("reserve.badge_done"), text_of(item, "kana")
    return Card(item["title"], tuple(rows), (button,), badge, Tone.GOOD, title_kana=kana)


def _refused_card(scene: Scene, item: Item) -> Card:
    reasons = [ReservationReason(reason) for reason in item["reasons"]]
    start, end = scene.policy.reservation.contest_season_from, scene.policy.reservation.contest_season_until
    values: dict[str, Value] = {
        "limit": scene.policy.reservation.limit,
        "places": "、".join(texts_of(item, "places")),
        "season": scene.say.text("reserve.season", first=month_day_text(start), last=month_day_text(end)),
    }
    if item["reservable_from"]:
        values["reservable_from"] = date.fromisoformat(item["reservable_from"])
    rows = reason_rows(scene, "reservation", reasons, **values)
    buttons = reason_buttons(scene, reasons, item["branch"])
    badge, kana = scene.say.text("reserve.badge_refused"), text_of(item, "kana")
    return Card(item["title"], rows, buttons, badge, Tone.SOON, title_kana=kana)


def _item(scene: Scene, title_id: str, facts: ReservationFacts, contact: Contact, taken: int) -> Item:
    """One work: its title, the place it would get, or the reasons against it; `taken` are places promised already."""
    facts = replace(facts, active_reservations=facts.active_reservations + taken)
    request = ReservationRequest(scene.policy.pickup.branches[0], contact)
    decision = reservation.decide(facts, request, scene.policy, scene.today)
    title = facts.title
    return {
        "title_id": title_id,
        "title": name_of(title) if title else scene.say.text("confirm.unknown_title"),
        "kana": title.title_kana if title else "",
        "edition": _edition(title) if title else "",
        "in_series": is_one_of_several(scene, title),
        "position": decision.queue_position or 0,
        "places": shelf_places(scene, decision.available),
        "holding": list(dict.fromkeys(item.copy.branch for item in decision.available)),
        "branch": decision.available[0].copy.branch if decision.available else "",
        "reservable_from": decision.reservable_from.isoformat() if decision.reservable_from else "",
        "reasons": [reason.value for reason in decision.reasons],
    }


def _edition(title: Title) -> str:
    """Author, publisher and year: two editions of a work bear one name."""
    return " ".join(part for part in (title.author, title.publisher, title.published) if part)


def refused_now_card(
    scene: Scene, card_number: str, title_id: str, reasons: Sequence[ReservationReason]
) -> Card:
    """A title that the library has just refused to a card, whichever card is in use."""
    facts = scene.library.reservation_facts(card_number, title_id)
    item = _item(scene, title_id, facts, Contact.LINE, 0)
    return _refused_card(scene, {**item, "reasons": [reason.value for reason in reasons]})


def _refused_now(scene: Scene, item: Item, contact: Contact, result: Result) -> Item:
    """The library's own reasons: they decide, whatever the facts have become since."""
    reasons = result.reasons if isinstance(result, ReservationOutcome) else ()
    facts = scene.library.reservation_facts(scene.card_number, item["title_id"])
    return {
        **_item(scene, item["title_id"], facts, contact, 0),
        "reasons": [reason.value for reason in reasons],
    }


def _place(result: Result) -> int:
    return (result.queue_position or 0) if isinstance(result, ReservationOutcome) else 0


def _reasons(items: Sequence[Item], missing: Sequence[str] = ()) -> str:
    """For tests and logs: codes, no titles."""
    reasons = [reason for item in items for reason in item["reasons"]]
    return ",".join([*reasons, *(ReservationReason.NOT_HELD.value for _ in missing)])
