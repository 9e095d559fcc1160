"""What `madoguchi parse` does with its lines; reading and writing them is left to the command line.

One message a line in, newlines inside it written as `\\n` and a backslash as `\\\\`; one JSON object a
line out, in order.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date

from bot.intents.model import Reading
from bot.intents.parser import Parser

_ESCAPE = re.compile(r"\\([n\\])")


def parse_lines(parser: Parser, lines: Iterable[str], today: date) -> Iterator[str]:
    """Yield `{"intent", "slots", "confidence"}` as JSON for each line, without a newline at its end."""
    for reading in _readings(parser, lines, today):
        yield json.dumps(_answer(reading), ensure_ascii=False)


def explain_lines(parser: Parser, lines: Iterable[str], today: date) -> Iterator[str]:
    """As `parse_lines`, with `runner_up` and `matched`: how the reading came about."""
    for reading in _readings(parser, lines, today):
        explained = {"runner_up": reading.runner_up, "matched": list(reading.matched)}
        yield json.dumps(_answer(reading) | explained, ensure_ascii=False)


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
