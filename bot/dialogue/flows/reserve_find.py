"""Which works a reservation is about: named in the message, picked from a list shown before, or asked for."""

from collections.abc import Sequence
from typing import Final

from bot.dialogue.finding import Wanted, are_too_many, find, is_meant, meant_exactly, wanted_in
from bot.dialogue.flows.search import CART_KIND, KIND, nothing_found
from bot.dialogue.gathered import as_json, items_of, text_of, texts_of
from bot.dialogue.listing import PAGE, ordinals_in, page_of, picked, remember, shown_ids
from bot.dialogue.picking import Pick, accept_pick, end_card, is_bare, show_again, with_lead
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Filled, Outcome, Said
from bot.dialogue.title_cards import pick_cards
from bot.dialogue.words import is_by
from bot.intents import Intent
from bot.library import Title

_MOST: Final = 3 * PAGE
"""Titles looked through in one list; whoever finds more names the work more closely."""


def start(scene: Scene) -> Data:
    """What the message or button says already: the works, where to pick up, how to be told."""
    said = {"branch_said": text_of(scene.slots, "branch"), "contact_said": text_of(scene.slots, "contact")}
    data: dict[str, object] = {name: value for name, value in said.items() if value}
    if are_too_many(scene.slots):
        data["too_many"] = "yes"
    ids = texts_of(scene.slots, "title_ids")
    wants = wanted_in(scene.slots)
    if ids:
        return {"wants": [], "title_ids": as_json(ids), **_json(data)}
    if wants:
        return {"wants": as_json(work.to_json() for work in wants), **_json(data)}
    return {**_from_list(scene), **_json(data)}


def ask_find(scene: Scene, data: Data) -> Outcome:
    """Nothing was named: ask for it."""
    return Asked((scene.say.say("reserve.what"),))


def accept_find(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """A title, an author, an ISBN; or a number of a list of titles shown before."""
    if given.reading is None or given.intent is Intent.DENY:
        return Said((scene.say.say("confirm.stopped"),))
    wants = wanted_in(given.reading.slots)
    if given.intent in {Intent.SEARCH_CATALOG, Intent.RESERVE} and wants:
        said = {"branch_said": given.slot("branch"), "contact_said": given.slot("contact")}
        return Filled({"wants": as_json(work.to_json() for work in wants), **_json(said)})
    if given.intent is Intent.CHOOSE and given.slot("ordinals"):
        ids = picked(shown_ids(scene.state.shown, KIND), given.slot("ordinals"))
        if ids:
            return Filled({"wants": [], "title_ids": as_json(ids)})
        return Asked((scene.say.say("loans.no_such_number"),)) if scene.state.shown else None
    if given.intent is None and given.text.strip():
        return Filled({"wants": as_json([Wanted.from_json({"title": given.text.strip()}).to_json()])})
    return None


def ask_pick(scene: Scene, data: Data) -> Outcome:
    """Each work in its turn: one found is taken, several are shown, none is remembered as missing."""
    again = show_again(PICK, scene, data)
    if again is not None:
        return again
    chosen, missing = texts_of(data, "picked"), texts_of(data, "missing")
    wants = items_of(data, "wants")
    for at, want in enumerate(wants):
        wanted = Wanted.from_json(want)
        titles = find(scene, wanted, limit=_MOST).titles
        one = titles[0] if len(titles) == 1 else meant_exactly(titles, wanted)
        if one is not None:
            chosen.append(one.title_id)
        elif not titles:
            missing.append(wanted.spoken)
        else:
            asked = with_lead(
                _list(scene, _ids_of(titles), 0), scene.say.say("reserve.several", count=len(titles))
            )
            rest = {"wants": as_json(wants[at + 1 :]), "picked": as_json(chosen), "missing": as_json(missing)}
            return Asked(asked.replies, {**asked.data, **rest}, asked.shown)
    if not chosen:
        return Said((nothing_found(scene, missing),))
    return Filled({"title_ids": as_json(dict.fromkeys(chosen)), "missing": as_json(missing)})


def accept_pick_title(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """What was picked joins what is known, and the next work comes; another title is looked for instead."""
    outcome = accept_pick(PICK, scene, data, given)
    if outcome is None and is_bare(given) and given.reading is not None:
        wants = [*(work.to_json() for work in wanted_in(given.reading.slots)), *items_of(data, "wants")]
        return Filled({"wants": as_json(wants), "candidates": None, "offset": None})
    if not isinstance(outcome, Filled) or "title_ids" not in outcome.data:
        return outcome
    chosen = [*texts_of(data, "picked"), *texts_of(outcome.data, "title_ids")]
    return Filled({"picked": as_json(chosen), "candidates": None, "offset": None})


def _from_list(scene: Scene) -> Data:
    """「2番を予約」 after a list of titles; a list of one title is meant by 「これ」 too."""
    shown = shown_ids(scene.state.shown, KIND, CART_KIND)
    if not shown:
        return {}
    ids = picked(shown, ordinals_in(scene.event.text))
    if not ids and len(shown) == 1:
        ids = shown
    if ids:
        return {"wants": [], "title_ids": as_json(ids)}
    return {"wants": [], "candidates": as_json(shown)}


def _list(scene: Scene, ids: Sequence[str], offset: int) -> Asked:
    """A page of what was found, with a button each."""
    page = [title for title_id in page_of(ids, offset) if (title := scene.library.find_title(title_id))]
    cards = pick_cards(scene, page, first=offset + 1)
    return Asked(
        (
            scene.say.cards("reserve.list", *cards, count=len(ids)),
            end_card(PICK, scene, ids, offset, together=()),
        ),
        {"candidates": as_json(ids), "offset": offset},
        remember(KIND, ids),
    )


def _named(scene: Scene, ids: Sequence[str], given: Answer) -> list[str]:
    """By title or author; a volume's mark counts as part of the title."""
    titles = [title for title_id in ids if (title := scene.library.find_title(title_id)) is not None]
    words, author = given.slot("title") or given.text, given.slot("author")
    if author:
        by = [title for title in titles if is_by(title, author)]
        return _ids_of([title for title in by if not given.slot("title") or is_meant(title, words)])
    exact = meant_exactly(titles, Wanted(title=words))
    if exact is not None:
        return [exact.title_id]
    found = [title for title in titles if is_meant(title, words)]
    return _ids_of(found or [title for title in titles if is_by(title, words)])


def _ids_of(titles: Sequence[Title]) -> list[str]:
    return [title.title_id for title in titles]


def _json(values: dict[str, object]) -> Data:
    return {name: value for name, value in values.items() if isinstance(value, str)}


PICK: Final = Pick(KIND, "title_ids", Intent.RESERVE, "reserve.pick", _list, _named)
