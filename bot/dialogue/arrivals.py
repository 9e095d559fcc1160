"""What comes in besides words and taps: a new friend, a linked card, a sticker, a picture, our own tidings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.dialogue.cardholders import about_card, card_label
from bot.dialogue.events import EventKind, LinkOutcome
from bot.dialogue.flows.contact_staff import answered
from bot.dialogue.flows.follow_ups import followed
from bot.dialogue.flows.loans import list_loans
from bot.dialogue.flows.menu import menu_card
from bot.dialogue.memory import emptied, said
from bot.dialogue.scene import Scene
from bot.dialogue.state import State
from bot.dialogue.steps import Said
from bot.dialogue.taps import reach_staff, wish, wish_with
from bot.dialogue.trouble import trouble
from bot.dialogue.turn import Decided
from bot.intents import Intent
from bot.library import LibraryError
from bot.messages.limits import clean, cut
from bot.messages.replies import Card, Reply, Row, Style, Tone

_IN_A_BUTTON: Final = 8
"""Characters of a title in the label of a button."""


def arrived(scene: Scene) -> Decided:
    """The turn of any event that is neither words nor a tap."""
    return _ARRIVALS.get(scene.event.kind, _cannot_read)(scene)


def introduced_to_group(scene: Scene) -> Decided:
    """In a group or room: once, that we talk in private; nothing else, ever."""
    if scene.state.data.get("introduced"):
        return Decided((), scene.state)
    state = replace(State(), data={"introduced": True})
    return said((scene.say.say("arrivals.group"),), state)


def _followed(scene: Scene) -> Decided:
    key = "arrivals.welcome_back" if scene.event.is_unblocked else "arrivals.welcome"
    replies = (scene.say.say(key), scene.say.cards("help.menu", *menu_card(scene)))
    return said(replies, emptied(scene.state))


def _linked(scene: Scene) -> Decided:
    """After LINE's dialog: a short word, and the loans at once."""
    state = emptied(scene.state)
    if scene.event.link is LinkOutcome.LINKED:
        return _with_loans(scene, _link_done(scene), state)
    if scene.event.link is LinkOutcome.ALREADY_LINKED:
        return _with_loans(scene, about_card(scene, "link.already", scene.card_number), state)
    card = Card(
        scene.say.text("link.failed.title"),
        (Row(scene.say.text("link.failed.why")),),
        (wish(scene, Intent.LINK_CARD, label="link_again", style=Style.PRIMARY), *reach_staff(scene)),
    )
    return said((scene.say.cards("link.failed", card),), state)


def _link_done(scene: Scene) -> Reply:
    # The link may be gone again by the time that its turn comes.
    if not scene.card_number:
        return scene.say.say("link.done_nameless")
    return about_card(scene, "link.done", scene.card_number)


def _with_loans(scene: Scene, lead: Reply, state: State) -> Decided:
    """The loans below a first sentence, which is said even where the record can't be read."""
    try:
        loans = list_loans(scene) if scene.card_number else Said(())
    except LibraryError as error:
        loans = Said(trouble(scene, error))
    if loans.shown is not None:
        state = replace(state, shown=dict(loans.shown))
    return said((lead, *loans.replies, *_going_on(scene)), state)


def _going_on(scene: Scene) -> tuple[Reply, ...]:
    """What was wished for before there was a card: a button goes on with it."""
    intent, slots = scene.state.wish.get("intent"), scene.state.wish.get("slots")
    if not scene.card_number or intent not in list(Intent) or not isinstance(slots, dict):
        return ()
    named = slots.get("title")
    go_on = wish_with(scene, Intent(str(intent)), slots, style=Style.PRIMARY)
    if isinstance(named, str) and intent == Intent.RESERVE:
        label = scene.say.text("buttons.go_on_reserving", title=cut(clean(named), _IN_A_BUTTON))
        go_on = replace(go_on, label=label, spoken="")
    return (scene.say.cards("link.go_on", Card(scene.say.text("link.go_on.title"), buttons=(go_on,))),)


def _linked_elsewhere(scene: Scene) -> Decided:
    say, name = scene.say, card_label(scene, scene.event.card_number)
    end = wish(
        scene,
        Intent.UNLINK_CARD,
        label="end_other_link",
        style=Style.SECONDARY,
        link_id=scene.event.link_id,
    )
    rows = (
        Row(say.text("link.elsewhere.card", name=name)),
        Row(say.text("link.elsewhere.known")),
        Row(say.text("link.elsewhere.unknown"), tone=Tone.SOON),
    )
    card = Card(say.text("link.elsewhere.title"), rows, (end, *reach_staff(scene)))
    # A notice interrupts nothing: what waits, waits on.
    return Decided((say.cards("link.elsewhere", card),), scene.state)


def _link_ended(scene: Scene) -> Decided:
    say = scene.say
    rows = (Row(say.text("link.ended.why")), Row(say.text("link.ended.again"), tone=Tone.QUIET))
    card = Card(say.text("link.ended.title"), rows, (*reach_staff(scene), wish(scene, Intent.LINK_CARD)))
    return said((say.cards("link.ended", card),), emptied(scene.state))


def _password_registered(scene: Scene) -> Decided:
    say = scene.say
    rows = (
        Row(say.text("link.registered.known")),
        Row(say.text("link.registered.unknown"), tone=Tone.SOON),
    )
    card = Card(say.text("link.registered.title"), rows, reach_staff(scene))
    return Decided((say.cards("link.registered", card),), scene.state)


def _followed_up(scene: Scene) -> Decided:
    # A notice interrupts nothing: what waits, waits on.
    return Decided(followed(scene), scene.state)


def _desk_answer(scene: Scene) -> Decided:
    return Decided(answered(scene), scene.state)


def _sticker(scene: Scene) -> Decided:
    quick = tuple(wish(scene, intent) for intent in (Intent.LIST_LOANS, Intent.SEARCH_CATALOG, Intent.HELP))
    return said((scene.say.say("arrivals.sticker", quick=quick),), scene.state)


def _cannot_read(scene: Scene) -> Decided:
    """A picture, a place, a file, anything new: what can be sent instead."""
    key = f"arrivals.{scene.event.kind.value}"
    first = scene.say.say(key if scene.say.has(key) else "arrivals.unknown_message")
    help_card = Card(scene.say.text("arrivals.instead.title"), buttons=(wish(scene, Intent.HELP),))
    return said((first, scene.say.cards("arrivals.instead", help_card)), scene.state)


_ARRIVALS: Final[Mapping[EventKind, Callable[[Scene], Decided]]] = {
    EventKind.FOLLOW: _followed,
    EventKind.LINKED: _linked,
    EventKind.CARD_LINKED_ELSEWHERE: _linked_elsewhere,
    EventKind.LINK_ENDED: _link_ended,
    EventKind.PASSWORD_REGISTERED: _password_registered,
    EventKind.DESK_ANSWER: _desk_answer,
    EventKind.FOLLOWED_UP: _followed_up,
    EventKind.STICKER: _sticker,
}
