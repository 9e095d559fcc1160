"""A second layout of the same neutral replies: plain text messages, with numbers to type instead of buttons.

A button is a line 「［4］延長する」; whoever types 4 has tapped it. The entries of a list keep their own numbers
(1番, 2番), so the buttons' numbers begin after them and no number means two things. A phone number and an address
stand written out. Within LINE's limits whatever the values are.

Outside a turn nobody keeps numbers: there a button is told as words to be sent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from bot.messages.replies import Button, Card, Dial, Reply, Row, Tap, Text

_BETWEEN: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class PlainMessages:
    """What is sent, and what may be typed."""

    messages: tuple[Object, ...]
    """At most 5."""
    numbers: Mapping[str, str]
    """The id of the button behind each number, as it is typed."""


def lay_out_plain(replies: Sequence[Reply], tap_id: TapId, *, hint: str, entries: int = 0) -> PlainMessages:
    """The messages of one turn.

    `hint` says how numbers are used, below them. `entries`: how many entries the list has that is shown; their
    numbers are taken.
    """
    cards = [card for reply in replies if not isinstance(reply, Text) for card in reply.cards]
    numbered = _Numbered(max([entries, *(card.number for card in cards)]) + 1, tap_id)
    messages = _messages(replies, numbered.line, lambda: hint if numbered.numbers else "")
    return PlainMessages(messages, numbered.numbers)


def lay_out_in_words(replies: Sequence[Reply], told: Callable[[str], str]) -> tuple[Object, ...]:
    """The messages, at most 5, of what is said outside a turn. `told` makes a line of the words that a tap speaks."""
    return _messages(replies, lambda tap: told(clean(tap.spoken or tap.label)), lambda: "")


@dataclass(slots=True)
class _Numbered:
    """Buttons as numbers to type; one that stands twice has one number."""

    next_number: int
    tap_id: TapId
    numbers: dict[str, str] = field(default_factory=dict)
    _known: list[tuple[Tap, str]] = field(default_factory=list)

    def line(self, tap: Tap) -> str:
        """［4］延長する."""
        return f"［{self._number(tap)}］{cut(clean(tap.label), BUTTON_LABEL)}"

    def _number(self, tap: Tap) -> str:
        for known, number in self._known:
            if (known.label, known.action, known.args) == (tap.label, tap.action, tap.args):
                return number
        number = str(self.next_number)
        self.next_number += 1
        self._known.append((tap, number))
        self.numbers[number] = self.tap_id(tap)
        return number


def _messages(
    replies: Sequence[Reply], line: Callable[[Tap], str], hint: Callable[[], str]
) -> tuple[Object, ...]:
    """A message a reply; quick replies, where no button says the same, and the hint at the end of the last."""
    blocks = [_block(reply, line) for reply in replies]
    known = {tap.label for reply in replies for tap in _taps(reply)}
    extras = {tap.label: tap for reply in replies for tap in reply.quick if tap.label not in known}
    last = "\n".join(part for part in (*map(line, extras.values()), hint()) if part)
    pieces = _packed([block for block in blocks if block], last)
    return tuple({"type": "text", "text": piece} for piece in pieces)


def _taps(reply: Reply) -> Iterator[Tap]:
    cards = () if isinstance(reply, Text) else reply.cards
    return (button for card in cards for button in card.buttons if isinstance(button, Tap))


def _block(reply: Reply, line: Callable[[Tap], str]) -> str:
    if isinstance(reply, Text):
        return reply.text
    return _BETWEEN.join(_card(card, line) for card in reply.cards)


def _card(card: Card, line: Callable[[Tap], str]) -> str:
    title = cut(clean(card.title), CARD_TITLE * 2)
    head = f"{card.number}番　{title}" if card.number else title
    badge = [f"【{clean(card.badge)}】"] if card.badge else []
    buttons = [_button(button, line) for button in card.buttons]
    return "\n".join([head, *badge, *(_row(row) for row in card.rows), *buttons])


def _button(button: Button, line: Callable[[Tap], str]) -> str:
    if isinstance(button, Tap):
        return line(button)
    label = cut(clean(button.label), BUTTON_LABEL)
    return f"{label}：{button.phone}" if isinstance(button, Dial) else f"{label}：{button.url}"


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
