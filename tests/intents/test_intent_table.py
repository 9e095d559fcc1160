"""Every message of the table gets its intent and exactly its slots."""

import unicodedata
from typing import Any

import pytest
from known_misses import read_known_misses

from bot.intents import UNDERSTOOD, Intent, Parser
from training.messages import Row, read_table

ROWS = read_table()
MISSES = read_known_misses()


def _param(row: Row) -> Any:
    marks = [pytest.mark.xfail(strict=True, reason="known miss")] if row.say in MISSES else []
    return pytest.param(row, id=row.name, marks=marks)


def _plain(value: Any) -> Any:
    """Values as the contract compares them: after NFKC and without spaces."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


@pytest.mark.parametrize("row", [_param(row) for row in ROWS])
def test_message_is_read_as_the_table_says(row: Row, parser: Parser) -> None:
    reading = parser.parse(row.say, today=row.today)
    said = (reading.intent, {name: _plain(value) for name, value in reading.slots.items()})
    assert said == (row.intent, {name: _plain(value) for name, value in row.slots.items()}), reading.matched
    if row.intent is not Intent.OUT_OF_SCOPE:
        assert reading.confidence >= UNDERSTOOD
