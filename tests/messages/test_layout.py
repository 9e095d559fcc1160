"""However long, many or odd the values are, what is laid out is within LINE's limits."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages.flex import TINTS, TONES, WHITE
from bot.messages.layout import lay_out
from bot.messages.limits import CAROUSEL_BUBBLES, MESSAGES, clean, cut, split_text, units
from bot.messages.replies import LINK_URL, Card, Cards, Dial, OpenPage, Reply, Row, Style, Tap, Text, Tone
from tests.dialogue.sendable import problems_of

ODD = [
    "",
    " ",
    "\n",
    "\u202e\u200f",
    "\x00",
    "\ud800",
    "👨‍👩‍👧‍👦" * 100,
    "か\u3099" * 200,
    "あ" * 300,
    "\u3000",
]
texts = st.one_of(st.sampled_from(ODD), st.text(max_size=30))
taps = st.builds(Tap, label=texts, action=st.just("wish"), spoken=texts, style=st.sampled_from(Style))
buttons = st.one_of(
    taps,
    st.builds(Dial, label=texts, phone=st.just("029-226-3951")),
    st.builds(OpenPage, label=texts, url=st.sampled_from([LINK_URL, "https://www.library-mito.jp/"])),
)
rows = st.builds(Row, value=texts, label=st.one_of(st.just(""), texts), tone=st.sampled_from(Tone))
cards = st.builds(
    Card,
    title=texts,
    rows=st.lists(rows, max_size=3).map(tuple),
    buttons=st.lists(buttons, max_size=2).map(tuple),
    badge=st.one_of(st.just(""), texts),
    number=st.integers(0, 99),
)
replies = st.one_of(
    st.builds(
        Text,
        key=st.just("k"),
        text=st.text(min_size=1, max_size=50),
        quick=st.lists(taps, max_size=4).map(tuple),
    ),
    st.builds(Cards, key=st.just("k"), alt=texts, cards=st.lists(cards, min_size=1, max_size=3).map(tuple)),
)


def _laid_out(said: list[Reply]) -> list[dict[str, Any]]:
    ids = count(1)
    return [dict(message) for message in lay_out(said, lambda _tap: f"id{next(ids)}")]


@settings(max_examples=60)
@given(st.lists(replies, min_size=1, max_size=6))
def test_whatever_is_said_can_be_sent(said: list[Reply]) -> None:
    messages = _laid_out(said)
    assert 1 <= len(messages) <= MESSAGES
    assert problems_of(messages) == []


def test_fifteen_cards_with_very_long_titles_are_spread_over_carousels() -> None:
    made = tuple(
        Card(
            "題" * 300,
            tuple(Row("あ" * 300, "著者") for _ in range(20)),
            (Tap("延長する", "wish"),),
            number=n,
        )
        for n in range(1, 16)
    )
    messages = _laid_out([Cards("k", "貸出中15点", made)])
    bubbles = [len(m["contents"].get("contents", [m["contents"]])) for m in messages]
    assert sum(bubbles) == 15
    assert max(bubbles) <= CAROUSEL_BUBBLES
    assert problems_of(messages) == []


def test_quick_replies_stand_on_the_last_message() -> None:
    first, last = _laid_out([Text("k", "一", (Tap("続ける", "resume"),)), Text("k", "二")])
    assert "quickReply" not in first
    assert last["quickReply"]["items"][0]["action"]["label"] == "続ける"


def test_nothing_but_an_opaque_id_travels() -> None:
    tap = Tap("延長する", "wish", {"intent": "renew", "slots": {"loan_ids": ["l1"]}})
    sent = json.dumps(_laid_out([Cards("k", "alt", (Card("題", buttons=(tap,)),))]))
    assert "loan_ids" not in sent
    assert "l1" not in sent


@given(st.text(), st.integers(1, 50))
def test_cutting_keeps_within_its_length_and_says_that_it_cut(text: str, longest: int) -> None:
    short = cut(text, longest)
    assert len(short) <= longest
    assert short == text or short.endswith("…")


@given(st.text(max_size=300), st.integers(10, 60))
def test_splitting_loses_nothing_but_line_ends(text: str, longest: int) -> None:
    pieces = split_text(text, longest)
    assert all(units(piece) <= longest for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")


@given(st.text())
def test_a_clean_line_is_never_empty_and_never_turns_direction(text: str) -> None:
    line = clean(text)
    assert line
    assert not set(line) & set("\n\r\t\u202e\u202d\u200f\u061c\x00")


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_can_be_read(tone: Tone) -> None:
    assert _contrast(TONES[tone], WHITE) >= 7
    assert _contrast(TONES[tone], TINTS[tone]) >= 4.5


def _contrast(first: str, second: str) -> float:
    """As WCAG 2 counts it."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
