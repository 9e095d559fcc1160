"""How one LINE user wants things shown and said: 文字だけ, やさしい日本語, readings of kanji. Free of I/O.

Kept among the settings of a LINE user, under `LAYOUT` and `READING`. A turn of the dialogue words and lays out
its answer by them; whoever writes to a patron of their own accord (a notice) asks `wording_for` for the texts and
`lay_out_unasked` for the messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.messages.flex import Object, TapId
from bot.messages.layout import lay_out
from bot.messages.plain import lay_out_in_words
from bot.messages.reading_marks import Readings, with_readings
from bot.messages.replies import Json, Reply
from bot.messages.wording import Wording
from bot.policies import Policy

LAYOUT: Final = "layout"
PLAIN: Final = "plain"
"""Of LAYOUT: text messages with numbers to type; nothing: cards with buttons."""
READING: Final = "reading"
EASY: Final = "easy"
"""Of READING: short sentences of everyday words (やさしい日本語)."""
KANA: Final = "kana"
"""Of READING: the same, with the readings of kanji in parentheses."""
USUAL: Final = ""

_WORDS: Final = "◇"
"""Holds the place of words that are to be sent as they stand, without readings."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the settings come to."""

    is_plain: bool = False
    """Text messages instead of cards with buttons."""
    has_easy_words: bool = False
    has_readings: bool = False


def look_of(settings: Mapping[str, Json]) -> Look:
    """The look that a LINE user's settings ask for; unknown values are as none."""
    reading = settings.get(READING)
    return Look(settings.get(LAYOUT) == PLAIN, reading in {EASY, KANA}, reading == KANA)


def wording_for(policy: Policy, look: Look, last_key: str = "") -> Wording:
    """The texts as this LINE user reads them."""
    return Wording(policy, last_key, easy=look.has_easy_words)


def lay_out_unasked(
    replies: Sequence[Reply], look: Look, say: Wording, *, readings: Readings | None, tap_id: TapId
) -> tuple[Object, ...]:
    """The messages, at most 5, of what is said outside a turn, as this LINE user reads it.

    `replies` are worded by `say` already, which is `wording_for`'s. `tap_id` gives each button its opaque id.
    Numbers to type belong to the answer of a turn: in plain text a button is told here as the words that it speaks.
    """
    if look.has_readings and readings is not None:
        replies = with_readings(replies, readings)
    if not look.is_plain:
        return lay_out(replies, tap_id)
    told = read_out(say.text("style.plain.words", said=_WORDS), look, readings)
    return lay_out_in_words(replies, lambda words: told.replace(_WORDS, words))


def read_out(text: str, look: Look, readings: Readings | None) -> str:
    """A text of our own with its readings, where they are asked for."""
    return readings.marked(text) if look.has_readings and readings is not None else text
