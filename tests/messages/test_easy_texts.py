"""やさしい日本語: every sentence of the main flows has an easy variant that says no less, in short sentences."""

import re

import pytest

from bot.messages.wording import ALWAYS, Wording, easy_texts, places, texts
from bot.policies import load_policy

MAIN = {
    *("loans", "renew", "reserve", "reservations", "cancel", "confirm", "lists", "cards", "search"),
    *("link", "help", "miss", "stale", "side", "trouble", "refusals"),
}
"""The situations of the main flows."""
LONGEST = 45
"""Characters of one easy sentence, its places not counted."""
STIFF = ("承", "恐れ入", "伺", "いただ", "ございま", "なさい", "くださいませ", "ご覧", "お申し", "ご利用")
"""Pieces of polite speech that make it hard to read."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, without their places."""
    return [part for part in re.split(r"[。？\n]", re.sub(r"\{.*?\}", "", text)) if part]


def test_an_easy_variant_stands_for_a_text_that_there_is() -> None:
    assert sorted(set(easy_texts()) - set(texts())) == []


def test_every_sentence_of_the_main_flows_has_an_easy_variant() -> None:
    missing = [
        key
        for key, variants in texts().items()
        if key.split(".")[0] in MAIN and any("。" in text for text in variants) and key not in easy_texts()
    ]
    assert missing == []


@pytest.mark.parametrize("key", sorted(easy_texts()))
def test_an_easy_variant_says_what_the_text_says(key: str) -> None:
    usual = frozenset().union(*(places(text) for text in texts()[key]))
    for text in easy_texts()[key]:
        assert places(text) <= usual | ALWAYS | {"w.reservation", "w.counter"}
        told = {place for place in places(text) if not place.startswith("w.")}
        needed = frozenset.intersection(*(places(usual_text) for usual_text in texts()[key])) - ALWAYS
        assert {place for place in needed if not place.startswith("w.")} <= told


@pytest.mark.parametrize("key", sorted(easy_texts()))
def test_an_easy_variant_is_short_and_free_of_stiff_speech(key: str) -> None:
    for text in easy_texts()[key]:
        assert not [piece for piece in STIFF if piece in text.replace("ありがとうございます", "")]
        assert [part for part in sentences(text) if len(part) > LONGEST] == []


def test_the_wording_is_easy_where_it_is_asked_to_be() -> None:
    policy = load_policy("mito")
    assert Wording(policy, easy=True).text("loans.none") == "いま、借りている本はありません。"
    assert Wording(policy).text("loans.none") == "いま、お借りになっている資料はありません。"
    assert Wording(policy, easy=True).text("card.expires") == Wording(policy).text("card.expires")
