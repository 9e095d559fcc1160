"""Which LINE users and addresses notices can reach: read for many cards at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.accounts.settings import NOTICES
from bot.messages.look import look_of
from bot.notices.model import Recipient
from bot.policies import Policy
from bot.rules.notice_settings import settings_of
from bot.storage.tables.accounts import LineUserRow, LinkRow, WatchRow

_ROUNDS: Final = 5
"""Of going from cards to LINE users and on to their other cards: families are small."""
_IDS_AT_ONCE: Final = 900


@dataclass(frozen=True, slots=True)
class Watcher:
    """A LINE user who watches for new arrivals."""

    watch_id: str
    line_user_id: str
    kind: str
    """`subject` or `author`."""
    words: str
    since: datetime
    """UTC."""


@dataclass(slots=True)
class Family:
    """LINE users and cards that belong together, as far as links go."""

    recipients: dict[str, Recipient] = field(default_factory=dict)
    """By LINE user id."""
    card_numbers: set[str] = field(default_factory=set)

    def by_card(self) -> dict[str, list[Recipient]]:
        """The LINE users of each card, and each under the own id, too."""
        found: dict[str, list[Recipient]] = defaultdict(list)
        for recipient in self.recipients.values():
            found[recipient.line_user_id].append(recipient)
            for card_number in recipient.card_numbers:
                found[card_number].append(recipient)
        return found


class Audience:
    """Within `session`'s transaction."""

    def __init__(self, session: Session, policy: Policy) -> None:
        self._session = session
        self._policy = policy

    def families(self, card_numbers: Iterable[str], line_user_ids: Iterable[str] = ()) -> Family:
        """Everybody who is linked to these cards, with all their cards, with everybody linked to those."""
        family = Family(card_numbers=set(card_numbers) - {""})
        users = set(line_user_ids) - {""}
        cards = set(family.card_numbers)
        for _ in range(_ROUNDS):
            users |= self._users_of(cards)
            unknown = users - set(family.recipients)
            if not unknown:
                break
            family.recipients.update(self._recipients(unknown))
            users &= set(family.recipients)
            found = {card for user in unknown & users for card in family.recipients[user].card_numbers}
            cards = found - family.card_numbers
            family.card_numbers |= found
        return family

    def wanting(self, card_numbers: Iterable[str]) -> Mapping[str, list[Recipient]]:
        """The friends who are linked to each of these cards, whatever else is linked to them."""
        found: dict[str, list[Recipient]] = defaultdict(list)
        for some in _parts(set(card_numbers)):
            links = self._session.execute(
                select(LinkRow.card_number, LineUserRow)
                .join(LineUserRow, LineUserRow.line_user_id == LinkRow.line_user_id)
                .where(LinkRow.card_number.in_(some), LineUserRow.blocked_at.is_(None))
            )
            for card_number, row in links:
                found[card_number].append(self._recipient(row, (card_number,)))
        return found

    def friends(self, line_user_ids: Iterable[str]) -> Mapping[str, Recipient]:
        """Those of these LINE users who are friends, by their id."""
        found = self._recipients(set(line_user_ids))
        return {who: recipient for who, recipient in found.items() if recipient.is_friend}

    def watchers(self, *, after: str, limit: int) -> list[Watcher]:
        """Watches by id, those after `after`."""
        rows = self._session.scalars(
            select(WatchRow).where(WatchRow.watch_id > after).order_by(WatchRow.watch_id).limit(limit)
        )
        return [Watcher(row.watch_id, row.line_user_id, row.kind, row.words, row.made_at) for row in rows]

    def _users_of(self, card_numbers: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for some in _parts(card_numbers):
            found |= set(
                self._session.scalars(select(LinkRow.line_user_id).where(LinkRow.card_number.in_(some)))
            )
        return found

    def _recipients(self, line_user_ids: Iterable[str]) -> Mapping[str, Recipient]:
        found: dict[str, Recipient] = {}
        for some in _parts(line_user_ids):
            cards: dict[str, list[str]] = defaultdict(list)
            links = self._session.execute(
                select(LinkRow.line_user_id, LinkRow.card_number)
                .where(LinkRow.line_user_id.in_(some))
                .order_by(LinkRow.linked_at)
            )
            for line_user_id, card_number in links:
                cards[line_user_id].append(card_number)
            rows = self._session.scalars(select(LineUserRow).where(LineUserRow.line_user_id.in_(some)))
            found |= {row.line_user_id: self._recipient(row, tuple(cards[row.line_user_id])) for row in rows}
        return found

    def _recipient(self, row: LineUserRow, card_numbers: tuple[str, ...]) -> Recipient:
        stored = row.settings.get(NOTICES)
        return Recipient(
            line_user_id=row.line_user_id,
            card_numbers=card_numbers,
            is_friend=row.blocked_at is None,
            notices=settings_of(stored if isinstance(stored, dict) else {}, self._policy),
            look=look_of(row.settings),
        )


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, _IDS_AT_ONCE)):
        yield some
