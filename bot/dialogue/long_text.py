"""What a patron or the staff wrote, at any length, as rows of a card: nothing of it is cut."""

from bot.messages.limits import CARD_VALUE, clean, split_text
from bot.messages.replies import Row

_MOST_LINES = 20
"""Rows of a card; text of more lines than these runs on."""


def tidy(text: str) -> str:
    """The text without control and direction characters and empty lines."""
    return "\n".join(clean(line) for line in text.splitlines() if line.strip())


def rows_of(text: str) -> tuple[Row, ...]:
    """The text line by line, a long line as several rows."""
    lines = tidy(text).split("\n")
    if len(lines) > _MOST_LINES:
        lines = [" ".join(lines)]
    return tuple(Row(piece) for line in lines for piece in split_text(line, CARD_VALUE))
