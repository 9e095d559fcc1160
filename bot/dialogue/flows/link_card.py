"""カードの連携: what is stored and why, the agreement, and only then the page where the card is entered."""

from collections.abc import Sequence

from bot.dialogue.cardholders import about_card
from bot.dialogue.confirming import asked_again
from bot.dialogue.effects import Result
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Filled, Flow, Outcome, Said, Step
from bot.dialogue.taps import answer, wish
from bot.dialogue.words import Yes, yes_or_no
from bot.intents import Intent
from bot.messages.replies import LINK_URL, Card, OpenPage, Reply, Row, Style, Tone


def offer_to_link(scene: Scene) -> Said:
    """For a wish that needs a card, of one who has linked none."""
    card = Card(
        scene.say.text("link.offer.title"),
        (Row(scene.say.text("link.offer.why")), Row(scene.say.text("link.offer.without"), tone=Tone.QUIET)),
        (wish(scene, Intent.LINK_CARD, style=Style.PRIMARY), wish(scene, Intent.PASSWORD_HELP)),
    )
    return Said((scene.say.cards("link.offer", card),))


def _start(scene: Scene) -> Data:
    return {}


def _ask_agreement(scene: Scene, data: Data) -> Outcome:
    """What is stored, why, and how it ends; a link that is there already is said first."""
    say, replies = scene.say, list[Reply]()
    if scene.card_number:
        replies.append(about_card(scene, "link.linked_already", scene.card_number))
    rows = tuple(Row(say.text(f"link.agree.{name}")) for name in ("stored", "why", "undo", "shared"))
    buttons = (answer(scene, "agree", style=Style.PRIMARY, yes=True), answer(scene, "later", yes=False))
    replies.append(say.cards("link.agree", Card(say.text("link.agree.title"), rows, buttons)))
    return Asked(tuple(replies))


def _accept_agreement(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    said = yes_or_no(given)
    if said is Yes.NO:
        return Said((scene.say.say("link.later"),))
    if said is Yes.UNCLEAR:
        return asked_again(scene, _ask_agreement(scene, data), "link.unclear")
    if said is Yes.YES and not given.in_time:
        return asked_again(scene, _ask_agreement(scene, data), "confirm.too_old")
    return Filled({"agreed": True}) if said is Yes.YES else None


def _open(scene: Scene, data: Data) -> Outcome:
    say = scene.say
    rows = (
        Row(say.text("link.open.how")),
        Row(say.text("link.open.minutes"), tone=Tone.QUIET),
        Row(say.text("link.open.again"), tone=Tone.QUIET),
    )
    page = OpenPage(say.text("buttons.sign_in"), LINK_URL, Style.PRIMARY)
    card = Card(say.text("link.open.title"), rows, (page, wish(scene, Intent.PASSWORD_HELP)))
    return Said((say.cards("link.open", card),))


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    """Nothing is done in the chat: the sign-in page links, and its end comes as an event."""
    return Said(())


LINK = Flow(
    "link_card",
    (
        Step(
            "agree",
            "agreed",
            _ask_agreement,
            _accept_agreement,
            "open",
            "says what is stored and why, and asks for agreement",
        ),
        Step("open", "opened", _open, None, "", "hands over the button that opens the sign-in page"),
    ),
    _start,
    _told,
    needs_card=False,
)

__all__ = ["LINK", "offer_to_link"]
