"""お知らせの設定: what is told of the library's own accord, and how reservations are told of.

A setting is no part of the library's record: it is changed at once, and told with the way back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.dialogue.effects import ChangeNotices, Result
from bot.dialogue.flows.link_card import offer_to_link
from bot.dialogue.notice_words import setting_named, wants_only
from bot.dialogue.sayings import about_contact
from bot.dialogue.scene import Scene
from bot.dialogue.steps import Data, Doing, Flow, Outcome, Said, Step
from bot.dialogue.taps import wish
from bot.dialogue.words import wants_on
from bot.intents import Intent
from bot.library import Contact
from bot.messages.replies import Button, Card, Json, Reply, Row, Style, Tone
from bot.rules.notice_settings import OUTSIDE, Notice

_PHONE: Final = "phone"
_GROUPS: Final = (
    ("loans", (Notice.DUE, Notice.DUE_TODAY, Notice.OVERDUE, Notice.RESERVED_BY_OTHER)),
    ("others", (Notice.HOLD, Notice.NEW_ARRIVALS, Notice.ANNOUNCEMENTS)),
)
"""The cards of the panel with their switches."""
_DUE: Final = (Notice.DUE, Notice.DUE_TODAY, Notice.OVERDUE)
"""What 期限のお知らせ means when it is to stop; to begin it means the first."""
_SWITCHES: Final = (*Notice, OUTSIDE)

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
    """通知を止めて, 期限のお知らせだけほしい, 連絡はメールで; nothing where the panel is only to be seen."""
    contact, text = scene.slots.get("contact"), scene.event.text
    if contact in set(Contact):
        return {"contact": str(contact)}
    is_off = scene.slots.get("off") is True
    is_only = not is_off and wants_only(text)
    if not is_off and not is_only and not wants_on(text):
        return {}
    named = _named(scene, is_off=is_off)
    changes: Changes = dict.fromkeys(named, not is_off)
    if is_only and named:
        changes = {name: name in named for name in (*(item.value for item in Notice), *named)}
    return {name: value for name, value in changes.items() if _is_theirs(scene, name)}


def _named(scene: Scene, *, is_off: bool) -> tuple[str, ...]:
    """The settings that the words mean; all notices where they name none."""
    exactly = setting_named(scene.event.text)
    if exactly is not None:
        return (exactly,)
    notice = scene.slots.get("notice")
    if notice == Notice.DUE and is_off:
        return tuple(item.value for item in _DUE)
    return (Notice(notice).value,) if notice in set(Notice) else tuple(item.value for item in Notice)


def _is_theirs(scene: Scene, name: str) -> bool:
    """Whether there is anything to tell them: without a card, only the library's announcements."""
    return bool(scene.card_number) or name == Notice.ANNOUNCEMENTS


def _is_setting(name: str, value: Any) -> bool:
    if name == "contact":
        return value in set(Contact)
    return name in _SWITCHES and isinstance(value, bool)


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
    if not scene.card_number:
        return scene.say.cards("notices.panel", _without_card(scene))
    groups = [_group(scene, name, notices) for name, notices in _GROUPS]
    return scene.say.cards("notices.panel", *groups, _contact_card(scene), _outside_card(scene))


def _without_card(scene: Scene) -> Card:
    say, name = scene.say, Notice.ANNOUNCEMENTS.value
    rows = (
        _row(scene, name),
        Row(say.text("notices.with_card"), tone=Tone.QUIET),
        Row(say.text("notices.at_once"), tone=Tone.QUIET),
    )
    return Card(say.text("notices.panel.others"), rows, (_switch(scene, name), wish(scene, Intent.LINK_CARD)))


def _group(scene: Scene, name: str, notices: Sequence[Notice]) -> Card:
    say = scene.say
    rows = (
        *(_row(scene, notice.value) for notice in notices),
        Row(say.text("notices.at_once"), tone=Tone.QUIET),
    )
    buttons: list[Button] = [_switch(scene, notice.value) for notice in notices]
    if Notice.NEW_ARRIVALS in notices:
        buttons.append(wish(scene, Intent.SUBSCRIBE_NEW_ARRIVALS))
    return Card(say.text(f"notices.panel.{name}"), rows, tuple(buttons))


def _outside_card(scene: Scene) -> Card:
    """Whether titles may stand where others see them."""
    say = scene.say
    rows = (_row(scene, OUTSIDE), Row(say.text("notices.outside_means"), tone=Tone.QUIET))
    return Card(say.text("notices.panel.outside"), rows, (_switch(scene, OUTSIDE),))


def _switch(scene: Scene, name: str) -> Button:
    is_on = _now(scene, name) is True
    label = f"notice_{name}_{'off' if is_on else 'on'}"
    style = Style.SECONDARY if is_on or name == OUTSIDE else Style.PRIMARY
    return wish(scene, Intent.NOTIFICATION_SETTINGS, label=label, style=style, set={name: not is_on})


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
    is_on = _now(scene, name) is True
    state, tone = ("on", Tone.GOOD) if is_on else ("off", Tone.PLAIN)
    value = say.text(f"notices.outside.{state}" if name == OUTSIDE else f"notices.{state}")
    return Row(value, label, tone)


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
