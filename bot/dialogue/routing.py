"""Where a wish or an answer goes: to the step that waits, to a flow, to an answer, to the list shown last.

While a question waits, its step looks first; `abort` always works; something else is answered in between and the
question stays open, unless it begins another flow, which replaces it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.appearance import Change, changed, said_outright
from bot.dialogue.confirming import CONFIRM
from bot.dialogue.family import Instead, for_the_family
from bot.dialogue.flows import ANSWERS, LISTS, begun_by, flow_named, intent_of, needs_card
from bot.dialogue.flows.link_card import offer_to_link
from bot.dialogue.memory import NewId, is_in_time, moved, said, without_flow
from bot.dialogue.misses import SURE, a_person, is_understood, not_sure, not_understood
from bot.dialogue.particular import particular_wish
from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import Asked, Flow, Move, answer_step, ask_again, begin_flow
from bot.dialogue.taps import resume, wish
from bot.dialogue.turn import Decided
from bot.dialogue.words import wants_to_resume
from bot.intents import Intent, Reading
from bot.intents.model import CHANGING
from bot.messages.replies import Card, Json, Reply, Style

_STOP_WORD = 12
"""Characters of the longest word that stops a text being written."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A question that is not open any more."""

    flow: Flow
    why: str
    """Key of the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Router:
    """Routes one turn of a private chat."""

    scene: Scene
    new_id: NewId
    forgotten: Forgotten | None = None
    """What was open before this turn and is not any more."""

    @property
    def waiting(self) -> Flow | None:
        """The flow whose question waits."""
        return flow_named(self.scene.state.flow) if self.scene.state.question_id else None

    def words(self, reading: Reading) -> Decided:
        """Words of the patron."""
        flow = self.waiting
        if flow is None or not flow.step(self.scene.state.step).takes_any_words:
            changes = said_outright(self.scene)
            if changes:
                return self.change_style(changes)
            particular = particular_wish(self.scene, reading)
            if particular is not None:
                return self.begin(*particular)
        decided = self._within(flow, reading) if flow else None
        if decided is not None:
            return decided
        if self.forgotten is not None and _is_an_answer(reading, self.scene.event.text):
            return self._was_forgotten(self.forgotten)
        if wants_to_resume(self.scene.event.text) and reading.intent is not Intent.MORE:
            return self.resume()
        return self._afresh(reading)

    def answer(self, chosen: Mapping[str, Any], button_id: str) -> Decided | None:
        """A button of the question that waits; None where nothing waits."""
        flow = self.waiting
        if flow is None:
            return None
        given = Answer(chosen=chosen, in_time=is_in_time(self.scene))
        move = answer_step(flow, self.scene, given)
        if move is None:
            return self._ask_again(flow, self._unclear(flow))
        return self._moved(flow, move, confirmed=given.in_time, used_button=button_id)

    def resume(self) -> Decided:
        """「続ける」: the question that waits, once more."""
        flow = self.waiting
        if flow is not None:
            return self._ask_again(flow, "confirm.resumed")
        if self.forgotten is not None:
            return self._was_forgotten(self.forgotten)
        return said((self.scene.say.say("confirm.nothing_open"),), self.scene.state)

    def change_style(self, changes: tuple[Change, ...]) -> Decided:
        """Show and say things otherwise from now on; what waits, waits on."""
        replies, effects = changed(self.scene, changes)
        return replace(self._answered(self.scene, replies), effects=effects)

    def begin(self, intent: Intent, slots: Mapping[str, Any]) -> Decided:
        """A wish, by words or by a button."""
        scene = replace(self.scene, slots=slots, state=replace(self.scene.state, misses=0))
        begun, card_needed = begun_by(intent, slots), needs_card(intent, slots)
        if card_needed and not scene.card_number:
            kept: dict[str, Json] = {"intent": intent.value, "slots": dict(slots)}
            scene = replace(scene, state=replace(scene.state, wish=kept))
            return self._answered(scene, offer_to_link(scene).replies)
        instead = for_the_family(scene, intent, needs_card=card_needed)
        if isinstance(instead, Instead):
            return self.begin(instead.intent, instead.slots)
        if instead is not None:
            return self._answered(scene, instead.replies, instead.shown)
        if isinstance(begun, Flow):
            return moved(scene, begun, begin_flow(begun, scene), self.new_id, confirmed=False)
        answered = begun(scene)
        return self._answered(scene, answered.replies, answered.shown)

    def _is_a_text(self, flow: Flow) -> bool:
        """Whether the words are a text that the step asked for, whatever else they may sound like."""
        takes_any = flow.step(self.scene.state.step).takes_any_words
        return takes_any and len(self.scene.event.text) > _STOP_WORD

    def _within(self, flow: Flow, reading: Reading) -> Decided | None:
        """Words while a question waits; None where they are about something else."""
        understood = is_understood(reading)
        if understood and reading.intent is Intent.ABORT and not self._is_a_text(flow):
            return said((self.scene.say.say("confirm.stopped"),), without_flow(self.scene.state))
        if wants_to_resume(self.scene.event.text):
            return self._ask_again(flow, "confirm.resumed")
        given = Answer(text=self.scene.event.text, reading=reading, in_time=is_in_time(self.scene))
        move = answer_step(flow, self.scene, given)
        if move is not None:
            return self._moved(flow, move, confirmed=given.in_time)
        if understood and reading.intent is Intent.DENY:
            return said((self.scene.say.say("confirm.stopped"),), without_flow(self.scene.state))
        if not understood:
            return self._missed_within(flow, reading)
        if reading.intent is Intent.AFFIRM:
            return self._ask_again(flow, self._unclear(flow))
        return None

    def _afresh(self, reading: Reading) -> Decided:
        if not is_understood(reading):
            return not_understood(self.scene, reading)
        if reading.intent in CHANGING and reading.confidence < SURE:
            return not_sure(self.scene, reading)
        if reading.intent is Intent.CHOOSE:
            return self._chosen(reading)
        if reading.intent is Intent.MORE:
            return self._next_page()
        return self.begin(reading.intent, reading.slots)

    def _chosen(self, reading: Reading) -> Decided:
        """A bare number: an entry of the list shown last. Words that pick nothing (0番) begin nothing."""
        shown = LISTS.get(str(self.scene.state.shown.get("kind", "")))
        if shown is not None and not reading.slots:
            return self._answered(self.scene, (self.scene.say.say("lists.pick"),))
        if shown is not None:
            return self.begin(shown, reading.slots)
        replies: list[Reply] = [self.scene.say.say("lists.nothing_shown")]
        intents = [Intent.LIST_LOANS, Intent.LIST_RESERVATIONS]
        buttons = tuple(wish(self.scene, intent) for intent in intents if intent in ANSWERS)
        replies.append(
            self.scene.say.cards("lists.see", Card(self.scene.say.text("lists.see.title"), (), buttons))
        )
        return self._answered(self.scene, tuple(replies))

    def _next_page(self) -> Decided:
        shown = self.scene.state.shown
        intent, offset, slots = LISTS.get(str(shown.get("kind", ""))), shown.get("next"), shown.get("slots")
        if intent is None or not offset or not isinstance(slots, dict):
            return self._answered(self.scene, (self.scene.say.say("lists.no_more"),))
        return self.begin(intent, {**slots, "offset": offset})

    def _answered(
        self, scene: Scene, replies: tuple[Reply, ...], shown: Mapping[str, Any] | None = None
    ) -> Decided:
        """Something answered at once; what waits, waits on."""
        state = replace(scene.state, misses=0)
        if shown is not None:
            state = replace(state, shown=dict(shown))
        if self.waiting is None:
            return said(replies, state)
        return said(_with_way_back(scene, replies), replace(state, reminded_of=state.question_id))

    def _ask_again(self, flow: Flow, lead: str) -> Decided:
        move = ask_again(flow, self.scene)
        return self._moved(flow, _led(self.scene, move, lead), confirmed=False)

    def _unclear(self, flow: Flow) -> str:
        """What is said to a yes that is no answer: a confirmation takes yes or no, another step a choice."""
        return "confirm.unclear" if flow.step(self.scene.state.step).name == CONFIRM else "lists.pick"

    def _missed_within(self, flow: Flow, reading: Reading) -> Decided:
        misses = self.scene.state.misses + 1
        decided = self._ask_again(flow, "miss.in_flow")
        replies = (*decided.replies, *a_person(self.scene, misses))
        state = replace(decided.state, misses=misses)
        return replace(decided, replies=replies, state=state, missed=reading)

    def _was_forgotten(self, forgotten: Forgotten) -> Decided:
        """An answer to a question that nobody remembers: say so, and offer to begin again."""
        again = self.scene.say.cards(
            "stale.again",
            Card(
                self.scene.say.text("stale.again.title"),
                buttons=(wish(self.scene, intent_of(forgotten.flow), style=Style.PRIMARY),),
            ),
        )
        return said((self.scene.say.say(forgotten.why), again), replace(self.scene.state, misses=0))

    def _moved(self, flow: Flow, move: Move, *, confirmed: bool, used_button: str = "") -> Decided:
        return moved(self.scene, flow, move, self.new_id, confirmed=confirmed, used_button=used_button)


def _with_way_back(scene: Scene, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """The replies with the way back to the question that waits: in words once, then only as a button."""
    back = (resume(scene),)
    if scene.state.reminded_of != scene.state.question_id or not replies:
        return (*replies, scene.say.say("side.can_go_on", quick=back))
    return (*replies[:-1], replace(replies[-1], quick=(*replies[-1].quick, *back)))


def _led(scene: Scene, move: Move, lead: str) -> Move:
    """The move with a sentence before it that says why."""
    if not isinstance(move.outcome, Asked):
        return move
    asked = replace(move.outcome, replies=(scene.say.say(lead), *move.outcome.replies))
    return replace(move, outcome=asked)


def _is_an_answer(reading: Reading, text: str) -> bool:
    """Whether the words only make sense as an answer to something."""
    answers = {Intent.AFFIRM, Intent.DENY, Intent.CHOOSE, Intent.MORE}
    return wants_to_resume(text) or (is_understood(reading) and reading.intent in answers)
