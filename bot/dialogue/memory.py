"""How the state goes on: what is remembered after a question, an answer, an end, and what is forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.dialogue.effects import AddToCart, AddWatch, ChangeNotices, RemoveFromCart, StopWatches, SwitchCard
from bot.dialogue.events import Event
from bot.dialogue.scene import Scene
from bot.dialogue.state import State
from bot.dialogue.steps import Asked, Data, Doing, Flow, Move
from bot.dialogue.turn import Decided
from bot.dialogue.view import View
from bot.messages.replies import Reply, Text

NewId = Callable[[], str]
"""Gives an id that nobody can guess."""

FREE_EFFECTS = (SwitchCard, AddToCart, RemoveFromCart, ChangeNotices, AddWatch, StopWatches)
"""What may be done without a confirmation: it changes nothing at the library and is undone by one tap."""


class UnconfirmedChange(Exception):
    """A flow wanted to change something without having asked: a mistake in that flow."""


def is_left_alone(event: Event, view: View, state: State) -> bool:
    """Whether the patron was silent for so long that the conversation is forgotten."""
    touched = state.touched()
    limit = timedelta(minutes=view.policy.conversation.forgotten_after_minutes)
    return touched is not None and event.at - touched >= limit


def without_flow(state: State) -> State:
    """The state with nothing open; the list shown last still stands in the chat."""
    state = replace(state, flow="", step="", data={}, question_id="", asked_at="", card_number="")
    return replace(state, labels={}, wish_labels={}, reminded_of="")


def emptied(state: State) -> State:
    """Everything forgotten but how things were said."""
    return State(misses=state.misses, last_key=state.last_key)


def is_in_time(scene: Scene) -> bool:
    """Whether the event can be an answer to the question that waits: neither older than it, nor much younger,
    nor kept waiting by an outage.
    """
    if not scene.state.asked_at or scene.is_old:
        return False
    asked_at = datetime.fromisoformat(scene.state.asked_at)
    longest = timedelta(minutes=scene.policy.conversation.button_minutes)
    return asked_at <= scene.event.at < asked_at + longest


def moved(
    scene: Scene, flow: Flow, move: Move, new_id: NewId, *, confirmed: bool, used_button: str = ""
) -> Decided:
    """What a move of a flow comes to. `used_button` is used up only by what is done now.

    Raises UnconfirmedChange where `confirmed` is False and it changes something.
    """
    outcome, state = move.outcome, replace(scene.state, misses=0)
    if isinstance(outcome, Doing):
        if not confirmed and not all(isinstance(effect, FREE_EFFECTS) for effect in outcome.effects):
            raise UnconfirmedChange(flow.name)
        state = replace(standing(state, scene, flow, move.step, move.data), question_id="", asked_at="")
        return Decided((), state, outcome.effects, used_button)
    if isinstance(outcome, Asked):
        state = asked(standing(state, scene, flow, move.step, move.data), scene, new_id)
    else:
        state = without_flow(state)
    return said(outcome.replies, _showing(state, outcome.shown))


def standing(state: State, scene: Scene, flow: Flow, step: str, data: Data) -> State:
    """The state within a flow."""
    return replace(state, flow=flow.name, step=step, data=dict(data), card_number=scene.card_number)


def asked(state: State, scene: Scene, new_id: NewId) -> State:
    """The state with a new question; an earlier one is replaced by it."""
    now = scene.view.now
    # LINE's timestamps are whole milliseconds: an answer given in the same one is not older.
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return replace(state, question_id=new_id(), asked_at=now.astimezone(UTC).isoformat(), labels={})


def said(replies: tuple[Reply, ...], state: State, used_button: str = "") -> Decided:
    """A turn that only says something; the first sentence is remembered, so that it is not said again at once."""
    first = next((reply for reply in replies if isinstance(reply, Text)), replies[0] if replies else None)
    if isinstance(first, Text):
        state = replace(state, last_key=f"{first.key}#{first.variant}")
    elif first is not None:
        state = replace(state, last_key=first.key)
    return Decided(replies, state, (), used_button)


def _showing(state: State, shown: Data | None) -> State:
    return state if shown is None else replace(state, shown=dict(shown))
