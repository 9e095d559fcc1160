"""The two halves of a turn: `begin` decides, the rim performs the effects, `finish` words what happened.

Both are pure. Ids are handed in, so that nobody can guess them in production and tests can.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import UTC, date
from typing import Protocol

from bot.dialogue.appearance import tapped as style_tapped
from bot.dialogue.appearance import wording_of
from bot.dialogue.arrivals import arrived, introduced_to_group
from bot.dialogue.buttons import Bound, Verdict, bind, judge, wish_of
from bot.dialogue.dead_buttons import dead_button
from bot.dialogue.effects import Broken, KeepSetting, Result, SwitchOutcome, UnlinkOutcome
from bot.dialogue.events import Chat, Event, EventKind
from bot.dialogue.flows import flow_named
from bot.dialogue.flows.switch_card import then_of
from bot.dialogue.memory import asked, emptied, is_left_alone, said, without_flow
from bot.dialogue.menu_taps import menu_wish
from bot.dialogue.routing import Forgotten, Router
from bot.dialogue.scene import Scene
from bot.dialogue.state import State
from bot.dialogue.steps import Asked, Said, merged
from bot.dialogue.taps import RESUME, STYLE
from bot.dialogue.trouble import trouble
from bot.dialogue.turn import Decided, Finished
from bot.dialogue.view import View
from bot.intents import Expected, Reading
from bot.library import LibraryError
from bot.messages.look import look_of, read_out
from bot.messages.reading_marks import Readings, with_readings


class Reader(Protocol):
    """What reads words: `bot.intents.Parser`."""

    def parse(self, text: str, *, today: date, expects: Set[Expected] = frozenset()) -> Reading:
        """What a message means; `expects` is what the question that waits can be answered with."""
        ...


class Engine:
    """The dialogue. Holds nothing of any patron; safe to share between threads."""

    def __init__(self, parser: Reader, new_id: Callable[[], str], readings: Readings | None = None) -> None:
        """`new_id` gives ids for buttons and questions, at most 300 ASCII characters each.

        `readings` knows how words are read, for those who ask for it; None: nothing is added.
        """
        self._readings = readings
        self._parser = parser
        self._new_id = new_id

    def begin(self, event: Event, view: View, state: State) -> Decided:
        """Decide what the event comes to. Raises nothing for anything a patron or LINE can send."""
        if event.chat is Chat.GROUP:
            return self._in_group(event, view, state)
        state, forgotten = _remembered(event, view, state)
        scene = Scene(event, view, state, wording_of(view, state.last_key))
        try:
            decided = self._decide(scene, forgotten)
        except LibraryError as error:
            decided = said(trouble(scene, error), state)
        return replace(decided, state=_touched(decided.state, view))

    def finish(self, event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Finished:
        """Word what happened: `results` are what became of `decided.effects`, in their order."""
        decided = self.word(event, view, decided, results)
        replies, look = decided.replies, look_of(view.settings)
        if self._readings is not None and look.has_readings:
            replies = with_readings(replies, self._readings)
        bound = bind(
            replies,
            view=view,
            line_user_id=event.line_user_id,
            state=decided.state,
            new_id=self._new_id,
            hint=read_out(wording_of(view).text("style.plain.hint"), look, self._readings),
        )
        has_changed = any(_changed(result) for result in results)
        return Finished(
            messages=bound.messages,
            buttons=bound.buttons,
            state=_with_typed(decided.state, bound),
            reports_change=has_changed,
            # A button whose change came to nothing is not called done when it is tapped again.
            used_button=decided.used_button if has_changed else "",
        )

    def word(self, event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Decided:
        """The turn with what its flow says about the results; unchanged where all is said already."""
        is_worded = all(isinstance(effect, KeepSetting) for effect in decided.effects)
        return decided if is_worded else self._told(event, view, decided, results)

    def _in_group(self, event: Event, view: View, state: State) -> Decided:
        if event.kind not in {EventKind.JOIN, EventKind.TEXT}:
            return Decided((), state)
        decided = introduced_to_group(Scene(event, view, state, wording_of(view)))
        return replace(decided, state=_touched(decided.state, view))

    def _decide(self, scene: Scene, forgotten: Forgotten | None) -> Decided:
        router = Router(scene, self._new_id, forgotten)
        if scene.event.kind is EventKind.TEXT:
            expects = router.waiting.step(scene.state.step).expects if router.waiting else frozenset()
            return router.words(self._parser.parse(scene.event.text, today=scene.today, expects=expects))
        if scene.event.kind is EventKind.TAP:
            return _tapped(scene, router)
        return arrived(scene)

    def _told(self, event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Decided:
        state = decided.state
        flow = flow_named(state.flow)
        scene = Scene(event, view, state, wording_of(view, state.last_key))
        if flow is None:
            return decided
        try:
            outcome: Asked | Said = flow.told(scene, state.data, results)
        except LibraryError:
            # The changes were made or not: what can't be read any more is not guessed at.
            outcome = Said((scene.say.say("trouble.maybe"),))
        if isinstance(outcome, Asked):
            state = asked(replace(state, data=merged(state.data, outcome.data)), scene, self._new_id)
        else:
            state = without_flow(state)
        if outcome.shown is not None:
            state = replace(state, shown=dict(outcome.shown))
        if any(isinstance(result, UnlinkOutcome | SwitchOutcome) and result.done for result in results):
            # Lists of the card that was in use before mean nothing any more.
            state = emptied(state)
            then = then_of(decided.state.data)
            if then is not None:
                return _gone_on(outcome, Router(replace(scene, state=state), self._new_id).begin(*then))
        return said(outcome.replies, state, decided.used_button)


def _tapped(scene: Scene, router: Router) -> Decided:
    from_menu = menu_wish(scene.event.button_id)
    if from_menu is not None:
        return router.begin(*from_menu)
    verdict, record = judge(scene), scene.view.button
    if verdict is not Verdict.GOOD or record is None:
        return dead_button(scene, verdict)
    if record.action == RESUME:
        return router.resume()
    if record.action == STYLE:
        return router.change_style(style_tapped(record.args))
    wished = wish_of(record)
    if wished is not None:
        return router.begin(*wished)
    return router.answer(record.args, record.button_id) or dead_button(scene, Verdict.REPLACED)


def _gone_on(outcome: Asked | Said, decided: Decided) -> Decided:
    """With the right card in use, what was wished for goes on."""
    return replace(decided, replies=(*outcome.replies, *decided.replies))


def _remembered(event: Event, view: View, state: State) -> tuple[State, Forgotten | None]:
    """The state as it still holds, and what was forgotten of it, if a question was open."""
    flow = flow_named(state.flow) if state.question_id else None
    if is_left_alone(event, view, state):
        return emptied(state), Forgotten(flow, "confirm.forgotten") if flow else None
    if flow is None:
        return (without_flow(state) if state.flow else state), None
    card = view.card_in_use()
    if state.card_number != (card.card_number if card else ""):
        # The card was changed or unlinked meanwhile: a question about the other one is void.
        return emptied(state), Forgotten(flow, "stale.other_card_flow")
    return state, None


def _touched(state: State, view: View) -> State:
    return replace(state, touched_at=view.now.astimezone(UTC).isoformat())


def _with_typed(state: State, bound: Bound) -> State:
    """The state with what may be typed instead of tapped."""
    if not bound.messages:
        return state
    # Numbers of an earlier answer mean nothing any more once new ones stand below it; words still mean their question.
    labels = bound.labels or state.labels
    return replace(state, numbers=bound.numbers, labels=labels, wish_labels=bound.wish_labels)


def _changed(result: Result) -> bool:
    """Whether it must not get lost: something was done, or may have been."""
    return result.maybe_done if isinstance(result, Broken) else result.done
