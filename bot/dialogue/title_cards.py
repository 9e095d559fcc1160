"""One title as a card of a list: where it stands, how many wait for it, and a button where it may be reserved."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.dialogue.gathered import as_json
from bot.dialogue.listing import name_of
from bot.dialogue.refusals import short_reason
from bot.dialogue.scene import Scene
from bot.dialogue.taps import answer, wish, wish_with
from bot.intents import Intent
from bot.library import (
    Contact,
    CopyFacts,
    CopyUse,
    ReservationFacts,
    ReservationReason,
    ReservationRequest,
    Title,
    TitleFacts,
)
from bot.messages.limits import CARD_TITLE
from bot.messages.replies import Button, Card, Row, Style, Tone
from bot.rules import reservation

_MOST_PLACES: Final = 3
"""Shelf places named on a card; more only say that there are more."""


def found_cards(scene: Scene, titles: Sequence[Title], first: int = 1) -> list[Card]:
    """Titles of a search, numbered from `first`, each with a button to reserve it where the rules allow one."""
    facts = _facts_of(scene, titles)
    return [
        _found_card(scene, number, title, facts[title.title_id]) for number, title in enumerate(titles, first)
    ]


def pick_cards(scene: Scene, titles: Sequence[Title], first: int = 1) -> list[Card]:
    """Titles to choose from within a reservation; why one may not be reserved is said once it is chosen."""
    facts = _facts_of(scene, titles)
    return [
        _pick_card(scene, number, title, facts[title.title_id]) for number, title in enumerate(titles, first)
    ]


def _found_card(scene: Scene, number: int, title: Title, facts: TitleFacts | ReservationFacts) -> Card:
    rows = about(scene, title, facts)
    if isinstance(facts, TitleFacts):
        # Without a card nothing is known of what the patron may do.
        return Card(name_of(title, CARD_TITLE), rows, number=number, title_kana=title.title_kana)
    request = ReservationRequest(scene.policy.pickup.branches[0], Contact.LINE)
    decision = reservation.decide(facts, request, scene.policy, scene.today)
    if not decision.allowed:
        rows = (*rows, _why_not(scene, decision.reasons[0]))
        return Card(name_of(title, CARD_TITLE), rows, number=number, title_kana=title.title_kana)
    button = wish(
        scene,
        Intent.RESERVE,
        label="reserve_one",
        spoken=scene.say.text("search.reserve_spoken", number=number),
        style=Style.PRIMARY,
        title_ids=[title.title_id],
    )
    buttons = (button, _cart_button(scene, number, title))
    return Card(name_of(title, CARD_TITLE), rows, buttons, number=number, title_kana=title.title_kana)


def _cart_button(scene: Scene, number: int, title: Title) -> Button:
    """Into the cart; what is in it already leads to it."""
    if title.title_id in scene.view.cart:
        return wish(scene, Intent.RESERVE, label="cart_show", do="cart_show")
    spoken, ids = scene.say.text("search.cart_spoken", number=number), [title.title_id]
    return wish_with(
        scene, Intent.RESERVE, {"do": "cart_add", "title_ids": as_json(ids)}, label="cart_add", spoken=spoken
    )


def _pick_card(scene: Scene, number: int, title: Title, facts: TitleFacts | ReservationFacts) -> Card:
    rows = about(scene, title, facts)
    spoken = scene.say.text("reserve.pick_spoken", number=number)
    button: Button = answer(scene, "pick_one", spoken=spoken, style=Style.PRIMARY, title_ids=[title.title_id])
    return Card(name_of(title, CARD_TITLE), rows, (button,), number=number, title_kana=title.title_kana)


def shelf_places(scene: Scene, copies: tuple[CopyFacts, ...]) -> list[str]:
    """Branch, shelf and call number of each copy, each place once."""
    places: list[str] = []
    for item in copies:
        parts = (scene.branch_full_name(item.copy.branch), item.copy.shelf, item.copy.call_number)
        place = " ".join(part for part in parts if part)
        if place not in places:
            places.append(place)
    more = len(places) - _MOST_PLACES
    if more <= 0:
        return places
    return [*places[:_MOST_PLACES], scene.say.text("search.more_places", places=more)]


def about(scene: Scene, title: Title, facts: TitleFacts | ReservationFacts) -> tuple[Row, ...]:
    """Who made it, where it stands, and who waits for it."""
    made = " ".join(part for part in (title.publisher, title.published) if part)
    quiet = [Row(text, tone=Tone.QUIET) for text in (title.author, made) if text]
    return (*quiet, *_where(scene, facts.copies), *_waiting(scene, facts.queue_length))


def _where(scene: Scene, copies: tuple[CopyFacts, ...]) -> list[Row]:
    """Where a title stands, or that all of it is out."""
    on_shelf = reservation.on_shelf(copies)
    if on_shelf:
        places = [Row(place, tone=Tone.GOOD) for place in shelf_places(scene, on_shelf)]
        return [Row(scene.say.text("search.on_shelf"), tone=Tone.GOOD), *places]
    if any(item.copy.use is CopyUse.LOAN for item in copies):
        return [Row(scene.say.text("search.all_out"))]
    inside = [Row(place) for place in shelf_places(scene, copies)]
    return [Row(scene.say.text("search.in_library")), *inside] if inside else []


def _waiting(scene: Scene, length: int) -> list[Row]:
    if not length:
        return []
    return [Row(scene.say.text("search.waiting", length=length), scene.say.text("search.waiting_label"))]


def _why_not(scene: Scene, reason: ReservationReason) -> Row:
    return Row(short_reason(scene, reason), tone=Tone.QUIET)


def _facts_of(scene: Scene, titles: Sequence[Title]) -> Mapping[str, TitleFacts | ReservationFacts]:
    """What is known of all titles of a page, read at once; with a card, also what the patron may do."""
    ids = [title.title_id for title in titles]
    if scene.card_number:
        return scene.library.reservation_facts_of(scene.card_number, ids)
    return scene.library.title_facts_of(ids)
