"""Confirmations, the same in every flow: only a clear yes to this very question, given in its time, is one."""

from collections.abc import Callable
from typing import Final

from bot.dialogue.scene import Answer, Scene
from bot.dialogue.steps import YES_NO, Asked, Data, Doing, Outcome, Said, Step
from bot.dialogue.words import Yes, repeats_with_yes, yes_or_no
from bot.intents import Expected, Intent

CONFIRM: Final = "confirm"
"""Name of the step, in every flow that changes something."""

Ask = Callable[[Scene, Data], Outcome]
Change = Callable[[Scene, Data, Answer], Outcome | None]


def confirmation(
    ask: Ask,
    do: Callable[[Scene, Data], Doing],
    stopped: Callable[[Scene], Said],
    says: str,
    *,
    verb: Intent | None = None,
    change: Change | None = None,
    expects: frozenset[Expected] = frozenset(),
) -> Step:
    """The last step of a flow that changes something.

    `verb` is the flow's own wish, which may be said once more (はい、延長してください). `change` reads an answer
    that is neither yes nor no but asks for something else (こころだけ, another pickup branch), and `expects` is
    what such an answer holds.
    """

    def accept(scene: Scene, data: Data, answer: Answer) -> Outcome | None:
        changed = change(scene, data, answer) if change else None
        if changed is not None:
            return changed
        said = _repeated(answer) if verb and answer.intent is verb else yes_or_no(answer)
        if said is Yes.NO:
            return stopped(scene)
        if said is Yes.UNCLEAR:
            return asked_again(scene, ask(scene, data), "confirm.unclear")
        if said is Yes.YES and not answer.in_time:
            return asked_again(scene, ask(scene, data), "confirm.too_old")
        return do(scene, data) if said is Yes.YES else None

    return Step(CONFIRM, "confirmed", ask, accept, "", says, YES_NO | expects)


def _repeated(answer: Answer) -> Yes:
    """The wish itself once more: a yes only with one before it; with works named, it is another wish."""
    if answer.reading and answer.reading.slots:
        return Yes.OTHER
    return Yes.YES if repeats_with_yes(answer.text) else Yes.UNCLEAR


def asked_again(scene: Scene, outcome: Outcome, lead: str) -> Outcome:
    """The same question once more, with a sentence before it that says why."""
    if not isinstance(outcome, Asked):
        return outcome
    return Asked((scene.say.say(lead), *outcome.replies), outcome.data, outcome.shown)


def stopped(scene: Scene) -> Said:
    """The patron said no: nothing was done."""
    return Said((scene.say.say("confirm.stopped"),))
