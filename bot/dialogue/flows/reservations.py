"""予約一覧: what is reserved, how it stands, until when it is kept, and what can be cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.dialogue.cards import reservation_card, shown_state
from bot.dialogue.finding import is_meant
from bot.dialogue.flows.follow_ups import waiting_cards
from bot.dialogue.gathered import as_json, texts_of
from bot.dialogue.listing import offset_of, page_of, picked, remember, shown_ids
from bot.dialogue.refusals import reason_rows
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Data, Filled, Said
from bot.dialogue.taps import dial, tell_staff, wish
from bot.dialogue.words import is_by
from bot.intents import Intent
from bot.library import CounterRequests, PickupFacts, Reservation, ReservationList
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone
from bot.rules import pickup

KIND: Final = "reservations"
PICK_KIND: Final = "cancellable"
"""The list to cancel from; its numbers mean reservations too."""


def list_reservations(scene: Scene) -> Said:
    """The reservations of the card in use, narrowed to what was asked for."""
    listed = scene.library.list_reservations(scene.card_number)
    counter = _counter_card(scene, listed)
    if not listed.reservations:
        key = "reservations.none_to_show" if counter else "reservations.none"
        none = scene.say.say(key, quick=(wish(scene, Intent.SEARCH_CATALOG),))
        return Said((none, *counter, *waiting_cards(scene)))
    narrowed = narrow(scene, listed.reservations)
    if narrowed:
        replies, shown = _list(scene, narrowed)
        return Said((*_about_named(scene, narrowed), *replies), shown)
    replies, shown = _list(scene, listed.reservations)
    lead = _lead(scene, listed) if narrowed is None else _nothing_such(scene)
    lead = () if offset_of(scene.slots) else lead
    follows = () if offset_of(scene.slots) else waiting_cards(scene)
    return Said((*lead, *replies, *counter, *follows), shown)


def narrow(scene: Scene, listed: Sequence[Reservation]) -> list[Reservation] | None:
    """The reservations that the slots name; empty where they name none of these; None where they name nothing."""
    slots = scene.slots
    if slots.get("reservation_ids"):
        return by_id(listed, texts_of(slots, "reservation_ids"))
    if slots.get("ordinals"):
        base = shown_ids(scene.state.shown, KIND, PICK_KIND) or [item.reservation_id for item in listed]
        return by_id(listed, picked(base, slots["ordinals"]) or [])
    if slots.get("title") or slots.get("author"):
        return named_reservations(listed, slots)
    return None


def by_id(listed: Sequence[Reservation], ids: Sequence[str]) -> list[Reservation]:
    """The reservations with these ids, in the order of the ids."""
    known = {item.reservation_id: item for item in listed}
    return [known[reservation_id] for reservation_id in ids if reservation_id in known]


def ids_of(listed: Sequence[Reservation]) -> list[str]:
    """Their ids, in their order."""
    return [item.reservation_id for item in listed]


def these(listed: Sequence[Reservation]) -> Filled:
    """The reservations that a flow is about are known: these."""
    return Filled({"reservation_ids": as_json(ids_of(listed))})


def named_reservations(listed: Sequence[Reservation], slots: Mapping[str, Any]) -> list[Reservation]:
    """Reservations of any of the works named, or by the author named."""
    titles = [*filter(None, [slots.get("title")]), *texts_of(slots, "more_titles")]
    author = slots.get("author")
    return [
        item
        for item in listed
        if item.title
        and (not titles or any(is_meant(item.title, title) for title in titles))
        and (not author or is_by(item.title, author))
    ]


def named_in(scene: Scene, ids: Sequence[str], given: Answer) -> list[str]:
    """Of the reservations with these ids those that an answer names, by a title or else by an author."""
    listed = by_id(scene.library.list_reservations(scene.card_number).reservations, ids)
    if given.slot("title") or given.slot("author"):
        return ids_of(named_reservations(listed, given.reading.slots if given.reading else {}))
    found = [item for item in listed if item.title and is_meant(item.title, given.text)]
    return ids_of(found or [item for item in listed if item.title and is_by(item.title, given.text)])


def _list(scene: Scene, listed: Sequence[Reservation]) -> tuple[tuple[Reply, ...], Data]:
    offset = offset_of(scene.slots)
    page = page_of(listed, offset)
    until = offset + len(page)
    cards = [reservation_card(scene, offset + at, item) for at, item in enumerate(page, start=1)]
    states = ",".join(shown_state(scene, item) for item in page)
    ready = _ready(scene, listed)
    replies: list[Reply] = [
        scene.say.cards("reservations.list", *cards, count=len(listed), ready=ready, states=states)
    ]
    ids = as_json(item.reservation_id for item in listed)
    if until < len(listed):
        more = wish(
            scene,
            Intent.LIST_RESERVATIONS,
            label="more",
            style=Style.PRIMARY,
            reservation_ids=ids,
            offset=until,
        )
        title = scene.say.text("reservations.more.title", count=len(listed), until=until)
        replies.append(scene.say.cards("reservations.more", Card(title, buttons=(more,))))
    next_offset = until if until < len(listed) else 0
    shown = remember(
        KIND, [item.reservation_id for item in listed], next_offset=next_offset, reservation_ids=ids
    )
    return tuple(replies), shown


def _lead(scene: Scene, listed: ReservationList) -> tuple[Reply, ...]:
    """How many there are of how many there may be, and whether one can be picked up."""
    count, limit = listed.count, scene.policy.reservation.limit
    ready = _ready(scene, listed.reservations)
    if ready:
        return (scene.say.say("reservations.lead_ready", count=count, limit=limit, ready=ready),)
    return (scene.say.say("reservations.lead", count=count, limit=limit),)


def _about_named(scene: Scene, named: Sequence[Reservation]) -> tuple[Reply, ...]:
    """Whoever asks for one work wants to know whether it can be picked up."""
    if len(named) != 1 or scene.slots.get("offset"):
        return ()
    reasons = pickup.decide(PickupFacts(named[0]), scene.today).reasons
    if not reasons:
        return (scene.say.say("reservations.can_be_picked_up"),)
    text, instead = reason_rows(scene, "pickup", reasons[:1])
    codes = ",".join(reason.value for reason in reasons)
    return (scene.say.say("reservations.not_yet", text=text.value, instead=instead.value, reasons=codes),)


def _nothing_such(scene: Scene) -> tuple[Reply, ...]:
    key = "loans.no_such_number" if scene.slots.get("ordinals") else "reservations.no_match"
    return (scene.say.say(key),)


def _ready(scene: Scene, listed: Sequence[Reservation]) -> int:
    return sum(1 for item in listed if shown_state(scene, item) == "ready")


def _counter_card(scene: Scene, listed: ReservationList) -> tuple[Reply, ...]:
    """Requests made at a counter for titles not held: they count, but there is nothing to show of them."""
    requests = listed.counter_requests
    if not requests or offset_of(scene.slots):
        return ()
    say, count = scene.say, sum(item.count for item in requests)
    is_hidden = scene.policy.sayings.hidden_counter_requests
    rows = [Row(say.text("reservations.counter.why"))] if is_hidden else []
    rows += [_asked_at(scene, item) for item in requests]
    rows.append(Row(say.text("reservations.counter.ask"), tone=Tone.QUIET))
    buttons: list[Button] = []
    for item in requests:
        button = dial(scene, item.branch)
        buttons += [] if button in buttons else [button]
    card = Card(
        say.text("reservations.counter.title", count=count), tuple(rows), (*buttons, tell_staff(scene))
    )
    return (say.cards("reservations.counter", card, count=count),)


def _asked_at(scene: Scene, requests: CounterRequests) -> Row:
    name, phone = scene.branch_full_name(requests.branch), scene.branch_phone(requests.branch)
    at = scene.say.text("reservations.counter.at", branch=name, branch_phone=phone, count=requests.count)
    return Row(at)
