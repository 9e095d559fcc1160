"""Picking from a list that a flow has shown: a button, 「1と3」, 「全部」, a title or an author, もっと見る.

What the list holds and how it looks is each flow's; how an answer to it is read is the same in all of them.
The flow keeps the ids it may be picked from as `candidates`, and where its page begins as `offset`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.dialogue.gathered import as_json, number_of, texts_of
from bot.dialogue.listing import PAGE, picked, shown_ids
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Filled, Outcome, Said
from bot.dialogue.taps import ANSWER, answer
from bot.intents import Intent
from bot.messages.replies import Button, Card, Cards, Reply, Row, Style, Tap, Tone

_WORDS: Final = frozenset({Intent.SEARCH_CATALOG, None})
"""Readings of words that may name something on the list: a bare title, or nothing known."""

_NAMING: Final = frozenset(
    {
        "search_catalog.bare",
        "branch_info.branch_alone",
        "branch_info.branch_about",
        *(f"{intent}.expected" for intent in Intent),
    }
)
"""Patterns of the parser that hold nothing but a name, or just what the question expects."""


@dataclass(frozen=True, slots=True)
class Pick:
    """How one flow lets pick."""

    kind: str
    """Of the list, as remembered."""
    slot: str
    """What is filled with the ids that were picked."""
    verb: Intent
    """The flow's own wish: 「1と3を延長」 picks as 「1と3」 does."""
    key: str
    """Of the texts `<key>.alt`, `.title`, `.how` and of the label `buttons.<flow>_all`."""
    show: Callable[[Scene, Sequence[str], int], Asked]
    """Shows the page of the candidates that begins at an offset."""
    named: Callable[[Scene, Sequence[str], Answer], list[str]]
    """The candidates that words name."""


def show_again(pick: Pick, scene: Scene, data: Data, lead: str = "") -> Asked | None:
    """The list that waits for an answer, perhaps with a sentence before it; None where none was shown yet."""
    ids = texts_of(data, "candidates")
    if not ids:
        return None
    asked = pick.show(scene, ids, number_of(data, "offset"))
    return with_lead(asked, scene.say.say(lead)) if lead else asked


def with_lead(asked: Asked, lead: Reply) -> Asked:
    """A question with something said before it."""
    return Asked((lead, *asked.replies), asked.data, asked.shown)


def accept_pick(pick: Pick, scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """What the answer picks; None where it is no answer to the list."""
    if given.reading is None:
        return _tapped(pick, scene, given)
    if given.intent is Intent.DENY:
        return Said((scene.say.say("confirm.stopped"),))
    if given.intent is Intent.MORE:
        return _next_page(pick, scene, data)
    if given.intent is Intent.AFFIRM:
        return show_again(pick, scene, data, "confirm.which")
    if given.intent in {Intent.CHOOSE, pick.verb}:
        chosen = _chosen(pick, scene, data, given)
        if chosen is not None:
            return chosen
    if given.intent in _WORDS or given.intent is pick.verb or given.slot("due_soon"):
        return _named(pick, scene, data, given)
    return None


def narrowed(pick: Pick, scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """At the confirmation of several: 「1番だけ」「こころだけ」 asks again for these alone; None for anything else."""
    ids = texts_of(data, pick.slot)
    if given.reading is None or len(ids) < 2:
        return None
    chosen: list[str] = []
    if given.intent is Intent.CHOOSE:
        shown = shown_ids(scene.state.shown, pick.kind)
        chosen = ids if given.slot("all") else picked(shown, given.slot("ordinals") or []) or []
    elif given.intent in _WORDS:
        chosen = pick.named(scene, ids, given)
    kept = [item for item in ids if item in chosen]
    return Filled({pick.slot: as_json(kept)}) if kept else None


def is_bare(given: Answer) -> bool:
    """Words that name something, with no wish beside them: where a question waits, they are an answer to it."""
    matched = given.reading.matched if given.reading else ()
    return given.intent is not None and bool(_NAMING.intersection(matched[:1]))


def end_card(pick: Pick, scene: Scene, ids: Sequence[str], offset: int, *, together: Sequence[str]) -> Cards:
    """Below the list: all that may be picked together, its next page, and the way out."""
    until = min(offset + PAGE, len(ids))
    buttons: list[Button] = []
    if until < len(ids):
        buttons.append(answer(scene, "more", style=Style.PRIMARY, offset=until))
    if len(together) > 1:
        label = scene.say.text("buttons.all_of", count=len(together))
        style = Style.SECONDARY if buttons else Style.PRIMARY
        buttons.append(Tap(label, ANSWER, {pick.slot: as_json(together)}, label, style))
    buttons.append(answer(scene, "no", yes=False))
    rows = (Row(scene.say.text(f"{pick.key}.how"), tone=Tone.QUIET),)
    title = scene.say.text(f"{pick.key}.title")
    return scene.say.cards(pick.key, Card(title, rows, tuple(buttons)), count=len(ids), until=until)


def _tapped(pick: Pick, scene: Scene, given: Answer) -> Outcome:
    ids = texts_of(given.chosen, pick.slot)
    if ids:
        return Filled({pick.slot: as_json(ids)})
    if number_of(given.chosen, "offset"):
        return Filled({"offset": number_of(given.chosen, "offset")})
    return Said((scene.say.say("confirm.stopped"),))


def _next_page(pick: Pick, scene: Scene, data: Data) -> Outcome | None:
    until = number_of(data, "offset") + PAGE
    if until < len(texts_of(data, "candidates")):
        return Filled({"offset": until})
    return show_again(pick, scene, data, "confirm.last_page")


def _chosen(pick: Pick, scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """By number, or all; a number of a list that another question has shown since is none of ours."""
    if given.slot("all"):
        return Filled({pick.slot: as_json(texts_of(data, "candidates"))})
    ordinals = given.slot("ordinals")
    shown = shown_ids(scene.state.shown, pick.kind)
    if not ordinals or not shown:
        return None
    ids = picked(shown, ordinals)
    if ids:
        return Filled({pick.slot: as_json(ids)})
    return show_again(pick, scene, data, "loans.no_such_number")


def _named(pick: Pick, scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """By words. Where a title fits several, the list is narrowed to them; an author's works are all meant."""
    ids = pick.named(scene, texts_of(data, "candidates"), given)
    if not ids:
        return None
    is_title = not (given.slot("author") or given.slot("due_soon") or given.slot("more_titles"))
    if len(ids) > 1 and is_title:
        return Filled({"candidates": as_json(ids), "offset": None})
    return Filled({pick.slot: as_json(ids)})
