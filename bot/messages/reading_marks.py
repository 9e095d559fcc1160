"""Replies with the readings of kanji in them, for whoever asked for them (ひらがなで). Free of I/O.

How a word is read is asked of whoever is handed in. How a work is read only the catalogue knows: a work's own card
carries it, and a question that names works does; it stands behind the title wherever the same answer names it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.messages.limits import BUTTON_LABEL, CARD_TITLE, CARD_VALUE, QUICK_LABEL, cut
from bot.messages.replies import Button, Card, Cards, Reply, Row, Tap, Text


class Readings(Protocol):
    """Whoever knows how words are read."""

    def marked(self, text: str) -> str:
        """`text` with the reading behind each word that has kanji, in parentheses; titles in 『』 are left alone."""
        ...


def with_readings(replies: Sequence[Reply], readings: Readings) -> tuple[Reply, ...]:
    """The replies with all that is shown of them marked; keys and values stay."""
    marker = _Marker(readings, {name: kana for reply in replies for name, kana in _works(reply)})
    return tuple(marker.reply(reply) for reply in replies)


def _works(reply: Reply) -> Iterator[tuple[str, str]]:
    """The works that a reply names, each with how it is read."""
    cards = reply.cards if isinstance(reply, Cards) else ()
    named = (*reply.works.items(), *((card.title, card.title_kana) for card in cards))
    return ((name, kana) for name, kana in named if kana)


class _Marker:
    def __init__(self, readings: Readings, titles: Mapping[str, str]) -> None:
        self._readings = readings
        self._titles = titles

    def reply(self, reply: Reply) -> Reply:
        quick = tuple(self._tap(tap, QUICK_LABEL) for tap in reply.quick)
        if isinstance(reply, Text):
            return replace(reply, text=self._text(reply.text), quick=quick)
        cards = tuple(self._card(card) for card in reply.cards)
        return replace(reply, alt=self._text(reply.alt), cards=cards, quick=quick)

    def _card(self, card: Card) -> Card:
        kana = _unless_same(card.title_kana, card.title)
        # How a work is read the catalogue says; anything else is for the dictionary.
        title = f"{card.title}{kana}" if card.title_kana else self._fitting(card.title, CARD_TITLE * 2)
        return replace(
            card,
            title=title,
            rows=tuple(self._row(row) for row in card.rows),
            buttons=tuple(self._button(button) for button in card.buttons),
            badge=self._text(card.badge),
        )

    def _row(self, row: Row) -> Row:
        return replace(row, value=self._fitting(row.value, CARD_VALUE), label=self._text(row.label))

    def _button(self, button: Button) -> Button:
        if isinstance(button, Tap):
            return self._tap(button, BUTTON_LABEL)
        return replace(button, label=self._fitting(button.label, BUTTON_LABEL))

    def _tap(self, tap: Tap, longest: int) -> Tap:
        # What is spoken in the patron's name stays as the patron would write it.
        return replace(tap, label=self._fitting(tap.label, longest), spoken=tap.spoken or tap.label)

    def _fitting(self, text: str, longest: int) -> str:
        """Marked, where that is not too long; a text that was too long already is cut as ever."""
        marked = self._text(text)
        return marked if len(marked) <= longest else text

    def _text(self, text: str) -> str:
        marked = self._readings.marked(text)
        for title, kana in self._titles.items():
            marked = marked.replace(f"『{title}』", f"『{title}』{_unless_same(kana, title)}")
        return marked


def _unless_same(kana: str, title: str) -> str:
    """The reading in parentheses; nothing for a title that is in kana itself."""
    return f"（{cut(kana, CARD_TITLE)}）" if kana and kana != title else ""
