"""やさしい日本語: every text that a patron sees has an easy variant that says no less, in short sentences.

A text that is easy as it is stands in `tests/data/messages/easy_already.yaml` instead.
"""

import re
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from yaml_files import read_yaml

from bot.intents import Intent
from bot.messages.wording import ALWAYS, Wording, easy_texts, places, texts
from bot.policies import load_policy
from tests.dialogue.rim import the_parser

DATA: Final = Path(__file__).parents[1] / "data" / "messages"
TODAY: Final = date(2026, 11, 24)
NO_WISH: Final = {Intent.CHOOSE, Intent.GREETING, Intent.THANKS, Intent.OUT_OF_SCOPE}
"""Intents that are no button of their own."""

ALREADY: Final = frozenset(
    f"{situation}.{key}" for situation, keys in read_yaml(DATA / "easy_already.yaml").items() for key in keys
)
FOR_EVERYBODY: Final = {
    "announcements": "one message for many, whose settings are not looked up: easy itself",
    "delivery": "said where nobody's settings can be looked up: one text for all, which must be easy itself",
    "letters": "a letter goes to an address, not to a LINE user with settings",
    "tidings.letter": "the same",
}
"""Where texts have no easy variants, and why."""
LONGEST = 45
"""Characters of one easy sentence, its places not counted."""
STIFF = ("承", "恐れ入", "伺", "いただ", "ございま", "なさいま", "くださいませ", "ご覧", "お申し", "ご利用")
"""Pieces of polite speech that make it hard to read."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, without their places."""
    return [part for part in re.split(r"[。？\n]", re.sub(r"\{.*?\}", "", text)) if part]


def test_an_easy_variant_stands_for_a_text_that_there_is() -> None:
    assert sorted(set(easy_texts()) - set(texts())) == []


def test_every_text_has_an_easy_variant_or_is_easy_as_it_is() -> None:
    wanted = {key for key in texts() if not any(key.startswith(f"{begin}.") for begin in FOR_EVERYBODY)}
    missing = sorted(wanted - set(easy_texts()) - ALREADY)
    assert missing == []


def test_what_is_easy_as_it_is_is_a_text_without_a_variant() -> None:
    assert sorted(ALREADY - set(texts())) == []
    assert sorted(ALREADY & set(easy_texts())) == []


@pytest.mark.parametrize("key", sorted(easy_texts()))
def test_an_easy_variant_says_what_the_text_says(key: str) -> None:
    usual = frozenset().union(*(places(text) for text in texts()[key]))
    for text in easy_texts()[key]:
        assert places(text) <= usual | ALWAYS | {"w.reservation", "w.counter"}
        told = {place for place in places(text) if not place.startswith("w.")}
        needed = frozenset.intersection(*(places(usual_text) for usual_text in texts()[key])) - ALWAYS
        assert {place for place in needed if not place.startswith("w.")} <= told


def _read_in_easy_words() -> list[tuple[str, str]]:
    """Every text that someone with easy words reads, with its key."""
    for_all = {key: said for key, said in texts().items() if key in ALREADY or key.startswith("delivery.")}
    return sorted((key, text) for key, said in {**easy_texts(), **for_all}.items() for text in said)


def test_what_is_read_in_easy_words_is_free_of_stiff_speech() -> None:
    stiff = {
        f"{key}: {piece}"
        for key, text in _read_in_easy_words()
        for piece in STIFF
        if piece in re.sub("ありがとうございま(す|した)", "", text)
    }
    assert sorted(stiff) == []


def test_what_is_read_in_easy_words_has_short_sentences() -> None:
    long = {
        f"{key}: {part}"
        for key, text in _read_in_easy_words()
        for part in sentences(text)
        if len(part) > LONGEST
    }
    assert sorted(long) == []


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_easy_labels_of_wishes_and_of_buttons_mean_what_they_say(library: str) -> None:
    """Somebody may send the words of a button instead of tapping it."""
    say = Wording(load_policy(library), easy=True)
    read = {
        intent: the_parser().parse(say.text(f"buttons.intent.{intent}"), today=TODAY).intent
        for intent in Intent
        if intent not in NO_WISH
    }
    assert read == {intent: intent for intent in read}


def test_the_wording_is_easy_where_it_is_asked_to_be() -> None:
    policy = load_policy("mito")
    assert Wording(policy, easy=True).text("loans.none") == "いま、借りている本はありません。"
    assert Wording(policy).text("loans.none") == "いま、お借りになっている資料はありません。"
    assert Wording(policy, easy=True).text("branches.phone") == Wording(policy).text("branches.phone")
