"""Wishes about other cards than the one in use: 「娘の本を延長して」, 「家族ぜんぶの返却日」, a number of that list.

A wish never acts on whatever card is in use: the right card is put in use first, by the patron's own tap or word,
and the wish goes on with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.cardholders import is_called
from bot.dialogue.flows.family_loans import KIND, list_family_loans, renewal_of_places
from bot.dialogue.flows.switch_card import then_of
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import wish
from bot.dialogue.words import means_the_whole_family
from bot.intents import Intent
from bot.messages.replies import Card, Style


@dataclass(frozen=True, slots=True)
class Instead:
    """The wish that stands for another."""

    intent: Intent
    slots: Mapping[str, Any]


def for_the_family(scene: Scene, intent: Intent, *, needs_card: bool) -> Said | Instead | None:
    """What a wish about cards comes to, where it is not just one about the card in use; None where it is."""
    if intent is Intent.SWITCH_CARD:
        return _is_in_use_already(scene)
    if not needs_card:
        return None
    if intent in {Intent.RENEW, Intent.LIST_LOANS}:
        found = _of_the_family_list(scene, intent) or _of_all_cards(scene, intent)
        if found is not None:
            return found
    return _somebody_elses(scene, intent)


def _is_in_use_already(scene: Scene) -> Instead | None:
    """A button that puts a card in use and goes on, where that card is in use: it only goes on."""
    then = then_of(scene.slots)
    return Instead(*then) if then and scene.slots.get("card_number") == scene.card_number else None


def _of_the_family_list(scene: Scene, intent: Intent) -> Said | Instead | None:
    """A number of the list that shows all cards means an entry of it, whichever card is in use."""
    ordinals = scene.slots.get("ordinals")
    if scene.state.shown.get("kind") != KIND or not ordinals:
        return None
    if intent is Intent.LIST_LOANS:
        return list_family_loans(scene)
    found = renewal_of_places(scene, ordinals)
    if isinstance(found, Said):
        return found
    card_number, slots = found
    then = {"intent": Intent.RENEW.value, "slots": slots}
    return Instead(Intent.SWITCH_CARD, {"card_number": card_number, "then": then})


def _of_all_cards(scene: Scene, intent: Intent) -> Said | None:
    if len(scene.view.cards) < 2:
        return None
    slots = scene.slots
    named = [slots.get("person")]
    if intent is Intent.LIST_LOANS:
        # 全員の貸出: read without a conversation, 全員 might be a title.
        named.append(slots.get("title"))
    is_asked = intent is Intent.LIST_LOANS and slots.get("all") is True
    return list_family_loans(scene) if is_asked or any(map(means_the_whole_family, named)) else None


def _somebody_elses(scene: Scene, intent: Intent) -> Said | Instead | None:
    """A wish that names a person who is not the holder of the card in use: their card first, then the wish."""
    person = scene.slots.get("person")
    if not isinstance(person, str) or not person or is_called(scene, scene.card_number, person):
        return None
    if len(scene.view.cards) > 1:
        slots = {name: value for name, value in scene.slots.items() if name != "person"}
        then = {"intent": intent.value, "slots": slots}
        return Instead(Intent.SWITCH_CARD, {"person": person, "then": then})
    card = Card(
        scene.say.text("cards.only_yours.title"),
        buttons=(wish(scene, Intent.LINK_CARD, style=Style.PRIMARY),),
    )
    return Said((scene.say.say("cards.only_one"), scene.say.cards("cards.only_yours", card)))
