"""The cards linked to a LINE account, and whose they are."""

from bot.dialogue.scene import Scene
from bot.library import LibraryError
from bot.messages.limits import clean, cut
from bot.messages.replies import Button, Card, Cards, Row, Tone

_SHOWN_DIGITS = 4
_LONGEST_NAME = 20


def holder_name(scene: Scene, card_number: str) -> str:
    """The name on a card; empty where the library can't say."""
    try:
        patron = scene.library.find_patron(card_number)
    except LibraryError:
        return ""
    return cut(clean(patron.name), _LONGEST_NAME) if patron and patron.name else ""


def masked(card_number: str) -> str:
    """A card number as it may stand in a chat: its last four digits."""
    hidden = max(len(card_number) - _SHOWN_DIGITS, 0)
    return "＊" * min(hidden, _SHOWN_DIGITS) + card_number[hidden:]


def card_label(scene: Scene, card_number: str) -> str:
    """A card as it is told from the others: the name, and the end of the number."""
    name = holder_name(scene, card_number)
    end = masked(card_number)
    return (
        scene.say.text("cards.label", name=name, end=end)
        if name
        else scene.say.text("cards.nameless", end=end)
    )


def about_card(scene: Scene, key: str, card_number: str, *buttons: Button) -> Cards:
    """Something said about a card, with its holder's name: in a card, so that no locked screen tells it."""
    title = scene.say.text(f"{key}.title", name=card_label(scene, card_number))
    return scene.say.cards(key, Card(title, (Row(scene.say.text(f"{key}.what")),), buttons))


def holder_rows(scene: Scene, card_number: str) -> list[Row]:
    """Whose it is, where several cards are linked; within the cards of a list, so that no locked screen tells it."""
    if len(scene.view.cards) < 2:
        return []
    name = holder_name(scene, card_number) or masked(card_number)
    return [
        Row(scene.say.text("cards.holder_row", name=name), scene.say.text("cards.holder_label"), Tone.QUIET)
    ]


def is_called(scene: Scene, card_number: str, person: str) -> bool:
    """Whether `person` (太郎, 水戸太郎さん) names the holder of a card."""
    name = "".join(holder_name(scene, card_number).split())
    asked = "".join(clean(person).split())
    for ending in ("さん", "くん", "君", "ちゃん", "様"):
        asked = asked.removesuffix(ending)
    return len(asked) > 1 and asked in name
