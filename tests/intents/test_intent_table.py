"""Every message of the table gets its intent and exactly its slots, but for the known misses."""

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest
from known_misses import read_known_misses

from bot.intents import UNDERSTOOD, Intent, Parser
from training.messages import Row, read_table

TABLE = {intent: list(rows) for intent, rows in groupby(read_table(), key=lambda row: row.intent)}
MISSES = read_known_misses()


def _plain(value: Any) -> Any:
    """Values as the contract compares them: after NFKC and without spaces."""
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _misreadings(rows: Sequence[Row], parser: Parser) -> dict[str, Any]:
    """What was made of the messages that were not read as the table says."""
    misread = {}
    for row in rows:
        reading = parser.parse(row.say, today=row.today)
        said = (reading.intent, {name: _plain(value) for name, value in reading.slots.items()})
        meant = (row.intent, {name: _plain(value) for name, value in row.slots.items()})
        is_sure = row.intent is Intent.OUT_OF_SCOPE or reading.confidence >= UNDERSTOOD
        if said != meant or not is_sure:
            misread[row.say] = (*said, reading.confidence, reading.matched)
    return misread


@pytest.mark.parametrize("intent", TABLE, ids=str)
def test_messages_are_read_as_the_table_says(intent: Intent, parser: Parser) -> None:
    """All messages of an intent at once, each misreading named: one test for each would take five times as long."""
    misread = _misreadings(TABLE[intent], parser)
    assert {say: reading for say, reading in misread.items() if say not in MISSES} == {}


@pytest.mark.parametrize("intent", TABLE, ids=str)
def test_known_misses_are_still_misread(intent: Intent, parser: Parser) -> None:
    """The list is strict: who is read rightly at last has to leave it."""
    known = [row for row in TABLE[intent] if row.say in MISSES]
    assert {row.say for row in known} == set(_misreadings(known, parser))
