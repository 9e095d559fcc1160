"""When the library system fails, or does not know the card: said as it is, with what can be done."""

from bot.dialogue.scene import Scene
from bot.dialogue.taps import reach_staff, wish
from bot.intents import Intent
from bot.library import LibraryError, PatronNotFound
from bot.messages.replies import Button, Card, Reply, Row


def trouble(scene: Scene, error: LibraryError) -> tuple[Reply, ...]:
    """What to say instead of what could not be read. Nothing was changed."""
    if isinstance(error, PatronNotFound):
        again = (wish(scene, Intent.UNLINK_CARD), wish(scene, Intent.LINK_CARD))
        return (_card(scene, "trouble.card_unknown", *reach_staff(scene), *again),)
    return (_card(scene, "trouble.unavailable", *reach_staff(scene)),)


def _card(scene: Scene, key: str, *buttons: Button) -> Reply:
    rows = (Row(scene.say.text(f"{key}.text")),)
    return scene.say.cards(key, Card(scene.say.text(f"{key}.title"), rows, buttons))
