"""お知らせの設定: what is told of the library's own accord, and how reservations are told of.

A setting is no part of the library's record: it is changed at once, and told with the way back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.dialogue.effects import ChangeNotices, Result
from bot.dialogue.flows.link_card import offer_to_link
from bot.dialogue.sayings import about_contact
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Doing, Flow, Outcome, Said, Step
from bot.dialogue.taps import wish
from bot.dialogue.words import wants_on
from bot.intents import Intent
from bot.library import Contact
from bot.messages.replies import Button, Card, Json, Reply, Row, Style, Tone
from bot.rules.notice_settings import Notice

_PHONE: Final = "phone"
_OWN: Final = frozenset({Notice.DUE, Notice.HOLD})
"""Notices about a patron's own things: there are none without a card."""

Changes = dict[str, Json]


def _start(scene: Scene) -> Data:
    if scene.slots.get("contact") == _PHONE:
        return {"phone": True}
    changes = _of_button(scene.slots.get("set")) or _of_words(scene)
    return {"changes": changes, "before": {name: _now(scene, name) for name in changes}} if changes else {}


def _of_button(given: Any) -> Changes:
    """What a button of the panel, or the way back, sets."""
    if not isinstance(given, Mapping):
        return {}
    return {name: value for name, value in given.items() if _is_setting(name, value)}


def _of_words(scene: Scene) -> Changes:
    """通知を止めて, 期限のお知らせをオンにして, 連絡はメールで; nothing where the panel is only to be seen."""
    contact, notice = scene.slots.get("contact"), scene.slots.get("notice")
    if contact in set(Contact):
        return {"contact": str(contact)}
    is_off = scene.slots.get("off") is True
    if not is_off and not wants_on(scene.event.text):
        return {}
    named = [Notice(notice)] if notice in set(Notice) else list(Notice)
    return {item.value: not is_off for item in named if scene.card_number or item not in _OWN}


def _is_setting(name: str, value: Any) -> bool:
    if name == "contact":
        return value in set(Contact)
    return name in set(Notice) and isinstance(value, bool)


def _now(scene: Scene, name: str) -> Json:
    """A setting as it is."""
    value: Any = getattr(scene.view.kept.notices, name)
    return value.value if isinstance(value, Contact) else bool(value)


def _change(scene: Scene, data: Data) -> Outcome:
    """Change what was asked for, or show how things are."""
    changes = data.get("changes")
    if not isinstance(changes, dict):
        lead = ("notices.no_phone",) if data.get("phone") else ()
        return Said((*(scene.say.say(key) for key in lead), _panel(scene)))
    if not scene.card_number and set(changes) - {Notice.ANNOUNCEMENTS.value}:
        return offer_to_link(scene)
    if all(_now(scene, name) == value for name, value in changes.items()):
        return Said((scene.say.say("notices.already"), _panel(scene)))
    if changes.get("contact") == Contact.MAIL and not _has_email(scene):
        return Said((_no_email(scene), _panel(scene)))
    return Doing(
        (ChangeNotices({name: value for name, value in changes.items() if isinstance(value, bool | str)}),)
    )


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    """What holds now, the way back, and the whole panel."""
    say, changes, before = scene.say, _of_button(data.get("changes")), _of_button(data.get("before"))
    rows = [_row(scene, name) for name in changes]
    if changes.get(Notice.HOLD.value) is False:
        rows.append(Row(say.text("notices.look_yourself"), tone=Tone.SOON))
    if "contact" in changes:
        contact = Contact(str(changes["contact"]))
        rows += [Row(text, tone=Tone.QUIET) for _, text in about_contact(scene, contact)]
        rows.append(Row(say.text("notices.from_next"), tone=Tone.QUIET))
    undo = wish(scene, Intent.NOTIFICATION_SETTINGS, label="undo", set=dict(before))
    done = Card(say.text("notices.changed.title"), tuple(rows), (undo,), say.text("notices.done"), Tone.GOOD)
    return Said((say.cards("notices.changed", done), _panel(scene)))


def _panel(scene: Scene) -> Reply:
    """Each notice with its state and its switch; with a card, how reservations are told of, too."""
    say, cards = scene.say, [_switches(scene)]
    if scene.card_number:
        cards.append(_contact_card(scene))
    return say.cards("notices.panel", *cards)


def _switches(scene: Scene) -> Card:
    notices = [notice for notice in Notice if scene.card_number or notice not in _OWN]
    rows = [_row(scene, notice.value) for notice in notices]
    if not scene.card_number:
        rows.append(Row(scene.say.text("notices.with_card"), tone=Tone.QUIET))
    rows.append(Row(scene.say.text("notices.at_once"), tone=Tone.QUIET))
    buttons: list[Button] = [_switch(scene, notice) for notice in notices]
    last = Intent.SUBSCRIBE_NEW_ARRIVALS if scene.card_number else Intent.LINK_CARD
    buttons.append(wish(scene, last))
    return Card(scene.say.text("notices.panel.title"), tuple(rows), tuple(buttons))


def _switch(scene: Scene, notice: Notice) -> Button:
    is_on = scene.view.kept.notices.wants(notice)
    label = f"notice_{notice.value}_{'off' if is_on else 'on'}"
    style = Style.SECONDARY if is_on else Style.PRIMARY
    return wish(scene, Intent.NOTIFICATION_SETTINGS, label=label, style=style, set={notice.value: not is_on})


def _contact_card(scene: Scene) -> Card:
    current = scene.view.kept.notices.contact
    buttons = tuple(
        wish(
            scene,
            Intent.NOTIFICATION_SETTINGS,
            label=f"contact_to_{way.value}",
            set={"contact": way.value},
        )
        for way in Contact
        if way is not current
    )
    rows = (_row(scene, "contact"), Row(scene.say.text("notices.from_next"), tone=Tone.QUIET))
    return Card(scene.say.text("notices.contact.title"), rows, buttons)


def _row(scene: Scene, name: str) -> Row:
    """One setting as it is now."""
    say = scene.say
    label = say.text(f"notices.name.{name}", days=scene.policy.notices.due_reminder_days_before)
    if name == "contact":
        return Row(say.text(f"notices.way.{scene.view.kept.notices.contact.value}"), label)
    is_on = scene.view.kept.notices.wants(Notice(name))
    return Row(say.text("notices.on" if is_on else "notices.off"), label, Tone.GOOD if is_on else Tone.PLAIN)


def _has_email(scene: Scene) -> bool:
    patron = scene.library.find_patron(scene.card_number)
    return patron is not None and bool(patron.email)


def _no_email(scene: Scene) -> Reply:
    say, reason = scene.say, "refusals.reservation.no_email_for_mail"
    rows = (Row(say.text(f"{reason}.text"), tone=Tone.SOON), Row(say.text("notices.unchanged")))
    return say.cards("notices.no_mail", Card(say.text("notices.no_mail.title"), rows))


NOTICES = Flow(
    "notification_settings",
    (Step("change", "changed", _change, None, "", "changes a setting at once, or shows them all"),),
    _start,
    _told,
    needs_card=False,
)
