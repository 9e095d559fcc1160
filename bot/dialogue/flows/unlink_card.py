"""連携の解除: of the card in use, or of another LINE account that was linked to the same card."""

from collections.abc import Sequence

from bot.dialogue.cardholders import about_card, card_label
from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import Broken, EndOtherLink, EndOtherOutcome, Result, UnlinkCard, UnlinkOutcome
from bot.dialogue.listing import PAGE
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Asked, Data, Doing, Flow, Outcome, Said
from bot.dialogue.taps import wish, yes_no
from bot.intents import Intent
from bot.messages.dates import local_day
from bot.messages.replies import Card, Reply, Row, Tone


def _start(scene: Scene) -> Data:
    """A button under the notice names the other account's link; words mean one's own."""
    link_id = scene.slots.get("link_id")
    return (
        {"link_id": link_id} if isinstance(link_id, str) and link_id else {"card_number": scene.card_number}
    )


def _ask(scene: Scene, data: Data) -> Outcome:
    if not scene.card_number:
        return Said((scene.say.say("cards.none"),))
    say, buttons = scene.say, yes_no(scene, "unlink_yes")
    if data.get("link_id"):
        card = Card(say.text("unlink.other.title"), (Row(say.text("unlink.other.what")),), buttons)
        return Asked((say.cards("unlink.other", card),))
    name = card_label(scene, str(data.get("card_number", "")))
    rows = [Row(say.text("unlink.own.what")), Row(say.text("unlink.own.library"), tone=Tone.QUIET)]
    if len(scene.view.cards) > 1:
        rows.append(Row(say.text("unlink.own.others"), tone=Tone.QUIET))
    own = say.cards("unlink.own", Card(say.text("unlink.own.title", name=name), tuple(rows), buttons))
    return Asked((own, *_others(scene)))


def _others(scene: Scene) -> tuple[Reply, ...]:
    """Other LINE accounts with the same card: each can be ended from here, also long after it was told."""
    cards = [
        Card(
            scene.say.text("unlink.elsewhere.title"),
            (
                Row(
                    scene.say.text("unlink.elsewhere.since", day=local_day(link.linked_at, scene.policy.zone))
                ),
            ),
            (wish(scene, Intent.UNLINK_CARD, label="end_other_link", link_id=link.link_id),),
        )
        for link in scene.view.other_links[:PAGE]
    ]
    return (scene.say.cards("unlink.elsewhere", *cards, count=len(cards)),) if cards else ()


def _do(scene: Scene, data: Data) -> Doing:
    link_id = data.get("link_id")
    if isinstance(link_id, str):
        return Doing((EndOtherLink(link_id),))
    return Doing((UnlinkCard(str(data.get("card_number", ""))),))


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    return Said(tuple(reply for result in results for reply in _told_one(scene, result).replies))


def _told_one(scene: Scene, result: Result) -> Said:
    say = scene.say
    if isinstance(result, EndOtherOutcome):
        return Said((say.say("unlink.other_done" if result.done else "unlink.other_gone"),))
    if isinstance(result, UnlinkOutcome) and not result.done:
        return Said((say.say("unlink.gone"),))
    if isinstance(result, UnlinkOutcome) and scene.card_number:
        return Said((about_card(scene, "unlink.done_next", scene.card_number),))
    if isinstance(result, UnlinkOutcome):
        again = Card(say.text("unlink.again.title"), buttons=(wish(scene, Intent.LINK_CARD),))
        return Said((say.say("unlink.done"), say.cards("unlink.again", again)))
    maybe = isinstance(result, Broken) and result.maybe_done
    return Said((say.say("trouble.maybe" if maybe else "trouble.broken"),))


UNLINK = Flow(
    "unlink_card",
    (confirmation(_ask, _do, stopped, "says which link would end, and asks for a yes"),),
    _start,
    _told,
    needs_card=False,
)
