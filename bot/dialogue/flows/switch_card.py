"""使うカード: which of the linked cards is in use, and using another one. A tap, or a name, is enough.

A wish about somebody else's card comes here first, as `then`; it goes on once that card is in use.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue.cardholders import about_card, card_label, holder_name, is_called, masked
from bot.dialogue.effects import Result, SwitchCard, SwitchOutcome
from bot.dialogue.gathered import as_json, texts_of
from bot.dialogue.listing import PAGE, picked, remember, shown_ids
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Doing, Filled, Flow, Outcome, Said, Step
from bot.dialogue.taps import wish, wish_with
from bot.dialogue.words import Yes, yes_or_no
from bot.intents import Intent
from bot.messages.replies import Button, Card, Json, Row, Style, Tone

_KIND = "cards"


def then_of(slots: Mapping[str, Any]) -> tuple[Intent, dict[str, Json]] | None:
    """The wish that goes on once the card is in use; None without one."""
    then = slots.get("then")
    if not isinstance(then, dict) or then.get("intent") not in list(Intent):
        return None
    intent, its_slots = Intent(then["intent"]), then.get("slots")
    if intent is Intent.SWITCH_CARD or not isinstance(its_slots, dict):
        return None
    return intent, its_slots


def _start(scene: Scene) -> Data:
    chosen, person = scene.slots.get("card_number"), scene.slots.get("person")
    then: Data = {"then": scene.slots["then"]} if then_of(scene.slots) else {}
    if isinstance(chosen, str) and chosen:
        return {"chosen": chosen, **then}
    named = _called(scene, person) if isinstance(person, str) else []
    if then:
        # The wish was about somebody's books, not about the card: that it is changed is asked first.
        return {**then, "offered": as_json(named)} if len(named) == 1 else then
    return {"chosen": named[0]} if len(named) == 1 else {}


def _ask_card(scene: Scene, data: Data) -> Outcome:
    """One card: which it is. Several: the list."""
    cards = scene.view.cards
    if len(cards) < 2:
        link = wish(scene, Intent.LINK_CARD)
        if cards:
            return Said((about_card(scene, "cards.only", scene.card_number, link),))
        more = Card(scene.say.text("cards.more.title"), buttons=(link,))
        return Said((scene.say.say("cards.none"), scene.say.cards("cards.more", more)))
    offered = texts_of(data, "offered")
    if offered:
        card = _card(scene, 0, offered[0], data)
        return Asked((scene.say.say("cards.that_one"), scene.say.cards("cards.use_first", card)))
    shown = remember(_KIND, [item.card_number for item in cards])
    made = [_card(scene, number, item.card_number, data) for number, item in enumerate(cards[:PAGE], 1)]
    listed = scene.say.cards("cards.choose", *made, count=len(cards))
    return Asked((scene.say.say("cards.whose" if "then" in data else "cards.which"), listed), shown=shown)


def _accept_card(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """A number or a name, or yes where one card was offered; the buttons are wishes of their own."""
    offered = texts_of(data, "offered")
    if offered and yes_or_no(given) is Yes.YES:
        return Filled({"chosen": offered[0]})
    ordinals, person = given.slot("ordinals"), given.slot("person") or given.slot("title") or given.text
    if given.intent is Intent.CHOOSE and ordinals:
        found = picked(shown_ids(scene.state.shown, _KIND), ordinals)
        if found is None or len(found) != 1:
            return Asked((scene.say.say("lists.no_such_number"),))
        return Filled({"chosen": found[0]})
    named = _called(scene, person) if isinstance(person, str) else []
    return Filled({"chosen": named[0]}) if len(named) == 1 else None


def _switch(scene: Scene, data: Data) -> Outcome:
    chosen = str(data.get("chosen", ""))
    if chosen == scene.card_number:
        return Said((about_card(scene, "cards.already", chosen),))
    if all(item.card_number != chosen for item in scene.view.cards):
        return Said((scene.say.say("cards.not_linked"),))
    return Doing((SwitchCard(chosen),))


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    if not all(isinstance(result, SwitchOutcome) and result.done for result in results):
        return Said((scene.say.say("cards.not_linked"),))
    name = card_label(scene, scene.card_number)
    if "then" in data:
        return Said(
            (scene.say.cards("cards.going_on", Card(scene.say.text("cards.going_on.title", name=name))),)
        )
    buttons = (wish(scene, Intent.LIST_LOANS, style=Style.PRIMARY), wish(scene, Intent.LIST_RESERVATIONS))
    card = Card(scene.say.text("cards.switched.title", name=name), buttons=buttons)
    return Said((scene.say.cards("cards.switched", card),))


def _card(scene: Scene, number: int, card_number: str, data: Data) -> Card:
    say, name = scene.say, holder_name(scene, card_number)
    rows = (Row(masked(card_number), scene.policy.words.card_number, Tone.QUIET),)
    title = (
        say.text("cards.holder", name=name) if name else say.text("cards.nameless", end=masked(card_number))
    )
    if card_number == scene.card_number:
        return Card(title, rows, (), say.text("cards.in_use"), Tone.GOOD, number)
    spoken = say.text("cards.use_spoken", number=number) if number else ""
    slots: dict[str, Json] = {"card_number": card_number}
    if "then" in data:
        slots["then"] = data["then"]
    use: Button = wish_with(
        scene, Intent.SWITCH_CARD, slots, label="use_card", spoken=spoken, style=Style.PRIMARY
    )
    return Card(title, rows, (use,), number=number)


def _called(scene: Scene, person: str) -> list[str]:
    return [item.card_number for item in scene.view.cards if is_called(scene, item.card_number, person)]


SWITCH = Flow(
    "switch_card",
    (
        Step("pick", "chosen", _ask_card, _accept_card, "switch", "which card to use"),
        Step("switch", "switched", _switch, None, "", "puts that card in use"),
    ),
    _start,
    _told,
    needs_card=False,
)
