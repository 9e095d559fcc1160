"""The chart of all flows and answers, drawn from their tables: `python -m bot.dialogue.chart > docs/flows.md`.

A test sees that the page in `docs/` is what this writes.
"""

import sys
from collections.abc import Iterator

from bot.dialogue.flows import ANSWERS, FLOWS, NEEDS_CARD, PARTICULAR
from bot.dialogue.steps import Flow
from bot.intents import Intent

_HEAD = """\
# The flows

Written by `python -m bot.dialogue.chart` from the tables in `bot/dialogue/flows/`; change those, not this page.

Everywhere: `abort` (やめる) ends a flow; 「続ける」 puts the open question once more; what else is asked in between
is answered and the question stays open, unless it begins another flow. A step whose slot is filled already is passed
over. Nothing is changed but after the step `confirm`. Left alone for the policy's minutes, a flow is forgotten.
"""


def chart() -> str:
    """The page, as Markdown."""
    return "\n".join([_HEAD, *_flows(), *_answers()])


def _flows() -> Iterator[str]:
    begun: list[tuple[str, Flow]] = [(f"`{intent.value}`", flow) for intent, flow in FLOWS.items()]
    for do, (intent, known) in PARTICULAR.items():
        begun += [(f"`{do}` within `{intent.value}`", known)] if isinstance(known, Flow) else []
    for wish, flow in begun:
        yield f"## {flow.name}\n"
        card = "a linked card is needed" if flow.needs_card else "no card is needed"
        yield f"Begins with {wish}; {card}.\n"
        yield from _drawn(flow)
        yield "| step | fills | asks | then |"
        yield "| --- | --- | --- | --- |"
        for step in flow.steps:
            asks = step.says if step.accept else f"{step.says} (nothing is asked)"
            yield f"| `{step.name}` | `{step.fills}` | {asks} | {f'`{step.next}`' if step.next else 'the end'} |"
        yield ""


def _drawn(flow: Flow) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart LR"
    for step in flow.steps:
        yield f'  {step.name}["{step.name}"] --> {step.next or "done((end))"}'
    yield "```\n"


def _answers() -> Iterator[str]:
    yield "## Answered at once\n"
    yield "| intent | needs a card | answered by |"
    yield "| --- | --- | --- |"
    for intent in Intent:
        if (answer := ANSWERS.get(intent)) is not None:
            where = answer.__module__.rpartition(".")[2]
            yield f"| `{intent.value}` | {'yes' if intent in NEEDS_CARD else 'no'} | `{where}.{answer.__name__}` |"
    for do, (intent, known) in PARTICULAR.items():
        if not isinstance(known, Flow):
            where = known.__module__.rpartition(".")[2]
            yield f"| `{do}` within `{intent.value}` | yes | `{where}.{known.__name__}` |"
    yield "| `choose` | | the list shown last |"
    yield "| `more` | | the list shown last |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(chart())
