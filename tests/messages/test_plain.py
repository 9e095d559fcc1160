"""The layout in plain text: everything a card says is said, every button has a number, and LINE takes it."""

import pytest

from bot.messages.limits import units
from bot.messages.plain import PlainMessages, lay_out_plain
from bot.messages.replies import Card, Cards, Dial, OpenPage, Reply, Row, Tap, Text
from tests.dialogue.sendable import problems_of

HINT = "番号をお送りください。"


def laid_out(*replies: Reply, entries: int = 0) -> PlainMessages:
    return lay_out_plain(replies, lambda tap: f"id-{tap.label}", hint=HINT, entries=entries)


def listed(count: int, title: str = "こころ") -> Cards:
    """A list whose entries have a button each."""
    return Cards(
        "x",
        "一覧",
        tuple(
            Card(title, (Row("12月4日", "返却期限"),), (Tap("延長する", "wish", {"at": at}),), number=at)
            for at in range(1, count + 1)
        ),
    )


def test_card_is_said_with_its_mark_rows_phone_and_page() -> None:
    card = Card(
        "こころ",
        (Row("夏目漱石"), Row("12月4日", "返却期限")),
        (
            Tap("やめておく", "answer"),
            Dial("中央へ電話", "029-226-3951"),
            OpenPage("ホームページ", "https://a.jp/"),
        ),
        badge="延長済",
        number=2,
    )
    said = laid_out(Cards("x", "一覧", (card,))).messages[0]["text"]
    assert said.split("\n")[:7] == [
        "2番　こころ",
        "【延長済】",
        "夏目漱石",
        "返却期限：12月4日",
        "［3］やめておく",
        "中央へ電話：029-226-3951",
        "ホームページ：https://a.jp/",
    ]


def test_numbers_of_buttons_begin_after_those_of_the_whole_list() -> None:
    assert list(laid_out(listed(3)).numbers) == ["4", "5", "6"]
    assert list(laid_out(listed(3), entries=25).numbers) == ["26", "27", "28"]


def test_a_button_that_stands_twice_has_one_number() -> None:
    see = Card("a", buttons=(Tap("貸出一覧を見る", "wish"),))
    assert laid_out(Cards("x", "一覧", (see, see))).numbers == {"1": "id-貸出一覧を見る"}


def test_quick_replies_have_numbers_too() -> None:
    said = laid_out(Text("x", "どうぞ。", (Tap("続ける", "resume"),)))
    assert said.numbers == {"1": "id-続ける"}
    assert "［1］続ける" in said.messages[0]["text"]


def test_without_buttons_no_number_is_asked_for() -> None:
    assert laid_out(Text("x", "開いています。")).messages == ({"type": "text", "text": "開いています。"},)


@pytest.mark.parametrize("title", ["長い題" * 100, "😀" * 300, "\n\u202e", ""])
@pytest.mark.parametrize("count", [1, 15, 40])
def test_whatever_the_values_are_line_takes_it(title: str, count: int) -> None:
    rows = tuple(Row(title or "－", "題") for _ in range(12))
    cards = tuple(
        Card(title, rows, (Tap("延長する", "wish", {"at": at}),), number=at) for at in range(1, count)
    )
    said = laid_out(Text("x", "a"), listed(count, title), Cards("y", "y", cards or (Card("a"),)))
    assert problems_of(said.messages) == []
    assert len(said.messages) <= 5
    assert all(units(message["text"]) <= 5000 for message in said.messages)
