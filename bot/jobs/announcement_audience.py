"""Gathers, many at a time, the LINE users whom an announcement could be for. Whom it is for is decided elsewhere."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.announcements import Audience, AudienceKind, Candidate
from bot.library.notices import NoticeReader
from bot.storage.tables.accounts import LineUserRow, LinkRow, WatchRow

_AT_A_TIME: Final = 500


def candidates(session: Session, audience: Audience, reader: NoticeReader) -> Iterator[Candidate]:
    """Every LINE user we know, with what matters for this audience. Raises LibraryError."""
    cards = _cards(session) if audience.kind in {AudienceKind.LINKED, AudienceKind.BRANCH} else {}
    branches = _branches(cards, reader) if audience.kind is AudienceKind.BRANCH else {}
    watches = _watches(session) if audience.kind is AudienceKind.WATCH else {}
    row = LineUserRow
    for line_user_id, blocked_at, settings in session.execute(
        select(row.line_user_id, row.blocked_at, row.settings).order_by(row.line_user_id)
    ):
        own = cards.get(line_user_id, ())
        yield Candidate(
            line_user_id,
            blocked_at is not None,
            settings,
            bool(own),
            frozenset(branches[card] for card in own if card in branches),
            frozenset(watches.get(line_user_id, ())),
        )


def _cards(session: Session) -> dict[str, list[str]]:
    """Card numbers by LINE user."""
    found: dict[str, list[str]] = defaultdict(list)
    for line_user_id, card in session.execute(select(LinkRow.line_user_id, LinkRow.card_number)):
        found[line_user_id].append(card)
    return found


def _branches(cards: dict[str, list[str]], reader: NoticeReader) -> dict[str, str]:
    """Home branch by card number."""
    numbers = sorted({card for own in cards.values() for card in own})
    found: dict[str, str] = {}
    for start in range(0, len(numbers), _AT_A_TIME):
        patrons = reader.patrons_of(numbers[start : start + _AT_A_TIME])
        found.update({card: patron.home_branch for card, patron in patrons.items()})
    return found


def _watches(session: Session) -> dict[str, list[str]]:
    """What is watched, by LINE user."""
    found: dict[str, list[str]] = defaultdict(list)
    for line_user_id, words in session.execute(select(WatchRow.line_user_id, WatchRow.words)):
        found[line_user_id].append(words)
    return found
