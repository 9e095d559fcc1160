"""A flow that would change something without having asked is stopped, whatever its table says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.dialogue.effects import CancelReservation, Effect, SwitchCard
from bot.dialogue.events import Event, EventKind
from bot.dialogue.memory import UnconfirmedChange, moved
from bot.dialogue.scene import Scene
from bot.dialogue.state import State
from bot.dialogue.steps import Doing, Flow, Said, Step, begin_flow
from bot.dialogue.view import View
from bot.messages.wording import Wording
from bot.policies import load_policy

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def _hasty(effect: Effect) -> Flow:
    """A flow that does it at once."""

    def told(_scene: Scene, _data: Any, _results: Sequence[Any]) -> Said:
        return Said(())

    step = Step("do", "done", lambda _scene, _data: Doing((effect,)), None, "", "does it at once")
    return Flow("hasty", (step,), lambda _scene: {}, told)


def _scene() -> Scene:
    policy = load_policy("mito")
    view = View(None, policy, NOW, date(2026, 11, 24))  # type: ignore[arg-type]  # The record is not read.
    return Scene(Event(EventKind.TEXT, NOW, "U1"), view, State(), Wording(policy))


def test_a_change_without_a_confirmation_is_stopped() -> None:
    flow, scene = _hasty(CancelReservation("1", "r1")), _scene()
    with pytest.raises(UnconfirmedChange):
        moved(scene, flow, begin_flow(flow, scene), lambda: "id", confirmed=False)


def test_using_another_card_needs_none() -> None:
    flow, scene = _hasty(SwitchCard("2")), _scene()
    decided = moved(scene, flow, begin_flow(flow, scene), lambda: "id", confirmed=False)
    assert decided.effects == (SwitchCard("2"),)
    assert decided.state.question_id == ""
