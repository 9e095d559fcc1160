"""電子書籍: what the library offers beside this chat, said as it is."""

from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import reach_staff, web_page
from bot.messages.replies import Card, Row, Tone


def ebooks(scene: Scene) -> Said:
    """Who may use e-books, and where it is explained."""
    offer = scene.policy.ebooks
    if not offer.offered:
        return _on_the_web(scene, "services.no_ebooks")
    rows = [
        Row(offer.who, scene.say.text("services.ebooks.who")),
        Row(scene.say.text("services.ebooks.where")),
    ]
    if offer.guide:
        rows.append(Row(scene.say.text("services.ebooks.guide", guide=offer.guide), tone=Tone.QUIET))
    card = Card(scene.say.text("services.ebooks.title"), tuple(rows), (web_page(scene), *reach_staff(scene)))
    return Said((scene.say.cards("services.ebooks", card),))


def _on_the_web(scene: Scene, key: str) -> Said:
    rows = (Row(scene.say.text(f"{key}.text")),)
    card = Card(scene.say.text(f"{key}.title"), rows, (web_page(scene), *reach_staff(scene)))
    return Said((scene.say.cards(key, card),))
