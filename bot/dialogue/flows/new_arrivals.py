"""新着の本: what came into the library lately, newest first, all of it or on a theme or by an author."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.dialogue.finding import Wanted
from bot.dialogue.flows.search import KIND as TITLES
from bot.dialogue.flows.search import search_catalog
from bot.dialogue.listing import PAGE, offset_of, page_of, remember
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import wish, wish_with
from bot.dialogue.title_cards import found_cards
from bot.intents import Intent
from bot.library import Title, TitlePage, TitleQuery
from bot.messages.replies import Button, Card, Json, Reply, Row, Style, Tone

KIND: Final = f"{TITLES}.new"
"""Titles as a search's: 「2番を予約」 means the same of them."""


def new_arrivals(scene: Scene) -> Said:
    """A page of what is new; its numbers run on over the pages. Works without a card, too."""
    if scene.slots.get("ordinals"):
        return search_catalog(scene)
    wanted = replace(Wanted.from_json(scene.slots), title="", isbn="")
    offset = offset_of(scene.slots)
    page = _find(scene, wanted, offset + PAGE)
    if not page.titles:
        return Said((_nothing_new(scene, wanted),))
    shown, until = page_of(page.titles, offset), len(page.titles)
    if not shown:
        return Said((scene.say.say("confirm.last_page"),))
    found = zip(found_cards(scene, shown, offset + 1), shown, strict=True)
    cards = [_with_day(scene, card, title) for card, title in found]
    replies: list[Reply] = [] if offset else [_lead(scene, wanted, page.total)]
    replies.append(scene.say.cards("new_arrivals.list", *cards, count=page.total))
    replies.append(_below(scene, wanted, page.total, until))
    ids = [title.title_id for title in page.titles]
    next_offset = until if until < page.total else 0
    return Said(tuple(replies), remember(KIND, ids, next_offset=next_offset, **wanted.to_json()))


def _find(scene: Scene, wanted: Wanted, limit: int) -> TitlePage:
    since = scene.today - timedelta(days=scene.policy.notices.new_arrivals_days)
    query = TitleQuery(author=wanted.author, subject=wanted.subject)
    return scene.library.list_new_arrivals(since, query, limit=limit)


def _lead(scene: Scene, wanted: Wanted, count: int) -> Reply:
    days = scene.policy.notices.new_arrivals_days
    if wanted.is_empty:
        return scene.say.say("new_arrivals.lead", days=days, count=count)
    return scene.say.say("new_arrivals.lead_of", words=wanted.spoken, days=days, count=count)


def _with_day(scene: Scene, card: Card, title: Title) -> Card:
    """A card as in a search, with the day the title came in."""
    say = scene.say
    if title.arrived_on is None:
        return card
    came = Row(say.text("new_arrivals.came", day=title.arrived_on), say.text("new_arrivals.came_label"))
    return replace(card, rows=(came, *card.rows))


def _below(scene: Scene, wanted: Wanted, total: int, until: int) -> Reply:
    """The next page, and being told of the next ones."""
    say, buttons = scene.say, list[Button]()
    title = say.text("new_arrivals.below.all")
    if until < total:
        title = say.text("new_arrivals.below.more", count=total, until=until)
        slots: dict[str, Json] = {**wanted.to_json(), "offset": until}
        buttons.append(wish_with(scene, Intent.NEW_ARRIVALS, slots, label="more", style=Style.PRIMARY))
    buttons.append(_watch(scene, wanted))
    rows: tuple[Row, ...] = ()
    if not scene.card_number:
        rows = (Row(say.text("new_arrivals.below.link"), tone=Tone.QUIET),)
        buttons.append(wish(scene, Intent.LINK_CARD))
    return say.cards("new_arrivals.below", Card(title, rows, tuple(buttons)))


def _nothing_new(scene: Scene, wanted: Wanted) -> Reply:
    say, days = scene.say, scene.policy.notices.new_arrivals_days
    if wanted.is_empty:
        card = Card(say.text("new_arrivals.none.title", days=days), (), (wish(scene, Intent.SEARCH_CATALOG),))
        return say.cards("new_arrivals.none", card)
    look = wish_with(scene, Intent.SEARCH_CATALOG, wanted.to_json(), style=Style.PRIMARY)
    buttons = (look, _watch(scene, wanted), wish(scene, Intent.NEW_ARRIVALS, label="all_arrivals"))
    title = say.text("new_arrivals.none.title_of", words=wanted.spoken, days=days)
    return say.cards("new_arrivals.none", Card(title, (Row(say.text("new_arrivals.none.how")),), buttons))


def _watch(scene: Scene, wanted: Wanted) -> Button:
    if wanted.is_empty:
        return wish(scene, Intent.SUBSCRIBE_NEW_ARRIVALS)
    return wish_with(scene, Intent.SUBSCRIBE_NEW_ARRIVALS, wanted.to_json(), label="watch_this")
