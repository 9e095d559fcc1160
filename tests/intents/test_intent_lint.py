"""The data of the parser and the table of messages hold together: what stands there means something."""

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from known_misses import read_known_misses

import bot.intents
from bot.intents import SLOTS, Intent
from bot.intents.lexicon import Lexicon, load_lexicon
from bot.intents.match import STANDS_ALONE
from bot.intents.normalize import Spellings, normalize
from training.first_readings import FILE as FIRST_READINGS
from training.messages import FOLDER, TODAY, Row, read_table

DATA = Path(bot.intents.__file__).parent / "data"
ROWS = read_table()
SLOT_KINDS: dict[str, type] = {
    "ordinals": list,
    "more_titles": list,
    "all": bool,
    "off": bool,
    "due_soon": bool,
}
VALUES = {
    "contact": {"mail", "line", "phone", "none"},
    "notice": {"due", "hold", "announcements"},
    "topic": {"renew", "reserve", "cancel", "hold_shelf", "loan", "card", "notice", "other"},
}
LEAST_MESSAGES = 800
LEAST_OF_AN_INTENT = 15
SHORT = 9
"""Up to so many characters a whole message may also be a word (はい, パスワード変更)."""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


def _plain(message: str) -> str:
    """A message without what people see as no difference: width, case, spaces and signs."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", message).lower()) or message


def _faults(row: Row) -> list[str]:
    faults = [
        f"no slot of {row.intent}: {name}" for name in set(row.slots) - SLOTS.get(row.intent, frozenset())
    ]
    for name, value in row.slots.items():
        if not isinstance(value, SLOT_KINDS.get(name, str)):
            faults.append(f"{name} is a {type(value).__name__}")
        elif name in VALUES and value not in VALUES[name]:
            faults.append(f"{name} cannot be {value}")
    if row.reading is not None and not 1 <= row.reading <= 21:
        faults.append(f"no competing reading {row.reading}")
    if row.intent is Intent.ASK_RULES and "topic" not in row.slots:
        faults.append("a question about a rule has a topic")
    return faults


def test_rows_name_only_slots_of_their_intent_with_fitting_values() -> None:
    assert {row.say: faults for row in ROWS if (faults := _faults(row))} == {}


def test_first_readings_are_of_messages_of_the_table() -> None:
    with FIRST_READINGS.open(encoding="utf-8", newline="") as lines:
        first = [raw["message"] for raw in csv.DictReader(lines)]
    assert set(first) - {row.say for row in ROWS} == set()
    assert len(first) == len(set(first))


def test_no_message_stands_in_the_table_twice() -> None:
    doubles = [say for say, times in Counter(row.say for row in ROWS).items() if times > 1]
    assert doubles == []


def test_no_two_rows_that_differ_only_in_signs_contradict_each_other() -> None:
    meant: dict[tuple[str, str], set[str]] = {}
    for row in ROWS:
        meant.setdefault((_plain(row.say), str(row.today)), set()).add(row.intent)
    assert {say: intents for (say, _), intents in meant.items() if len(intents) > 1} == {}


def test_every_intent_has_its_table_of_messages_and_its_file_of_patterns() -> None:
    count = Counter(row.intent for row in ROWS)
    assert {intent for intent in Intent if count[intent] < LEAST_OF_AN_INTENT} == set()
    assert len(ROWS) >= LEAST_MESSAGES
    intents = set(Intent)
    assert {Intent(file.stem) for file in FOLDER.glob("[a-z]*.yaml")} == intents
    assert {Intent(file.stem) for file in (DATA / "intents").glob("*.toml")} == intents


def test_known_misses_stand_in_the_table() -> None:
    assert read_known_misses() - {row.say for row in ROWS} == set()


def test_every_competing_reading_is_shown_by_a_row() -> None:
    assert set(range(1, 22)) - {row.reading for row in ROWS} == set()


def test_no_message_of_the_table_is_among_the_words_of_the_parser(lexicon: Lexicon) -> None:
    words = {_plain(word) for group in lexicon.groups.values() for word in group.words}
    polite = {Intent.GREETING, Intent.THANKS, Intent.AFFIRM, Intent.DENY, Intent.ABORT}
    messages = {_plain(row.say) for row in ROWS if row.intent not in polite}
    assert {message for message in messages & words if len(message) > SHORT} == set()


def test_every_group_of_words_is_used(lexicon: Lexicon) -> None:
    used = {group for pattern in lexicon.patterns for need in pattern.needs for group in need}
    used.add("elsewhere_item")  # It becomes @elsewhere where a shared word follows.
    used.update(*(pattern.unless for pattern in lexicon.patterns))
    used.update(*(lexicon.tables["titles"][key] for key in ("takes", "asking", "joints")))
    idle = {
        group.name
        for group in lexicon.groups.values()
        if group.name not in used and not group.slots and group.role not in {"light", "filler"}
    }
    assert idle == set()


def test_every_word_can_be_found_in_the_usual_spelling(lexicon: Lexicon) -> None:
    """A word that the spellings turn into another would never be seen."""
    spellings = Spellings(lexicon.spellings)
    unseen = {
        (group.name, word)
        for group in lexicon.groups.values()
        for word in (written.removeprefix(STANDS_ALONE) for written in group.words)
        if normalize(word, spellings).canon != word.strip()
    }
    assert unseen == set()


def test_no_word_stands_in_a_group_twice(lexicon: Lexicon) -> None:
    doubles = {
        (group.name, word)
        for group in lexicon.groups.values()
        for word, times in Counter(group.words).items()
        if times > 1
    }
    assert doubles == set()


def test_rows_count_from_a_day_of_the_table() -> None:
    assert all(row.today.year >= TODAY.year for row in ROWS)
