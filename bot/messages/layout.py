"""Neutral replies as LINE message objects, within LINE's limits whatever the values are.

Too many messages, cards or bytes are spread or cut here, kindly; nothing is lost without a word where a flow
has offered a next page. Tested against the official SDK's models.
"""

from collections.abc import Iterable, Sequence

from bot.messages.flex import Object, TapId, bubble, quick_item
from bot.messages.limits import (
    ALT_TEXT_UNITS,
    BUBBLE_BYTES,
    CAROUSEL_BUBBLES,
    CAROUSEL_BYTES,
    MESSAGES,
    QUICK_ITEMS,
    clean,
    cut_units,
    json_bytes,
    split_text,
)
from bot.messages.replies import Card, Cards, Reply, Tap, Text

_CAROUSEL_FRAME = 100
"""Bytes of a carousel around its bubbles."""


def lay_out(replies: Sequence[Reply], tap_id: TapId) -> tuple[Object, ...]:
    """The messages of one turn, at most 5; the quick replies of all stand on the last, where LINE shows them."""
    messages: list[Object] = []
    for reply in _joined(replies):
        messages += _texts(reply) if isinstance(reply, Text) else _flexes(reply, tap_id)
    kept = messages[:MESSAGES]
    quick = _quick(replies)
    if kept and quick:
        kept[-1] = {**kept[-1], "quickReply": {"items": [quick_item(tap, tap_id) for tap in quick]}}
    return tuple(kept)


def _joined(replies: Sequence[Reply]) -> Iterable[Reply]:
    """Texts that follow each other become one message where there would be too many."""
    if len(replies) <= MESSAGES:
        return replies
    joined: list[Reply] = []
    for reply in replies:
        last = joined[-1] if joined else None
        if isinstance(reply, Text) and isinstance(last, Text):
            joined[-1] = Text(reply.key, f"{last.text}\n\n{reply.text}", reply.quick, reply.values)
        else:
            joined.append(reply)
    return joined


def _texts(reply: Text) -> list[Object]:
    return [{"type": "text", "text": piece} for piece in split_text(reply.text)]


def _flexes(reply: Cards, tap_id: TapId) -> list[Object]:
    alt = cut_units(clean(reply.alt), ALT_TEXT_UNITS)
    bubbles = [_fitting(card, tap_id) for card in reply.cards]
    return [
        {"type": "flex", "altText": alt, "contents": page[0] if len(page) == 1 else _carousel(page)}
        for page in _pages(bubbles)
    ]


def _carousel(bubbles: list[Object]) -> Object:
    return {"type": "carousel", "contents": bubbles}


def _pages(bubbles: list[Object]) -> list[list[Object]]:
    """Bubbles in as few carousels as LINE's sizes allow."""
    pages: list[list[Object]] = []
    room = 0
    for made in bubbles:
        size = json_bytes(made) + 2
        if not pages or len(pages[-1]) == CAROUSEL_BUBBLES or size > room:
            pages.append([])
            room = CAROUSEL_BYTES - _CAROUSEL_FRAME
        pages[-1].append(made)
        room -= size
    return pages


def _fitting(card: Card, tap_id: TapId) -> Object:
    """The card as a bubble; rows are dropped from the end while it is too large."""
    made = bubble(card, tap_id)
    rows = card.rows
    while json_bytes(made) > BUBBLE_BYTES and rows:
        rows = rows[:-1]
        shorter = Card(card.title, rows, card.buttons, card.badge, card.badge_tone, card.number)
        made = bubble(shorter, tap_id)
    return made


def _quick(replies: Sequence[Reply]) -> tuple[Tap, ...]:
    taps: list[Tap] = []
    for tap in (tap for reply in replies for tap in reply.quick):
        if all(tap.label != known.label for known in taps):
            taps.append(tap)
    return tuple(taps[:QUICK_ITEMS])
