"""The buttons' meanings: given an opaque id when they leave, judged by their record when they come back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.dialogue.scene import Scene
from bot.dialogue.state import State
from bot.dialogue.taps import ANSWER, WISH
from bot.dialogue.view import ButtonRecord, View
from bot.dialogue.words import folded
from bot.intents import Intent
from bot.messages.layout import lay_out
from bot.messages.look import look_of
from bot.messages.plain import lay_out_plain
from bot.messages.replies import Json, Reply, Tap


class Verdict(StrEnum):
    """Whether a tapped button may do what it says. Any verdict but GOOD changes nothing."""

    GOOD = "good"
    UNKNOWN = "unknown"
    """We do not know it (any more), or it is another LINE user's: nobody is told which."""
    OTHER_CARD = "other_card"
    """Made while another card was in use."""
    USED = "used"
    """It did its work already."""
    EXPIRED = "expired"
    """Older than buttons live."""
    REPLACED = "replaced"
    """Its question is not the one that waits."""


def judge(scene: Scene) -> Verdict:
    """What to think of the tapped button."""
    record = scene.view.button
    if record is None or record.line_user_id != scene.event.line_user_id:
        return Verdict.UNKNOWN
    if record.action == WISH and wish_of(record) is None:
        return Verdict.UNKNOWN
    # A button made before any card was linked names no record: it may be used with any card.
    if record.card_number and record.card_number != scene.card_number and not _names_its_card(record):
        return Verdict.OTHER_CARD
    if record.used_at is not None:
        return Verdict.USED
    if _is_past_its_life(record, scene):
        return Verdict.EXPIRED
    if record.action == ANSWER and (not record.question_id or record.question_id != scene.state.question_id):
        return Verdict.REPLACED
    return Verdict.GOOD


def wish_of(record: ButtonRecord) -> tuple[Intent, dict[str, Json]] | None:
    """What a button begins; None where it begins nothing that we know."""
    intent, slots = record.args.get("intent"), record.args.get("slots")
    if record.action != WISH or intent not in list(Intent) or not isinstance(slots, dict):
        return None
    return Intent(str(intent)), slots


@dataclass(frozen=True, slots=True)
class Bound:
    """A turn's messages, with what may be tapped or typed."""

    messages: tuple[dict[str, Json], ...]
    buttons: tuple[ButtonRecord, ...]
    numbers: Mapping[str, str]
    """In plain text messages: the id of the button behind each number; empty for messages with buttons."""
    labels: Mapping[str, str]
    """The id of each button that answers the question that waits, by its words, folded."""
    wish_labels: Mapping[str, str]
    """The same of all other buttons."""


def bind(
    replies: Sequence[Reply],
    *,
    view: View,
    line_user_id: str,
    state: State,
    new_id: Callable[[], str],
    hint: str,
) -> Bound:
    """The messages of the replies as this LINE user reads them, and the records of the buttons in them.

    `hint` says, in plain text messages, how numbers are used.
    """
    made: list[tuple[Tap, ButtonRecord]] = []
    card = view.card_in_use()

    def tap_id(tap: Tap) -> str:
        # A card that is laid out twice (to fit LINE's sizes) keeps its buttons' ids.
        for known, record in made:
            if known is tap:
                return record.button_id
        record = ButtonRecord(
            button_id=new_id(),
            line_user_id=line_user_id,
            card_number=card.card_number if card else "",
            question_id=state.question_id if tap.action == ANSWER else "",
            action=tap.action,
            args=dict(tap.args),
            made_at=view.now,
        )
        made.append((tap, record))
        return record.button_id

    if look_of(view.settings).is_plain:
        plain = lay_out_plain(replies, tap_id, hint=hint, entries=_entries(state))
        return Bound(plain.messages, tuple(record for _, record in made), plain.numbers, *_labels(made))
    messages = lay_out(replies, tap_id)
    sent = json.dumps(messages)
    kept = [(tap, record) for tap, record in made if json.dumps(record.button_id) in sent]
    return Bound(messages, tuple(record for _, record in kept), {}, *_labels(kept))


def _labels(made: Sequence[tuple[Tap, ButtonRecord]]) -> tuple[dict[str, str], dict[str, str]]:
    """Words that stand on one button alone, of those that answer the question and of the others.

    With readings, the words as they are without them, too.
    """
    found: dict[str, set[str]] = {}
    for tap, record in made:
        for words in {folded(tap.label), folded(tap.spoken or tap.label)}:
            found.setdefault(words, set()).add(record.button_id)
    answers = {record.button_id for _, record in made if record.action == ANSWER}
    alone = {words: next(iter(ids)) for words, ids in found.items() if len(ids) == 1}
    of_question = {words: one for words, one in alone.items() if one in answers}
    return of_question, {words: one for words, one in alone.items() if one not in answers}


def _entries(state: State) -> int:
    """How many entries the list has that was shown last: their numbers are taken."""
    ids = state.shown.get("ids")
    return len(ids) if isinstance(ids, list) else 0


def _names_its_card(record: ButtonRecord) -> bool:
    """Whether it puts a card of its own in use; that this one is still linked is looked at when it is done."""
    wished = wish_of(record)
    return wished is not None and wished[0] is Intent.SWITCH_CARD and bool(wished[1].get("card_number"))


def _is_past_its_life(record: ButtonRecord, scene: Scene) -> bool:
    if record.good_until is not None and record.action == WISH:
        return scene.event.at >= record.good_until
    life = timedelta(minutes=scene.policy.conversation.button_minutes)
    return scene.event.at - record.made_at >= life
