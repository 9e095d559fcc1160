"""A button that may no longer do what it says: nothing changes, and a sentence says why and how to begin again."""

from collections.abc import Mapping

from bot.dialogue.buttons import Verdict, wish_of
from bot.dialogue.flows import flow_named, intent_of
from bot.dialogue.memory import said
from bot.dialogue.scene import Scene
from bot.dialogue.taps import resume, wish, wish_with
from bot.dialogue.turn import Decided
from bot.intents import Intent
from bot.messages.replies import Button, Card, Json, Reply, Style


def dead_button(scene: Scene, verdict: Verdict) -> Decided:
    """Why the tapped button did nothing, and how to go on."""
    replies: list[Reply] = [scene.say.say(f"stale.{verdict.value}")]
    if scene.state.question_id and (flow := flow_named(scene.state.flow)) is not None:
        replies.append(_card(scene, "stale.open", resume(scene), wish(scene, intent_of(flow))))
    else:
        replies.append(_card(scene, "stale.again", *_ways_on(scene, verdict)))
    return said(tuple(replies), scene.state)


def _ways_on(scene: Scene, verdict: Verdict) -> tuple[Button, ...]:
    record = scene.view.button
    if verdict is Verdict.OTHER_CARD:
        if not scene.card_number:
            return (wish(scene, Intent.LINK_CARD, style=Style.PRIMARY), wish(scene, Intent.HELP))
        return (wish(scene, Intent.LIST_LOANS, style=Style.PRIMARY), wish(scene, Intent.SWITCH_CARD))
    wished = wish_of(record) if verdict is Verdict.EXPIRED and record is not None else None
    if wished is not None:
        # A wish only begins something: what it would change is asked about first, whenever it is tapped.
        intent, slots = wished
        fresh = wish_with(scene, intent, slots, label=_label(slots), style=Style.PRIMARY)
        return (fresh, wish(scene, Intent.HELP))
    if scene.card_number:
        return (wish(scene, Intent.LIST_LOANS, style=Style.PRIMARY), wish(scene, Intent.HELP))
    return (wish(scene, Intent.HELP, style=Style.PRIMARY),)


def _label(slots: Mapping[str, Json]) -> str:
    """The label that says more than the intent's own; empty: the intent's own."""
    return "end_other_link" if "link_id" in slots else ""


def _card(scene: Scene, key: str, *buttons: Button) -> Reply:
    return scene.say.cards(key, Card(scene.say.text(f"{key}.title"), buttons=buttons))
