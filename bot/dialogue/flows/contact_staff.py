"""職員に相談する: the phones that dial; and 職員に伝える, a message that the staff read and answer here.

While a message is written, all words are the message, whatever else they may sound like: it is shown before it is
sent, and what it could have meant instead is a button beside the question. Only やめる alone stops.
"""

from collections.abc import Sequence
from typing import Final

from bot.dialogue.appearance import taps_named
from bot.dialogue.confirming import confirmation, stopped
from bot.dialogue.effects import Result, TellStaff, TellStaffOutcome
from bot.dialogue.flows.switch_card import then_of
from bot.dialogue.gathered import slots_as_json, text_of
from bot.dialogue.hours_words import day_words, sample_rows
from bot.dialogue.long_text import rows_of, tidy
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Data, Doing, Filled, Flow, Outcome, Said, Step
from bot.dialogue.taps import answer, dial, tell_staff, web_page, wish_with, yes_no
from bot.dialogue.words import wants_to_rewrite, wants_to_write
from bot.intents import Intent
from bot.messages.replies import Card, Json, Reply, Row, Tap, Tone
from bot.rules.calendar import is_known

_NOT_INSTEAD: Final = frozenset(
    {
        *(Intent.AFFIRM, Intent.DENY, Intent.ABORT, Intent.CHOOSE, Intent.MORE),
        *(Intent.GREETING, Intent.THANKS, Intent.OUT_OF_SCOPE, Intent.CONTACT_STAFF),
    }
)
"""What a message is never taken for instead."""
_SHORT: Final = 16
"""Characters of the longest message that may have been meant for the bot."""


def _start(scene: Scene) -> Data:
    writes = scene.slots.get("write") is True or wants_to_write(scene.event.text)
    return {"writing": True} if writes else {}


def _offer(scene: Scene, data: Data) -> Outcome:
    """Phones that dial, the main branch first, and the way to write."""
    main, say = scene.policy.counter, scene.say
    branches = (main, *(branch for branch in scene.policy.branches if branch is not main))
    rows = [Row(say.text("desk.staff.how"))]
    rows += [Row(branch.phone, branch.name) for branch in branches]
    if is_known(main.code, scene.today, scene.policy):
        words, tone = day_words(scene, main, scene.today)
        rows.append(Row(words, say.text("desk.staff.today", branch=main.name), tone))
        rows += sample_rows(scene)
    rows.append(Row(say.text("desk.staff.write")))
    dials = tuple(dial(scene, branch.code) for branch in branches)
    card = Card(say.text("desk.staff.title"), tuple(rows), (tell_staff(scene), *dials, web_page(scene)))
    return Said((say.cards("desk.staff", card),))


def _ask_text(scene: Scene, data: Data) -> Outcome:
    if scene.view.kept.open_desk_messages >= scene.policy.desk.open_messages:
        return _too_many(scene)
    return Asked((scene.say.say("desk.what", longest=scene.policy.desk.longest_message),))


def _accept_text(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    """Any words are the message."""
    if given.reading is None:
        return None
    text, longest = tidy(given.text), scene.policy.desk.longest_message
    if len(text) > longest:
        return Asked((scene.say.say("desk.too_long", longest=longest),))
    if not text or (len(text) <= _SHORT and wants_to_write(text)):
        return _ask_text(scene, data)
    return Filled({"text": text, "message_id": scene.event.message_id, "instead": _instead(given)})


def _instead(given: Answer) -> Json:
    """The wish that a short message sounds like; None for a message that is clearly none."""
    if given.reading is None or given.intent in {None, *_NOT_INSTEAD} or len(given.text) > _SHORT:
        return None
    return {"intent": given.reading.intent.value, "slots": slots_as_json(given.reading.slots)}


def _other_meanings(scene: Scene, data: Data) -> tuple[Tap, ...]:
    """Buttons for what the message could have meant for the bot."""
    styles = taps_named(scene, text_of(data, "text"))
    instead = then_of({"then": data.get("instead")})
    return styles or ((wish_with(scene, *instead),) if instead else ())


def _confirm(scene: Scene, data: Data) -> Outcome:
    say, yes, no = scene.say, *yes_no(scene, "tell_yes")
    rows = [*rows_of(text_of(data, "text")), Row(say.text("desk.confirm.when"), tone=Tone.QUIET)]
    buttons = (yes, answer(scene, "rewrite", rewrite=True), *_other_meanings(scene, data), no)
    card = Card(say.text("desk.confirm.title"), tuple(rows), buttons)
    return Asked((say.cards("desk.confirm", card),))


def _rewrite(scene: Scene, data: Data, given: Answer) -> Outcome | None:
    if given.chosen.get("rewrite") is True or wants_to_rewrite(given.text):
        return Filled({"text": None, "message_id": None, "instead": None})
    return None


def _do(scene: Scene, data: Data) -> Doing:
    return Doing((TellStaff(scene.card_number, text_of(data, "text"), text_of(data, "message_id")),))


def _told(scene: Scene, data: Data, results: Sequence[Result]) -> Said:
    [result] = results
    if not isinstance(result, TellStaffOutcome) or not result.done:
        return _too_many(scene)
    say = scene.say
    rows = (
        Row(str(result.number), say.text("desk.done.number")),
        Row(scene.policy.desk.answer_words),
        Row(say.text("desk.done.kept", days=scene.policy.retention.desk_messages_days), tone=Tone.QUIET),
        Row(say.text("desk.done.hurry"), tone=Tone.QUIET),
    )
    card = Card(say.text("desk.done.title"), rows, (dial(scene),))
    return Said((say.cards("desk.done", card),))


def _too_many(scene: Scene) -> Said:
    say, most = scene.say, scene.policy.desk.open_messages
    rows = (Row(say.text("desk.too_many.why", most=most)), Row(say.text("desk.done.hurry"), tone=Tone.QUIET))
    card = Card(say.text("desk.too_many.title"), rows, (dial(scene), web_page(scene)))
    return Said((say.cards("desk.too_many", card),))


def answered(scene: Scene) -> tuple[Reply, ...]:
    """The staff's answer, with what was asked; nothing where the message is gone."""
    talk, say = scene.view.kept.desk_talk, scene.say
    if talk is None:
        return ()
    asked = rows_of(talk.text)[0].value
    rows = (
        Row(asked, say.text("desk.answered.asked"), Tone.QUIET),
        *rows_of(talk.answer),
    )
    buttons = (tell_staff(scene, label="tell_again"), dial(scene))
    return (say.cards("desk.answered", Card(say.text("desk.answered.title"), rows, buttons)),)


CONTACT = Flow(
    "contact_staff",
    (
        Step("offer", "writing", _offer, None, "text", "the phones, or a message"),
        Step("text", "text", _ask_text, _accept_text, "confirm", "what to tell", takes_any_words=True),
        confirmation(_confirm, _do, stopped, "shows the message, and asks for a yes", change=_rewrite),
    ),
    _start,
    _told,
    needs_card=False,
)
