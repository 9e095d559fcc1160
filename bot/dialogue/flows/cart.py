"""予約カート（京都：予約候補）: gather titles, look at them, take them out, reserve all in one go.

Gathering changes nothing at the library, so it is not confirmed; the reservation itself is `reserve`'s, with one
place, one contact and one confirmation for all.
"""

from collections.abc import Sequence
from typing import Final

from bot.dialogue.effects import AddToCart, CartOutcome, RemoveFromCart, Result
from bot.dialogue.finding import is_meant, wanted_in
from bot.dialogue.flows.reserve_find import accept_find, accept_pick_title, ask_find, ask_pick
from bot.dialogue.flows.reserve_told import items_for, refused_cards
from bot.dialogue.flows.search import CART_KIND
from bot.dialogue.flows.search import KIND as TITLES
from bot.dialogue.gathered import Item, as_json, text_of, texts_of, works_of
from bot.dialogue.listing import name_of, picked, remember, shown_ids
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Doing, Flow, Outcome, Said, Step
from bot.dialogue.taps import wish
from bot.dialogue.title_cards import about
from bot.intents import Intent
from bot.library import Contact, ReservationReason, Title
from bot.messages.limits import CARD_TITLE
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone


def show_cart(scene: Scene) -> Said:
    """What is in the cart, each with a button to take it out; below, all of it is reserved in one go."""
    facts = scene.library.reservation_facts_of(scene.card_number, scene.view.cart)
    held = [title for one in scene.view.cart if (title := facts[one].title) is not None]
    if not held:
        return Said((scene.say.say("cart.none", quick=(wish(scene, Intent.SEARCH_CATALOG),)),))
    cards = [
        Card(
            name_of(title, CARD_TITLE),
            about(scene, title, facts[title.title_id]),
            (_remove_button(scene, number, title),),
            number=number,
            title_kana=title.title_kana,
        )
        for number, title in enumerate(held, start=1)
    ]
    ids = [title.title_id for title in held]
    below = Card(scene.say.text("cart.below.title", count=len(held)), (_room(scene),), _below(scene, ids))
    replies = (scene.say.cards("cart.list", *cards, count=len(held)), scene.say.cards("cart.below", below))
    return Said(replies, remember(CART_KIND, ids))


def _below(scene: Scene, ids: Sequence[str]) -> tuple[Button, ...]:
    reserve = wish(scene, Intent.RESERVE, label="cart_reserve", style=Style.PRIMARY, title_ids=as_json(ids))
    return (
        reserve,
        wish(scene, Intent.SEARCH_CATALOG),
        wish(scene, Intent.RESERVE, label="cart_empty", do="cart_empty"),
    )


def _remove_button(scene: Scene, number: int, title: Title) -> Button:
    spoken, ids = scene.say.text("cart.remove_spoken", number=number), as_json([title.title_id])
    return wish(scene, Intent.RESERVE, label="cart_remove", spoken=spoken, do="cart_remove", title_ids=ids)


def _room(scene: Scene) -> Row:
    limit = scene.policy.reservation.limit
    return Row(
        scene.say.text("cart.room", limit=limit, room=max(limit - len(scene.view.cart), 0)), tone=Tone.QUIET
    )


def _start_add(scene: Scene) -> Data:
    """The works named; else those picked from the list shown last; a list of one is meant by 「これ」 too."""
    ids, wants = texts_of(scene.slots, "title_ids"), wanted_in(scene.slots)
    if not ids and wants:
        return {"wants": as_json(work.to_json() for work in wants)}
    shown = shown_ids(scene.state.shown, TITLES)
    if not ids:
        is_all = scene.slots.get("all") is True or len(shown) == 1
        ids = picked(shown, scene.slots.get("ordinals") or []) or (shown if is_all else [])
    if ids:
        return {"wants": [], "title_ids": as_json(ids)}
    return {"wants": [], "candidates": as_json(shown)} if shown else {}


def _add(scene: Scene, data: Data) -> Outcome:
    """Into the cart, but for what can't be reserved anyway: that is told at once, with its reasons."""
    good, bad = _sorted(scene, texts_of(data, "title_ids"))
    if not good:
        return Said((refused_cards(scene, bad, texts_of(data, "missing")),))
    most = scene.policy.reservation.limit
    return Doing((AddToCart(scene.card_number, tuple(item["title_id"] for item in good), most),))


def _sorted(scene: Scene, title_ids: Sequence[str]) -> tuple[list[Item], list[Item]]:
    """What may be reserved, now or once there is room again, and what may not."""
    items = items_for(scene, title_ids, Contact.LINE)
    passing = {ReservationReason.LIMIT_REACHED.value}
    good = [item for item in items if passing.issuperset(item["reasons"])]
    return good, [item for item in items if item not in good]


def _told_added(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    good, bad = _sorted(scene, texts_of(data, "title_ids"))
    [result] = results
    added = result.title_ids if isinstance(result, CartOutcome) else ()
    replies: list[Reply] = [_added_card(scene, good, added)]
    missing = texts_of(data, "missing")
    if bad or missing:
        replies.append(refused_cards(scene, bad, missing))
    return Said(tuple(replies))


def _added_card(scene: Scene, items: Sequence[Item], added: Sequence[str]) -> Reply:
    """What was put in; what was there already, or found no room, is said too."""
    say, cart = scene.say, scene.view.cart
    rows = [
        Row(say.text("cart.item", title=item["title"]), tone=Tone.GOOD)
        for item in items
        if item["title_id"] in added
    ]
    for item in items:
        if item["title_id"] not in added:
            key = "cart.already" if item["title_id"] in cart else "cart.full"
            limit = scene.policy.reservation.limit
            rows.append(Row(say.text(key, title=item["title"], limit=limit), tone=Tone.SOON))
    rows.append(_room(scene))
    title = say.text("cart.added.title" if added else "cart.added.none", count=len(cart))
    buttons = (
        wish(scene, Intent.RESERVE, label="cart_reserve", style=Style.PRIMARY, title_ids=as_json(cart)),
        wish(scene, Intent.RESERVE, label="cart_show", do="cart_show"),
        wish(scene, Intent.SEARCH_CATALOG),
    )
    card, works = Card(title, tuple(rows), buttons), works_of(items)
    return say.cards("cart.added", card, works=works, added=len(added), count=len(cart))


def _start_remove(scene: Scene) -> Data:
    """By button, by number of the cart shown, or by title."""
    ids = texts_of(scene.slots, "title_ids")
    shown = shown_ids(scene.state.shown, CART_KIND) or list(scene.view.cart)
    ids = ids or picked(shown, scene.slots.get("ordinals") or []) or []
    named = text_of(scene.slots, "title")
    if not ids and named:
        titles = [title for one in scene.view.cart if (title := scene.library.find_title(one))]
        ids = [title.title_id for title in titles if is_meant(title, named)]
    return {"title_ids": as_json(one for one in ids if one in scene.view.cart)}


def _start_empty(scene: Scene) -> Data:
    return {"title_ids": as_json(scene.view.cart)}


def _remove(scene: Scene, data: Data) -> Outcome:
    ids = texts_of(data, "title_ids")
    if not ids:
        shown = show_cart(scene)
        if not scene.view.cart:
            return shown
        return Said((scene.say.say("cart.no_match"), *shown.replies), shown.shown)
    return Doing((RemoveFromCart(scene.card_number, tuple(ids)),))


def _told_removed(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    """What was taken out, with the way back."""
    [result] = results
    removed = result.title_ids if isinstance(result, CartOutcome) else ()
    say = scene.say
    undo = wish(scene, Intent.RESERVE, label="cart_undo", do="cart_add", title_ids=as_json(removed))
    buttons = (undo, wish(scene, Intent.RESERVE, label="cart_show", do="cart_show"))
    titles = [title for one in removed if (title := scene.library.find_title(one))]
    rows = tuple(Row(say.text("cart.item", title=name_of(title))) for title in titles)
    card = Card(say.text("cart.removed.title", count=len(scene.view.cart)), rows, buttons)
    works = {name_of(title): title.title_kana for title in titles}
    count = len(scene.view.cart)
    return Said((say.cards("cart.removed", card, works=works, removed=len(removed), count=count),))


CART_ADD: Final = Flow(
    "cart_add",
    (
        Step("find", "wants", ask_find, accept_find, "pick", "which work is meant"),
        Step("pick", "title_ids", ask_pick, accept_pick_title, "keep", "which of those that were found"),
        Step("keep", "kept", _add, None, "", "puts it into the cart"),
    ),
    _start_add,
    _told_added,
)

CART_REMOVE: Final = Flow(
    "cart_remove",
    (Step("take_out", "taken", _remove, None, "", "takes it out of the cart"),),
    _start_remove,
    _told_removed,
)

CART_EMPTY: Final = Flow(
    "cart_empty",
    (Step("take_out", "taken", _remove, None, "", "takes everything out of the cart"),),
    _start_empty,
    _told_removed,
)
