"""続きの巻の申込み: what waits to follow is listed and can be given up; what came of it is told when it happened."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.cardholders import card_label
from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import FollowUpOutcome, Result, StopFollowUp
from bot.dialogue.flows.reserve_told import refused_now_card, where_and_how_rows
from bot.dialogue.flows.volumes import volume_label
from bot.dialogue.gathered import text_of
from bot.dialogue.listing import name_of
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Asked, Data, Doing, Flow, Outcome, Said
from bot.dialogue.taps import wish, yes_no
from bot.dialogue.view import FollowUp
from bot.intents import Intent
from bot.library import Contact, Reservation, ReservationReason
from bot.messages.replies import Card, Reply, Row, Style, Tone


def waiting_cards(scene: Scene) -> tuple[Reply, ...]:
    """What waits to follow, for the list of reservations; each can be given up."""
    cards = [_waiting_card(scene, one) for one in scene.view.follow_ups]
    works = {
        name: kana
        for one in scene.view.follow_ups
        for name, kana in _works(scene, one.after_title_id).items()
    }
    return (scene.say.cards("volumes.waiting", *cards, works=works, count=len(cards)),) if cards else ()


def _waiting_card(scene: Scene, one: FollowUp) -> Card:
    title = scene.say.text("volumes.waiting.title", title=_name(scene, one.after_title_id))
    row = Row(scene.say.text("volumes.waiting.what", later=_labels(scene, one.later)))
    stop = wish(
        scene,
        Intent.CANCEL_RESERVATION,
        label="follow_up_stop",
        do="follow_up_stop",
        follow_up_id=one.follow_up_id,
    )
    return Card(title, (row,), (stop,))


def _start(scene: Scene) -> Data:
    return {"follow_up_id": text_of(scene.slots, "follow_up_id")}


def _ask(scene: Scene, data: Data) -> Outcome:
    wanted = text_of(data, "follow_up_id")
    one = next((known for known in scene.view.follow_ups if known.follow_up_id == wanted), None)
    if one is None:
        return Said((scene.say.say("volumes.stop.gone"),))
    title = scene.say.text("volumes.stop.title", later=_labels(scene, one.later))
    row = Row(scene.say.text("volumes.stop.what", title=_name(scene, one.after_title_id)))
    card, works = Card(title, (row,), yes_no(scene, "stop_yes")), _works(scene, one.after_title_id)
    return Asked((scene.say.cards("volumes.stop", card, works=works),))


def _do(scene: Scene, data: Data) -> Doing:
    return Doing((StopFollowUp(scene.card_number, text_of(data, "follow_up_id")),))


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    is_done = all(isinstance(result, FollowUpOutcome) and result.done for result in results)
    return Said((scene.say.say("volumes.stop.done" if is_done else "volumes.stop.gone"),))


def followed(scene: Scene) -> tuple[Reply, ...]:
    """A volume was checked out: what came of the next one. Nothing for a card that is not linked any more."""
    event = scene.event
    if all(card.card_number != event.card_number for card in scene.view.cards):
        return ()
    title_id, reasons = event.params.get("titleId", ""), event.params.get("reasons", "")
    if event.params.get("ended"):
        why = scene.say.text("volumes.ended.why", title=_name(scene, title_id))
        card = Card(
            scene.say.text("volumes.ended.title"),
            (Row(why), *_whose(scene)),
            (wish(scene, Intent.LIST_RESERVATIONS),),
        )
        return (scene.say.cards("volumes.ended", card, works=_works(scene, title_id)),)
    if reasons:
        codes = [ReservationReason(reason) for reason in reasons.split(",")]
        card = refused_now_card(scene, event.card_number, title_id, codes)
        lead = (Row(scene.say.text("volumes.refused.lead")), *_whose(scene))
        told = replace(card, rows=(*lead, *card.rows))
        return (scene.say.cards("volumes.refused", told, reasons=reasons),)
    return _reserved(scene, title_id)


def _reserved(scene: Scene, title_id: str) -> tuple[Reply, ...]:
    mine = scene.library.list_reservations(scene.event.card_number).reservations
    placed = next((item for item in mine if item.title and item.title.title_id == title_id), None)
    rows = [Row(scene.say.text("volumes.reserved.why")), *_whose(scene), *_place(scene, placed)]
    later = [one for one in scene.event.params.get("later", "").split(",") if one]
    if later:
        rows.append(
            Row(scene.say.text("volumes.reserved.next", later=_labels(scene, later)), tone=Tone.QUIET)
        )
    buttons = (wish(scene, Intent.LIST_RESERVATIONS, style=Style.PRIMARY),)
    badge = scene.say.text("volumes.reserved.badge")
    title = scene.library.find_title(title_id)
    kana = title.title_kana if title else ""
    card = Card(_name(scene, title_id), tuple(rows), buttons, badge, Tone.GOOD, title_kana=kana)
    return (scene.say.cards("volumes.reserved", card),)


def _place(scene: Scene, placed: Reservation | None) -> list[Row]:
    if placed is None:
        return []
    place = scene.say.text("reserve.place", position=placed.queue_position or 1)
    where = where_and_how_rows(scene, placed.pickup_branch, Contact(placed.contact))
    return [Row(place, scene.say.text("reserve.place_label"), Tone.GOOD), *where]


def _whose(scene: Scene) -> tuple[Row, ...]:
    """Whose card it is, where there are several."""
    if len(scene.view.cards) < 2:
        return ()
    name = card_label(scene, scene.event.card_number)
    return (Row(scene.say.text("volumes.reserved.whose", name=name), tone=Tone.QUIET),)


def _labels(scene: Scene, title_ids: Sequence[str]) -> str:
    titles = [title for one in title_ids if (title := scene.library.find_title(one)) is not None]
    return "、".join(volume_label(scene, title) for title in titles)


def _name(scene: Scene, title_id: str) -> str:
    title = scene.library.find_title(title_id)
    return name_of(title) if title else scene.say.text("confirm.unknown_title")


def _works(scene: Scene, title_id: str) -> dict[str, str]:
    """How a work is read that is named."""
    title = scene.library.find_title(title_id)
    return {name_of(title): title.title_kana} if title else {}


STOP_FOLLOW_UP: Final = Flow(
    "follow_up_stop",
    (confirmation(_ask, _do, stopped, "says which later volumes would not be reserved, and asks for a yes"),),
    _start,
    _told,
)
