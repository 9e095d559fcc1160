"""A flow is a table of steps; this walks it. A step whose slot is filled is passed over.

What a step's functions return says what happens: `Asked` waits for an answer, `Filled` goes on, `Said` is the
end of the flow, `Doing` wants changes made. Every flow is walked the same way; none keeps anything of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from bot.dialogue.effects import Effect, Result
from bot.dialogue.scene import Answer, Scene
from bot.intents import Expected
from bot.messages.replies import Json, Reply

Data: TypeAlias = Mapping[str, Json]
"""What a flow has gathered, by slot."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question was put."""

    replies: tuple[Reply, ...]
    data: Data = field(default_factory=dict)
    """To be remembered beside what is known already; a slot set to None is forgotten."""
    shown: Data | None = None
    """The list that was shown with it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Something is known now; on to the next step."""

    data: Data


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that leaves nothing open: a flow is over with it."""

    replies: tuple[Reply, ...]
    shown: Data | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """The patron confirmed: these changes are to be made."""

    effects: tuple[Effect, ...]


Outcome: TypeAlias = Asked | Filled | Said | Doing


YES_NO: Final = frozenset({Expected.YES_NO})
TITLE: Final = frozenset({Expected.TITLE})
PICKED: Final = frozenset({Expected.NUMBER, Expected.TITLE})
"""An entry of a list, by number or by name."""
PLACE: Final = frozenset({Expected.BRANCH})
WAY: Final = frozenset({Expected.CONTACT})
"""How to be told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow."""

    name: str
    fills: str
    """The slot it fills."""
    ask: Callable[[Scene, Data], Outcome]
    accept: Callable[[Scene, Data, Answer], Outcome | None] | None
    """None where there is nothing to ask; it returns None for words that are no answer to it."""
    next: str
    """Name of the step that follows; empty: none."""
    says: str
    """What it is for, in the chart."""
    expects: frozenset[Expected] = frozenset()
    """What its question can be answered with, for the parser to weigh."""
    takes_any_words: bool = False
    """Its answer is a text of the patron's own: only a short word stops it, not one that stands within."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow."""

    name: str
    steps: tuple[Step, ...]
    start: Callable[[Scene], Data]
    """What the message or button that began it says already."""
    told: Callable[[Scene, Data, Sequence[Result]], Asked | Said]
    """Words what became of the changes."""
    needs_card: bool = True

    def step(self, name: str) -> Step:
        """The step of this name; the first for an unknown one."""
        return next((step for step in self.steps if step.name == name), self.steps[0])


@dataclass(frozen=True, slots=True)
class Move:
    """Where a flow stands after a turn."""

    step: str
    data: Data
    outcome: Asked | Said | Doing


def begin_flow(flow: Flow, scene: Scene) -> Move:
    """Walk from the first step to the first question."""
    return _walk(flow, scene, flow.steps[0].name, dict(flow.start(scene)))


def answer_step(flow: Flow, scene: Scene, answer: Answer) -> Move | None:
    """Hand the answer to the step that waits for it; None where it is no answer to it."""
    step, data = flow.step(scene.state.step), dict(scene.state.data)
    outcome = step.accept(scene, data, answer) if step.accept else None
    if outcome is None:
        return None
    if isinstance(outcome, Filled):
        return _walk(flow, scene, flow.steps[0].name, merged(data, outcome.data))
    return _moved(step, data, outcome)


def ask_again(flow: Flow, scene: Scene) -> Move:
    """Put the question that waits once more."""
    return _walk(flow, scene, scene.state.step, dict(scene.state.data))


def _walk(flow: Flow, scene: Scene, name: str, data: dict[str, Json]) -> Move:
    step = flow.step(name)
    while step.fills in data and step.next:
        step = flow.step(step.next)
    outcome = step.ask(scene, data)
    if not isinstance(outcome, Filled):
        return _moved(step, data, outcome)
    return _walk(flow, scene, step.next or step.name, merged(data, outcome.data))


def _moved(step: Step, data: dict[str, Json], outcome: Asked | Said | Doing) -> Move:
    gathered = merged(data, outcome.data) if isinstance(outcome, Asked) else data
    return Move(step.name, gathered, outcome)


def merged(data: Data, more: Data) -> dict[str, Json]:
    """What is known with what is added; a slot set to None is forgotten."""
    return {key: value for key, value in {**data, **more}.items() if value is not None}
