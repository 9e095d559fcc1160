"""カードを見る, and パスワードについて: whose card is in use, and how its password is made, changed or replaced."""

from bot.dialogue.cardholders import card_label, masked
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Said
from bot.dialogue.taps import card_page, reach_staff, web_page, wish
from bot.intents import Intent
from bot.messages.replies import Button, Card, Row, Style, Tone


def show_card(scene: Scene) -> Said:
    """The card in use; its number only by its end, for whoever looks over the shoulder."""
    say, patron = scene.say, scene.library.find_patron(scene.card_number)
    rows = [Row(masked(scene.card_number), scene.policy.words.card_number)]
    if patron and patron.expires_on:
        rows.append(Row(say.text("card.day", day=patron.expires_on), say.text("card.expires")))
    rows += [Row(say.text("card.whole")), Row(say.text("card.at_counter"), tone=Tone.QUIET)]
    buttons: tuple[Button, ...] = (
        card_page(scene),
        wish(scene, Intent.SWITCH_CARD),
        wish(scene, Intent.UNLINK_CARD),
    )
    title = say.text("card.show.title", name=card_label(scene, scene.card_number))
    return Said((say.cards("card.show", Card(title, tuple(rows), buttons)),))


def password_help(scene: Scene) -> Said:
    """By the library's policy: who makes the first one, what it must be like, what to do without it."""
    rules, say = scene.policy.password, scene.say
    by_patron = rules.first_registration == "by_patron"
    first = (
        say.text("card.password.by_patron")
        if by_patron
        else say.text(
            "card.password.at_counter",
            place=scene.policy.pickup.place or scene.policy.counter.full_name,
            by_form=say.text("card.password.by_form", form=rules.application_form)
            if rules.application_form
            else "",
        )
    )
    rule = "rule_mixed" if rules.letters_and_digits else "rule_length"
    where = f"lost_{rules.lost_password_help}"
    rows = (
        Row(first, say.text("card.password.first")),
        Row(say.text(f"card.password.{rule}", shortest=rules.min_length), say.text("card.password.rule")),
        Row(say.text(f"card.password.{where}"), say.text("card.password.lost_label")),
        Row(say.text("card.password.key"), tone=Tone.SOON),
        Row(say.text("card.password.home"), tone=Tone.QUIET),
    )
    buttons: tuple[Button, ...] = (
        wish(scene, Intent.LINK_CARD, style=Style.PRIMARY),
        web_page(scene),
        *reach_staff(scene),
    )
    return Said((say.cards("card.password", Card(say.text("card.password.title"), rows, buttons)),))
