"""Whatever is sent, the parser answers in the right form and soon."""

import os
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intents import SLOTS, Intent, Parser, Reading

TODAY = date(2026, 11, 24)
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
"""Of each test; `make fuzz` asks for many more."""
SLOT_KINDS = {
    "ordinals": list,
    "more_titles": list,
    "all": bool,
    "off": bool,
    "due_soon": bool,
}
HEAP = """
延長 予約 取り消し して したい 『 』 「 」 『こころ』 1 2番目 から と 、 。 ! ? 全部 東部 図書館 いつまで 何冊 月曜
12/3 978-4-10-101001-3 の本 は を ある? やっぱり いいです ｴﾝﾁｮｳ ① 二 あと 連絡 メール 夏目漱石 ー 〜 www (^^)
"""
WIDE = st.characters(exclude_categories=())
"""Half surrogates too."""
WORDS = st.sampled_from([*HEAP.split(), "\n", " "])


def check_form(reading: Reading) -> None:
    assert isinstance(reading.intent, Intent)
    assert set(reading.slots) <= SLOTS.get(reading.intent, frozenset())
    assert 0.0 <= reading.confidence <= 1.0
    assert reading.runner_up != reading.intent
    for name, value in reading.slots.items():
        assert isinstance(value, SLOT_KINDS.get(name, str))
        assert value not in ("", [], False)
    if "ordinals" in reading.slots:
        ordinals = reading.slots["ordinals"]
        assert isinstance(ordinals, list)
        assert all(isinstance(n, int) and n != 0 for n in ordinals)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=300) | st.text(WIDE, max_size=5_000 if EXAMPLES > 300 else 300))
def test_any_unicode_string_gets_a_reading(parser: Parser, message: str) -> None:
    check_form(parser.parse(message, today=TODAY))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(WORDS, max_size=30).map("".join))
def test_any_heap_of_known_words_gets_a_reading(parser: Parser, message: str) -> None:
    check_form(parser.parse(message, today=TODAY))


@settings(max_examples=max(60, EXAMPLES // 5), deadline=None)
@given(st.text(max_size=40), st.dates())
def test_any_day_can_be_today(parser: Parser, message: str, today: date) -> None:
    check_form(parser.parse(f"{message}来週の月曜と2月29日と31日は開いてますか", today=today))


LETTERS = [
    "あ",
    "漢",
    "ア",
    "ｶﾞ",
    "😀",
    "👨‍👩‍👧‍👦",
    "\u202e",
    "\u0000",
    "\ufdfa",
    "\ud800",
    "ー",
    "w",
    "\n",
    "十",
    "①",
]
SIGNS = ["『", "「」", "(", "m(_ _)m", "'; DROP TABLE loans; --", "<script>", "1", "1と", "1から", "12/3"]
PHRASES = [
    "延長して。",
    "予約",
    "全部",
    "9784101010013",
    "夏目漱石の",
    "やっぱり",
    "こころを予約して、",
    "東部",
    "上から",
]


LONGEST_SECONDS = 2.0
"""Of this thread's own work, in one of three tries: a busy machine takes of that, too."""


def seconds_to_read(parser: Parser, message: str) -> float:
    started = time.thread_time()
    parser.parse(message, today=TODAY)
    return time.thread_time() - started


@pytest.mark.parametrize("unit", LETTERS + SIGNS + PHRASES)
def test_longest_message_is_read_in_time(parser: Parser, unit: str) -> None:
    message = (unit * 5_000)[:5_000]
    check_form(parser.parse(message, today=TODAY))
    assert any(seconds_to_read(parser, message) < LONGEST_SECONDS for _ in range(3))


SHORT = 150
RATIO = 32
ROOM = 10
"""How much worse than in proportion a longer message may do in one run, on a busy machine; what grows with
the square of the length does worse by as much as the ratio."""


def best_of_five(parser: Parser, message: str) -> float:
    return min(seconds_to_read(parser, message) for _ in range(5))


@pytest.mark.parametrize("unit", [*SIGNS, *PHRASES, "こころを予約と", "モモある?", "1番と", "あと、"])
def test_time_grows_no_worse_than_in_proportion_to_length(parser: Parser, unit: str) -> None:
    message = unit * 5_000
    short, long = message[:SHORT], message[: SHORT * RATIO]
    assert best_of_five(parser, long) < best_of_five(parser, short) * RATIO * ROOM + 0.05


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(WORDS, max_size=20).map("".join))
def test_readings_begin_with_the_parse_and_differ_in_intent(parser: Parser, message: str) -> None:
    readings = parser.readings(message, today=TODAY)
    assert readings[0] == parser.parse(message, today=TODAY)
    assert 1 <= len(readings) <= 2
    for reading in readings:
        check_form(reading)
    assert len({reading.intent for reading in readings}) == len(readings)
    assert all(other.confidence <= readings[0].confidence for other in readings[1:])


@pytest.mark.parametrize(
    "message", ["", " ", "　", "\n\n", "\u200b", "😀😀", "\x00\x07", "\u202e\u202d", "。", "!?", "ーーー"]
)
def test_message_without_words_is_not_understood(parser: Parser, message: str) -> None:
    reading = parser.parse(message, today=TODAY)
    assert (reading.intent, dict(reading.slots)) == (Intent.OUT_OF_SCOPE, {})
    assert reading.confidence < 0.5
