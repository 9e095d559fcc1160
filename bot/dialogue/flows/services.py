"""電子書籍, 新着, お知らせの設定: what the library offers beside this chat, said as it is."""

from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import dial, web_page, wish
from bot.intents import Intent
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
    card = Card(scene.say.text("services.ebooks.title"), tuple(rows), (web_page(scene), dial(scene)))
    return Said((scene.say.cards("services.ebooks", card),))


def new_arrivals(scene: Scene) -> Said:
    """New arrivals stand on the web site; a theme or an author can be looked for here."""
    slots = {name: scene.slots[name] for name in ("subject", "author") if scene.slots.get(name)}
    if not slots:
        return _on_the_web(scene, "services.arrivals")
    look = wish(scene, Intent.SEARCH_CATALOG, **slots)
    card = Card(
        scene.say.text("services.arrivals.title"),
        (Row(scene.say.text("services.arrivals.text")),),
        (web_page(scene), look),
    )
    return Said((scene.say.cards("services.arrivals", card),))


def _on_the_web(scene: Scene, key: str) -> Said:
    rows = (Row(scene.say.text(f"{key}.text")),)
    card = Card(scene.say.text(f"{key}.title"), rows, (web_page(scene), dial(scene)))
    return Said((scene.say.cards(key, card),))
