"""Readings behind words: those of our own texts are right, titles and numbers are left alone."""

import pytest

from bot.intents.furigana import Furigana
from bot.intents.tokens import Tokenizer


@pytest.fixture(scope="module")
def furigana() -> Furigana:
    return Furigana(Tokenizer())


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("返却期限", "返却期限（へんきゃくきげん）"),
        ("貸出一覧を見る", "貸出一覧（かしだしいちらん）を見る（みる）"),
        ("延長できる本", "延長（えんちょう）できる本（ほん）"),
        ("本を返して、本を借りる", "本（ほん）を返し（かえし）て、本を借りる（かりる）"),
        ("『三四郎』を返す日", "『三四郎』を返す（かえす）日（ひ）"),
        ("12月4日（金）まで", "12月4日（金）まで"),
        ("3冊", "3冊"),
        ("https://例.jp/本 を見る", "https://例.jp/本 を見る（みる）"),
        ("返却期限（へんきゃくきげん）", "返却期限（へんきゃくきげん）"),
        ("ひらがな", "ひらがな"),
        ("図書館が開いています", "図書館（としょかん）が開い（あい）ています"),
        ("", ""),
    ],
)
def test_a_reading_stands_behind_each_word(furigana: Furigana, text: str, marked: str) -> None:
    assert furigana.marked(text) == marked


@pytest.mark.parametrize("text", ["漢" * 20_000, "\ud83d漢字", "漢\n字\r\u202e", "（" * 300 + "漢"])
def test_no_text_breaks_it(furigana: Furigana, text: str) -> None:
    assert furigana.marked(text).replace("\n", "")[:1] == text[:1]
