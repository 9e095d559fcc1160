"""What is said outside a turn is worded and laid out as the LINE user wants it, as an answer is."""

from datetime import date

import pytest

from bot.intents import Intent
from bot.messages.look import Look, lay_out_unasked, look_of, wording_for
from bot.messages.replies import Card, Cards, Dial, Row, Tap
from bot.messages.wording import Wording
from bot.policies import load_policy
from tests.dialogue.rim import the_parser

POLICY = load_policy("mito")
CARD = Card(
    "日本の本",
    (Row("本が届きました"),),
    (Tap("本を見る", "wish", {"intent": "list_loans"}, "貸出一覧を見る"), Dial("中央へ電話", "029-226-3951")),
    title_kana="にほんのほん",
)


class Doubled:
    """Marks every text that has 本 or 送 in it."""

    def marked(self, text: str) -> str:
        return text.replace("本", "本（ほん）").replace("送", "送（おく）")


def shown(settings: dict[str, str]) -> tuple[str, list[str]]:
    """All that is sent as one text, and the taps that were given an id."""
    look, tapped = look_of(settings), list[str]()

    def tap_id(tap: Tap) -> str:
        tapped.append(tap.label)
        return "id"

    say = wording_for(POLICY, look)
    said = lay_out_unasked([Cards("x", "知らせ", (CARD,))], look, say, readings=Doubled(), tap_id=tap_id)
    return str([message.get("text", message) for message in said]), tapped


@pytest.mark.parametrize(
    ("settings", "look"),
    [
        ({}, Look()),
        ({"layout": "plain"}, Look(is_plain=True)),
        ({"reading": "easy"}, Look(has_easy_words=True)),
        ({"reading": "kana"}, Look(has_easy_words=True, has_readings=True)),
        ({"layout": "unheard-of", "reading": "unheard-of"}, Look()),
    ],
)
def test_settings_come_to_a_look(settings: dict[str, str], look: Look) -> None:
    assert look_of(settings) == look


def test_whoever_set_nothing_gets_cards_whose_buttons_have_ids() -> None:
    text, tapped = shown({})
    assert tapped == ["本を見る"]
    assert "'altText': '知らせ'" in text
    assert "（ほん）" not in text


def test_in_plain_text_a_button_is_told_as_words_and_no_number_is_promised() -> None:
    text, tapped = shown({"layout": "plain"})
    assert tapped == []
    assert "「貸出一覧を見る」とお送りください。" in text
    assert "029-226-3951" in text
    assert "［" not in text.strip("[]")


def test_readings_stand_in_either_layout_but_not_in_words_that_are_to_be_sent() -> None:
    assert "日本の本（にほんのほん）" in shown({"reading": "kana"})[0]
    text, _ = shown({"reading": "kana", "layout": "plain"})
    assert "日本の本（にほんのほん）" in text
    assert "「貸出一覧を見る」と送（おく）って" in text


def test_texts_are_easy_where_easy_words_are_wished_for() -> None:
    assert (
        wording_for(POLICY, look_of({"reading": "easy"})).text("loans.none")
        == "いま、借りている本はありません。"
    )


_SAID_OTHERWISE = {Intent.CHOOSE, Intent.GREETING, Intent.THANKS, Intent.OUT_OF_SCOPE}
"""Intents that are no button of their own."""


@pytest.mark.parametrize("intent", sorted(set(Intent) - _SAID_OTHERWISE))
@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_the_label_of_a_wish_sent_as_words_means_the_same(intent: Intent, library: str) -> None:
    label = Wording(load_policy(library)).text(f"buttons.intent.{intent.value}")
    assert the_parser().parse(label, today=date(2026, 11, 24)).intent is intent
