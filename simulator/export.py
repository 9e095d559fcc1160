"""A conversation as a test case: who did what in which order, and what was answered. Values in, text out.

As YAML it is a list of one case in a form that reads like a script: `said` or `tapped` (the button's label), then
what the account `tells` and which `buttons` it offers. As JSON it holds everything, also the whole messages.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from simulator.clock import LINES_DAY
from simulator.state import BOT, Act, Chat, Entry, Person

Step = dict[str, Any]

_IN_CASES = frozenset({"said", "tapped"})


def steps_of(chat: Chat, people: Mapping[str, Person]) -> list[Step]:
    """What was done in the chat, in order, each with the messages that the account said to it."""
    steps = [
        {"who": people[act.user_id].name, "at": _when(act.at), **_done(act, chat), "heard": heard}
        for act, heard in _with_answers(chat)
    ]
    first = chat.acts[0].before if chat.acts else len(chat.entries)
    greeting = [entry.message for entry in chat.entries[:first] if entry.sender == BOT]
    return [{"who": "", "at": "", "heard": greeting}, *steps] if greeting else steps


def as_json(chat: Chat, people: Mapping[str, Person], name: str) -> str:
    """The whole conversation."""
    case = {"it": name, "talk": steps_of(chat, people)}
    return json.dumps([case], ensure_ascii=False, indent=1) + "\n"


def as_yaml(chat: Chat, people: Mapping[str, Person], name: str) -> str:
    """The conversation as a case for a table of tests."""
    steps = steps_of(chat, people)
    begin = next((step["at"] for step in steps if step["at"]), "")
    lines = [
        "# A conversation from the simulator. Add the record that it begins with, and leave of `tells` what matters.",
        f"- it: {_scalar(name)}",
        *([f"  at: {begin}"] if begin else []),
        "  talk:",
    ]
    for step in steps:
        lines += _step_lines(step, with_who=chat.is_group)
    return "\n".join(lines) + "\n"


def _with_answers(chat: Chat) -> Iterator[tuple[Act, list[dict[str, Any]]]]:
    ends = [*(act.before for act in chat.acts[1:]), len(chat.entries)]
    for act, end in zip(chat.acts, ends, strict=False):  # Nothing was done: there is an end and no act.
        yield act, [entry.message for entry in chat.entries[act.before : end] if entry.sender == BOT]


def _done(act: Act, chat: Chat) -> Step:
    if act.kind == "tapped":
        return {"tapped": _label(act, chat.entries[: act.before]), "action": act.value}
    if act.kind in {"said", "sent"}:
        return {act.kind: act.value}
    return {"did": act.kind}


def _label(act: Act, before: Sequence[Entry]) -> str:
    """The label of the tapped button; `label@2`, on the card numbered 2, where the answer has it more than once."""
    label = str(act.value.get("label") or act.value.get("displayText") or act.value.get("data", ""))
    cards = [card for entry in _last_answer(before) for card in _cards(entry.message)]
    same = [(number, a) for number, card in cards for a in _actions(card) if a.get("label") == label]
    numbers = [number for number, action in same if action == act.value]
    return f"{label}@{numbers[0]}" if len(same) > 1 and numbers else label


def _last_answer(entries: Sequence[Entry]) -> list[Entry]:
    """The messages of the account that were the last to come."""
    answer: list[Entry] = []
    for entry in reversed(entries):
        if entry.sender == BOT:
            answer.insert(0, entry)
        elif answer:
            break
    return answer


def _cards(message: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The cards of a message, each with the number at its head, else its place among them."""
    contents = message.get("contents") or message.get("template") or message
    cards = contents.get("contents") if contents.get("type") == "carousel" else None
    for place, card in enumerate(cards or contents.get("columns") or [contents], 1):
        head = next(_words(card), "")
        yield (head if head.isdigit() else str(place)), card


def _step_lines(step: Step, *, with_who: bool) -> list[str]:
    kind = next((kind for kind in _IN_CASES if kind in step), "")
    heard = step["heard"]
    tells = list(dict.fromkeys(line for message in heard for line in _words(message)))
    buttons = [str(a.get("label", "")) for a in _actions(heard) if a.get("type") == "postback"]
    if not kind:
        did = step.get("did") or (step["sent"]["type"] if "sent" in step else "the account begins")
        return [f"  # {did}" + (f": {json.dumps(tells, ensure_ascii=False)}" if tells else "")]
    lines = [f"  - {kind}: {_scalar(step[kind])}"]
    if with_who:
        lines.append(f"    who: {_scalar(step['who'])}")
    if tells:
        lines.append("    tells:")
        lines += [f"    - {_scalar(line)}" for line in tells]
    if heard:
        lines.append(f"    buttons: [{', '.join(_scalar(label) for label in buttons)}]")
    return lines


def _actions(messages: Any) -> Iterator[dict[str, Any]]:
    """Every action of the messages, in order, but for quick replies, which are gone with the next message."""
    if isinstance(messages, list):
        for part in messages:
            yield from _actions(part)
    elif isinstance(messages, dict):
        for name, part in messages.items():
            if name in {"action", "defaultAction"} and isinstance(part, dict):
                yield part
            elif name == "actions":
                yield from part
            elif name != "quickReply":
                yield from _actions(part)


def _words(part: Any) -> Iterator[str]:
    """The lines of all texts of a message, without those of its buttons."""
    if isinstance(part, list):
        for item in part:
            yield from _words(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in {"text", "title"} and isinstance(value, str):
                yield from filter(None, (line.strip() for line in value.splitlines()))
            elif name not in {"quickReply", "action", "actions", "defaultAction"}:
                yield from _words(value)


def _scalar(text: str) -> str:
    """A string that YAML reads as itself."""
    quoted = json.dumps(str(text), ensure_ascii=False)
    return (
        quoted.replace("\x85", "\\N")
        .replace("\u2028", "\\L")
        .replace("\u2029", "\\P")
        .replace("\x7f", "\\x7f")
    )


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, LINES_DAY).isoformat(timespec="seconds")
