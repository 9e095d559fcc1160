"""A second layout of the same neutral replies: plain text messages, with numbers to type instead of buttons.

A button is a line 「［4］延長する」; whoever types 4 has tapped it. The entries of a list keep their own numbers
(1番, 2番), so the buttons' numbers begin after them and no number means two things. A phone number and an address
stand written out. Within LINE's limits whatever the values are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.messages.flex import Object, TapId
from bot.messages.limits import (
    BUTTON_LABEL,
    CARD_TITLE,
    CARD_VALUE,
    MESSAGES,
    TEXT_UNITS,
    clean,
    cut,
    split_text,
)
from bot.messages.replies import Button, Card, Dial, OpenPage, Reply, Row, Tap, Text
from bot.messages.wording import texts

_BETWEEN: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class PlainMessages:
    """What is sent, and what may be typed."""

    messages: tuple[Object, ...]
    """At most 5."""
    numbers: Mapping[str, str]
    """The id of the button behind each number, as it is typed."""


def lay_out_plain(replies: Sequence[Reply], tap_id: TapId, entries: int = 0) -> PlainMessages:
    """The messages of one turn. `entries`: how many entries the list has that is shown; their numbers are taken."""
    cards = [card for reply in replies if not isinstance(reply, Text) for card in reply.cards]
    page = _Page(max([entries, *(card.number for card in cards)]) + 1, tap_id)
    blocks = [page.block(reply) for reply in replies]
    extras = page.extras([tap for reply in replies for tap in reply.quick])
    hint = texts()["style.plain.hint"][0] if page.numbers else ""
    last = "\n".join(part for part in (extras, hint) if part)
    pieces = _packed([block for block in blocks if block], last)
    return PlainMessages(tuple({"type": "text", "text": piece} for piece in pieces), page.numbers)


@dataclass(slots=True)
class _Page:
    """Numbers given so far."""

    next_number: int
    tap_id: TapId
    numbers: dict[str, str] = field(default_factory=dict)
    _known: list[tuple[Tap, str]] = field(default_factory=list)

    def block(self, reply: Reply) -> str:
        if isinstance(reply, Text):
            return reply.text
        return _BETWEEN.join(self._card(card) for card in reply.cards)

    def extras(self, taps: Sequence[Tap]) -> str:
        """Quick replies, where no button says the same."""
        labels = {tap.label for tap, _ in self._known}
        unique = {tap.label: tap for tap in taps if tap.label not in labels}
        return "\n".join(self._button(tap) for tap in unique.values())

    def _card(self, card: Card) -> str:
        title = cut(clean(card.title), CARD_TITLE * 2)
        head = f"{card.number}番　{title}" if card.number else title
        badge = [f"【{clean(card.badge)}】"] if card.badge else []
        buttons = [self._button(button) for button in card.buttons]
        return "\n".join([head, *badge, *(_row(row) for row in card.rows), *buttons])

    def _button(self, button: Button) -> str:
        label = cut(clean(button.label), BUTTON_LABEL)
        if isinstance(button, Dial):
            return f"{label}：{button.phone}"
        if isinstance(button, OpenPage):
            return f"{label}：{button.url}"
        return f"［{self._number(button)}］{label}"

    def _number(self, tap: Tap) -> str:
        for known, number in self._known:
            if (known.label, known.action, known.args) == (tap.label, tap.action, tap.args):
                return number
        number = str(self.next_number)
        self.next_number += 1
        self._known.append((tap, number))
        self.numbers[number] = self.tap_id(tap)
        return number


def _row(row: Row) -> str:
    value = cut(clean(row.value), CARD_VALUE)
    return f"{clean(row.label)}：{value}" if row.label else value


def _packed(blocks: list[str], last: str) -> list[str]:
    """A message a block, `last` at the end of the last; joined where these would be too many."""
    if blocks and last:
        blocks = [*blocks[:-1], f"{blocks[-1]}{_BETWEEN}{last}"]
    pieces = [piece for block in blocks for piece in split_text(block, TEXT_UNITS)]
    if len(pieces) > MESSAGES:
        pieces = split_text(_BETWEEN.join(blocks), TEXT_UNITS)
    return pieces[:MESSAGES]
