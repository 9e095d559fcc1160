"""Of what was not understood only words of the counter are left: no name, title or number ever stands in it."""

import csv
import re
import tomllib
import unicodedata
from importlib.resources import files

import jaconv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intents.masking import LONGEST_MASKED, load_masker

CASES = [
    ("ヘルプがわからない", "ヘルプがわからない"),
    ("予約の変更はどうやったらできますか？", "予約の変更はどうやったらできますか?"),
    ("「こころ」を予約", "＿を予約"),
    ("『延長戦の本を予約", "＿"),
    ("かなの本を延長したい", "＿の本を延長したい"),
    ("水戸花子です。延長したいのに", "＿です。延長したいのに"),
    ("映田 みるの本を延長", "＿の本を延長"),
    ("カード番号は１２３４５６７です", "カード番号は＿です"),
    ("二十冊借りてもよいのですか", "＿借りてもよいのですか"),
    ("予約してる三体やっぱりいらない", "予約してる＿やっぱりいらない"),
    ("コンビニ人間を予約", "＿を予約"),
    ("ｶｰﾄﾞﾌｧｲﾄの延長", "＿の延長"),
    ("hanako.mito@example.jp に予約の連絡", "＿に予約の連絡"),
    ("おたふくです", ""),
    ("ありがとう、さようなら", ""),
    ("", ""),
]

TEMPLATES = [
    "{}を予約",
    "{}の延長の件",
    "借りている{}をどうやって返せばいいの",
    "{}って本あるん",
    "{} 延長",
    "{}ですが、カードが使えません",
    "{}さんのカードで予約した本",
]

A_SENTENCE_OF_THE_COUNTER = {"さがしています"}
"""A title that nobody can tell from what is said at a counter every day: where it stands, no title is seen."""

WORDS_OF_THE_COUNTER = {"予約", "切替", "取置", "絵本"}
"""Family names that the demo made of them."""


def _titles() -> list[str]:
    found = set()
    for name in ("titles", "titles_mito", "titles_kyoto", "magazines"):
        text = (files("bot.demo") / "data" / f"{name}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            found |= {
                row["title"],
                row.get("title_kana") or "",
                row.get("author") or "",
                row.get("author_kana") or "",
            }
    return sorted(found - A_SENTENCE_OF_THE_COUNTER - {""})


def _names() -> list[str]:
    """Whole names and their halves, as written, in katakana and in hiragana."""
    found = set()
    for library in ("mito", "kyoto"):
        text = (files("bot.demo") / "data" / f"{library}.toml").read_text(encoding="utf-8")
        people = [line for lines in tomllib.loads(text).values() if isinstance(lines, list) for line in lines]
        for one in people:
            if "name_kana" in one:
                spelled = (one["name"], one["name_kana"], jaconv.kata2hira(one["name_kana"]))
                found |= {*spelled, *(half for name in spelled for half in name.split() if len(half) > 1)}
    return sorted(found - WORDS_OF_THE_COUNTER)


def _folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


@pytest.mark.parametrize(("said", "left"), CASES)
def test_only_words_of_the_counter_are_left(said: str, left: str) -> None:
    assert load_masker().mask(said) == (left if left != "＿" else "")


def test_what_the_parser_took_for_a_title_is_a_gap_even_if_each_word_is_known() -> None:
    said = "本の返却という本を予約したい"
    assert load_masker().mask(said) == said
    assert load_masker().mask(said, ["本の返却", [3], True]) == "＿という本を予約したい"


def test_names_and_titles_of_the_demo_are_many() -> None:
    assert len(_titles()) > 500
    assert len(_names()) > 250


@pytest.mark.parametrize("secrets", [_titles(), _names()], ids=["titles and authors", "patrons"])
def test_no_title_or_name_of_the_demo_is_left_in_any_sentence(secrets: list[str]) -> None:
    masker, leaks = load_masker(), []
    for number, secret in enumerate(secrets):
        for template in (TEMPLATES[number % len(TEMPLATES)], TEMPLATES[(number + 3) % len(TEMPLATES)]):
            masked = masker.mask(template.format(secret))
            leaks += [(secret, masked)] if _folded(secret) in _folded(masked) else []
    assert leaks == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    who=st.sampled_from(_names()),
    what=st.sampled_from(_titles()),
    number=st.integers(0, 10**12),
    form=st.sampled_from(
        [
            "{who}です。「{what}」の予約はどうなりましたか",
            "{number}の{who} {what} 延長",
            "{what}と{number}を予約したい {who}",
            "『{what}』{number}冊借りたいと{who}に伝えて",
        ]
    ),
    noise=st.text(max_size=20),
)
def test_neither_name_title_digit_nor_quote_is_left(
    who: str, what: str, number: int, form: str, noise: str
) -> None:
    masked = load_masker().mask(form.format(who=who, what=what, number=number) + noise)
    assert not any(char.isdigit() for char in masked)
    assert not set("「」『』\"'") & set(masked)
    assert _folded(who) not in _folded(masked)
    assert _folded(what) not in _folded(masked)
    assert len(masked) <= LONGEST_MASKED


def test_a_long_message_is_read_at_its_beginning_only() -> None:
    assert load_masker().mask("雑誌番号" * 1250) == load_masker().mask("雑誌番号" * 75)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(secret=st.text(min_size=1, max_size=30), opening=st.sampled_from('「『【《(（"“'))
def test_whatever_stands_in_quotes_is_a_gap(secret: str, opening: str) -> None:
    closing = dict(zip('「『【《(（"“', '」』】》)）"”', strict=True))[opening]
    secret = "".join(char for char in secret if char not in "「」『』【】《》()（）\"“”〈〉[]'‘’〝〟［］＂＇")
    assert load_masker().mask(f"予約した{opening}延長{secret}返却{closing}").count("返却") == 0
