"""What `madoguchi parse` does with its lines; reading and writing them is left to the command line.

One message a line in, newlines inside it written as `\\n` and a backslash as `\\\\`; one JSON object a
line out, in order.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bot.intents.model import Intent, Reading
from bot.intents.parser import Parser

_SHOWN = 3
"""Intents that an explanation names."""
_ESCAPE = re.compile(r"\\([n\\])")


def parse_lines(parser: Parser, lines: Iterable[str], today: date) -> Iterator[str]:
    """Yield `{"intent", "slots", "confidence"}` as JSON for each line, without a newline at its end."""
    for reading in _readings(parser, lines, today):
        yield json.dumps(_answer(reading), ensure_ascii=False)


def explain_lines(parser: Parser, lines: Iterable[str], today: date) -> Iterator[str]:
    """As `parse_lines`, with how the reading came about.

    `runner_up` and `matched` as in a `Reading`; `patterns` is what the patterns said, and how surely by their own
    scale; `classifier` and `weighed` are the likeliest intents by the classifier alone and by both together.
    """
    for line in lines:
        explained = parser.explain(unescape(line), today=today)
        reading, said, weighed = explained.readings[0], explained.by_patterns, explained.weighed
        shown = {
            "runner_up": reading.runner_up,
            "matched": list(reading.matched),
            "patterns": {said.intent.value: said.confidence},
            "classifier": _likeliest(weighed.by_classifier() if weighed else ()),
            "weighed": _likeliest(weighed.likelihoods if weighed else ()),
        }
        yield json.dumps(_answer(reading) | shown, ensure_ascii=False)


def _likeliest(likely: Sequence[tuple[Intent, float]]) -> dict[str, float]:
    return {intent.value: round(value, 3) for intent, value in likely[:_SHOWN]}


def unescape(line: str) -> str:
    """The message that a line stands for."""
    return _ESCAPE.sub(lambda m: "\n" if m.group(1) == "n" else "\\", line.rstrip("\r\n"))


def _readings(parser: Parser, lines: Iterable[str], today: date) -> Iterator[Reading]:
    return (parser.parse(unescape(line), today=today) for line in lines)


def _answer(reading: Reading) -> dict[str, object]:
    return {
        "intent": reading.intent.value,
        "slots": dict(reading.slots),
        "confidence": reading.confidence,
    }
