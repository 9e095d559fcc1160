"""本を探す: by title, author, theme, reading or ISBN; where a work stands, who waits for it, and reserving it."""

from collections.abc import Sequence
from typing import Final

from bot.dialogue.finding import MOST_WORKS, Wanted, are_too_many, find, wanted_in
from bot.dialogue.gathered import as_json, texts_of
from bot.dialogue.listing import PAGE, offset_of, page_of, picked, remember, shown_ids
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import reach_staff, web_page, wish
from bot.dialogue.title_cards import found_cards
from bot.intents import Intent
from bot.library import Title
from bot.messages.replies import Button, Card, Reply, Row, Style, Tone

KIND: Final = "titles"
CART_KIND: Final = "cart"
"""The list of what is in the cart; its numbers mean titles, too."""


def search_catalog(scene: Scene) -> Said:
    """What the library has of what was asked for; works without a card too."""
    ordinals = scene.slots.get("ordinals")
    ids = texts_of(scene.slots, "title_ids")
    if ordinals:
        ids = picked(shown_ids(scene.state.shown, KIND, CART_KIND), ordinals) or []
        if not ids:
            return Said((scene.say.say("loans.no_such_number"),))
    if ids:
        return _details(scene, ids)
    wanted = wanted_in(scene.slots)
    if not wanted:
        return Said((scene.say.say("search.what"),))
    return _several(scene, wanted) if len(wanted) > 1 else _one(scene, wanted[0])


def nothing_found(scene: Scene, missing: Sequence[str]) -> Reply:
    """Not there: said kindly, with what else can be done."""
    card = nothing_found_card(scene, missing)
    return scene.say.cards("search.none", card, missing=len(missing), reasons="not_held")


def nothing_found_card(scene: Scene, missing: Sequence[str]) -> Card:
    """The same as one card among others."""
    title = scene.say.text("search.none.title", names="』『".join(missing))
    rows = (
        Row(scene.say.text("search.none.how")),
        Row(scene.say.text("search.none.ask"), tone=Tone.QUIET),
    )
    return Card(title, rows, (wish(scene, Intent.SEARCH_CATALOG), *reach_staff(scene), web_page(scene)))


def _one(scene: Scene, wanted: Wanted) -> Said:
    """A page of what one search found; its numbers run on over the pages."""
    offset = offset_of(scene.slots)
    page = find(scene, wanted, limit=offset + PAGE)
    if not page.titles:
        return Said((nothing_found(scene, [wanted.spoken]),))
    until = len(page.titles)
    shown = page_of(page.titles, offset)
    if not shown:
        return Said((scene.say.say("confirm.last_page"),))
    replies = _list(scene, shown, offset, page.total)
    replies += _below(scene, wanted, page.total, until)
    next_offset = until if until < page.total else 0
    ids = [title.title_id for title in page.titles]
    return Said(tuple(replies), remember(KIND, ids, next_offset=next_offset, **wanted.to_json()))


def _several(scene: Scene, wanted: Sequence[Wanted]) -> Said:
    """Each work named: the best that was found of each, and what was not found."""
    titles: dict[str, Title] = {}
    missing: list[str] = []
    for work in wanted:
        page = find(scene, work, limit=max(PAGE // len(wanted), 1))
        titles.update((title.title_id, title) for title in page.titles)
        missing += [] if page.titles else [work.spoken]
    replies = _list(scene, list(titles.values()), 0, len(titles)) if titles else []
    replies += _below(scene, None, len(titles), len(titles)) if titles else []
    replies += [nothing_found(scene, missing)] if missing else []
    replies += [scene.say.say("search.too_many", most=MOST_WORKS)] if are_too_many(scene.slots) else []
    return Said(tuple(replies), remember(KIND, list(titles)) if titles else None)


def _details(scene: Scene, ids: Sequence[str]) -> Said:
    titles = [title for title_id in ids if (title := scene.library.find_title(title_id)) is not None]
    if not titles:
        return Said((scene.say.say("search.gone"),))
    cards = found_cards(scene, titles[:PAGE])
    shown = remember(KIND, [title.title_id for title in titles], title_ids=as_json(ids))
    return Said(
        (scene.say.cards("search.list", *cards, count=len(titles)), *_below(scene, None, 0, 0)), shown
    )


def _list(scene: Scene, titles: Sequence[Title], offset: int, total: int) -> list[Reply]:
    cards = found_cards(scene, titles, first=offset + 1)
    lead = [scene.say.say("search.lead", count=total)] if offset == 0 else []
    return [*lead, scene.say.cards("search.list", *cards, count=total)]


def _below(scene: Scene, wanted: Wanted | None, total: int, until: int) -> list[Reply]:
    """The next page; without a card, that one is needed to reserve."""
    buttons: list[Button] = []
    rows: list[Row] = []
    title = scene.say.text("search.below.reserve")
    if wanted is not None and until < total:
        title = scene.say.text("search.below.more", count=total, until=until)
        slots = wanted.to_json()
        more = wish(scene, Intent.SEARCH_CATALOG, label="more", style=Style.PRIMARY, offset=until, **slots)
        buttons.append(more)
    if not scene.card_number:
        rows.append(Row(scene.say.text("search.below.link"), tone=Tone.QUIET))
        buttons.append(wish(scene, Intent.LINK_CARD))
    if not buttons:
        return []
    return [scene.say.cards("search.below", Card(title, tuple(rows), tuple(buttons)))]
