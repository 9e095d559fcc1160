"""できること: the menu as buttons, and the small words that lead to it."""

from typing import Final

from bot.dialogue.appearance import style_card
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import wish
from bot.intents import Intent
from bot.messages.replies import Card, Row, Style, Tap, Tone

_WITH_CARD: Final = (
    Intent.LIST_LOANS,
    Intent.RENEW,
    Intent.LIST_RESERVATIONS,
    Intent.RESERVE,
    Intent.SEARCH_CATALOG,
)
_WITHOUT_CARD: Final = (Intent.LINK_CARD, Intent.SEARCH_CATALOG)
_ABOUT_THE_LIBRARY: Final = (
    Intent.OPENING_HOURS,
    Intent.BRANCH_INFO,
    Intent.ASK_RULES,
    Intent.NEW_ARRIVALS,
    Intent.EBOOKS,
    Intent.CONTACT_STAFF,
)
_ABOUT_THE_CARD: Final = (
    Intent.SHOW_CARD,
    Intent.NOTIFICATION_SETTINGS,
    Intent.SWITCH_CARD,
    Intent.PASSWORD_HELP,
    Intent.UNLINK_CARD,
)


def menu_card(scene: Scene) -> tuple[Card, ...]:
    """The menu: one's own things, the library, and the card."""
    mine = _WITH_CARD if scene.card_number else _WITHOUT_CARD
    cards = [
        _card(scene, "mine" if scene.card_number else "first", mine, Style.PRIMARY),
        _card(scene, "library", _ABOUT_THE_LIBRARY, Style.SECONDARY),
    ]
    if scene.card_number:
        cards.append(_card(scene, "card", _ABOUT_THE_CARD, Style.SECONDARY))
    cards.append(style_card(scene))
    return tuple(cards)


def help_menu(scene: Scene) -> Said:
    """What the bot can do."""
    return Said((scene.say.say("help.lead"), scene.say.cards("help.menu", *menu_card(scene))))


def greeting(scene: Scene) -> Said:
    """A greeting in return, with the menu."""
    return Said((scene.say.say("help.greeting"), scene.say.cards("help.menu", *menu_card(scene))))


def thanks(scene: Scene) -> Said:
    """A kind word."""
    return Said((scene.say.say("help.thanks", quick=_quick(scene)),))


def nothing_to_stop(scene: Scene) -> Said:
    """やめる, with nothing going on: the menu, for it also means "back to the start"."""
    return Said((scene.say.say("help.start_again"), scene.say.cards("help.menu", *menu_card(scene))))


def nothing_asked(scene: Scene) -> Said:
    """はい, with nothing asked."""
    return Said((scene.say.say("confirm.nothing_open", quick=_quick(scene)),))


def nothing_refused(scene: Scene) -> Said:
    """いいえ, with nothing asked."""
    return Said((scene.say.say("help.nothing_refused", quick=_quick(scene)),))


def out_of_scope(scene: Scene) -> Said:
    """Something that this bot does not do: say so, and what it does."""
    card = Card(
        scene.say.text("help.beyond.title"),
        buttons=(wish(scene, Intent.HELP, style=Style.PRIMARY), wish(scene, Intent.CONTACT_STAFF)),
    )
    return Said((scene.say.say("help.out_of_scope"), scene.say.cards("help.beyond", card)))


def _card(scene: Scene, name: str, intents: tuple[Intent, ...], style: Style) -> Card:
    rows = (Row(scene.say.text(f"help.menu.{name}_example"), tone=Tone.QUIET),)
    first, *others = intents
    buttons = (wish(scene, first, style=style), *(wish(scene, intent) for intent in others))
    return Card(scene.say.text(f"help.menu.{name}"), rows, buttons)


def _quick(scene: Scene) -> tuple[Tap, ...]:
    return tuple(wish(scene, intent) for intent in (Intent.LIST_LOANS, Intent.SEARCH_CATALOG, Intent.HELP))
