"""Replies with readings: all that is shown is marked, nothing that means something is changed, LINE's sizes hold."""

from bot.messages.layout import lay_out
from bot.messages.reading_marks import with_readings
from bot.messages.replies import Card, Cards, Row, Tap, Text
from tests.dialogue.sendable import problems_of


class Doubled:
    """Marks every text that has 本 in it."""

    def marked(self, text: str) -> str:
        return text.replace("本", "本（ほん）")


def test_what_is_shown_is_marked_and_what_is_meant_stays() -> None:
    tap = Tap("本を見る", "wish", {"title": "本"})
    card = Card("本の名", (Row("本", "本"),), (tap,), badge="本")
    (text, cards) = with_readings([Text("k", "本", values={"a": "本"}), Cards("k", "本", (card,))], Doubled())
    assert isinstance(text, Text)
    assert isinstance(cards, Cards)
    assert (text.text, text.values) == ("本（ほん）", {"a": "本"})
    assert (cards.alt, cards.cards[0].title, cards.cards[0].badge) == (
        "本（ほん）",
        "本（ほん）の名",
        "本（ほん）",
    )
    assert cards.cards[0].rows == (Row("本（ほん）", "本（ほん）"),)
    assert cards.cards[0].buttons == (Tap("本（ほん）を見る", "wish", {"title": "本"}, "本を見る"),)


def test_a_work_is_read_as_the_catalogue_reads_it_wherever_it_is_named() -> None:
    card = Card("日本", title_kana="にほん")
    (text, cards) = with_readings([Text("k", "『日本』の本"), Cards("k", "一覧", (card,))], Doubled())
    assert isinstance(text, Text)
    assert isinstance(cards, Cards)
    assert cards.cards[0].title == "日本（にほん）"
    assert "『日本" in text.text


def test_a_work_in_kana_needs_no_reading() -> None:
    (cards,) = with_readings([Cards("k", "一覧", (Card("こころ", title_kana="こころ"),))], Doubled())
    assert isinstance(cards, Cards)
    assert cards.cards[0].title == "こころ"


def test_labels_that_would_grow_too_long_stay_as_they_are() -> None:
    quick = Tap("本" * 15, "wish")
    (text,) = with_readings([Text("k", "どうぞ", (quick,))], Doubled())
    assert text.quick[0].label == "本" * 15


def test_line_takes_marked_replies_in_bad_cases() -> None:
    title = "本" * 300
    cards = tuple(
        Card(
            title,
            (Row(title, "本"),) * 12,
            (Tap("本を見る", "wish", {"at": at}),),
            "本",
            number=at,
            title_kana=title,
        )
        for at in range(1, 16)
    )
    marked = with_readings([Text("k", title * 20), Cards("k", title, cards)], Doubled())
    assert problems_of(lay_out(marked, lambda tap: "x")) == []
