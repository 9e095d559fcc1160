"""Wishes about somebody else's card: 「娘の本を延長して」 must never act on whatever card is in use."""

from bot.dialogue.cardholders import is_called
from bot.dialogue.flows.switch_card import cards_to_choose
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import wish
from bot.intents import Intent
from bot.messages.replies import Card, Style


def somebody_elses(scene: Scene) -> Said | None:
    """What to say where the wish names a person who is not the holder of the card in use; None otherwise."""
    person = scene.slots.get("person")
    if not isinstance(person, str) or not person or is_called(scene, scene.card_number, person):
        return None
    if len(scene.view.cards) > 1:
        lead = scene.say.say("cards.whose")
        return Said(
            (lead, scene.say.cards("cards.choose", *cards_to_choose(scene), count=len(scene.view.cards)))
        )
    card = Card(
        scene.say.text("cards.only_yours.title"),
        buttons=(wish(scene, Intent.LINK_CARD, style=Style.PRIMARY),),
    )
    return Said((scene.say.say("cards.only_one"), scene.say.cards("cards.only_yours", card)))
