"""The e-mail addresses of cards: whether their owner confirmed them, and which letters they get no more.

The address itself is the library's record. Here is kept, by digests, which address of which card was confirmed: when
another is recorded, it counts as unconfirmed; when the old one is put back, it is known again. A confirmed address may
be told titles; any other only that there is something to be told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.accounts.secrets import digest
from bot.clock import Clock
from bot.storage.tables.mails import MailAddressRow, MailTokenRow
from bot.storage.upsert import insert_into

EVERYTHING: Final = "all"
"""Stands for every kind of letter that can be stopped."""

DISOWNED: Final = "disowned"
"""Whoever reads there has nothing to do with the card: no letter at all, not even one that asks."""

_Item = TypeVar("_Item")

_AT_ONCE: Final = 500
"""Cards asked for in one query; databases have a limit."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address that is recorded for a card, and what holds of it."""

    card_number: str
    email: str
    confirmed: bool = False
    """Its owner followed a link in a letter to it: titles may be told."""
    stopped: frozenset[str] = field(default_factory=frozenset)
    """Kinds of letters that it gets no more."""

    def takes(self, kind: str) -> bool:
        """Whether letters of this kind go there."""
        return not self.stopped & {kind, EVERYTHING, DISOWNED}

    @property
    def may_be_asked(self) -> bool:
        """Whether a letter may ask to confirm it (and by that to get letters again)."""
        return DISOWNED not in self.stopped and not (self.confirmed and EVERYTHING not in self.stopped)


class Addresses:
    """What is known of addresses. The caller holds the transaction, and has read the address from the record."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def of(self, card_number: str, email: str) -> Address | None:
        """What holds of the address recorded for a card; None where none is recorded."""
        return self.of_many({card_number: email}).get(card_number)

    def of_many(self, emails: Mapping[str, str]) -> Mapping[str, Address]:
        """The same for many cards, by their numbers: a query for each few hundred. `emails`: by card number."""
        recorded = {card: email for card, email in emails.items() if email}
        known = self._rows(recorded)
        found = {}
        for card_number, email in recorded.items():
            row = known.get((card_digest(card_number), email_digest(email)))
            found[card_number] = (
                Address(card_number, email, row.confirmed_at is not None, frozenset(row.stopped))
                if row
                else Address(card_number, email)
            )
        return found

    def row_of(self, card_number: str, email: str) -> MailAddressRow:
        """The row of a card and an address, made if missing. For what belongs to it (`MailTokens`)."""
        both = {"card_digest": card_digest(card_number), "email_digest": email_digest(email)}
        query = select(MailAddressRow).filter_by(**both)
        row = self._session.scalar(query)
        if row is None:
            values = {**both, "stopped": [], "made_at": self._clock.now()}
            self._session.execute(
                insert_into(self._session, MailAddressRow).values(values).on_conflict_do_nothing()
            )
            row = self._session.scalars(query).one()
        return row

    def forget_unused(self) -> None:
        """Remove rows that say nothing: not confirmed, nothing stopped, and no link leads to them any more."""
        row = MailAddressRow
        is_led_to = select(MailTokenRow.address_id).where(MailTokenRow.address_id == row.id).exists()
        silent = self._session.scalars(select(row).where(row.confirmed_at.is_(None), ~is_led_to))
        ids = [one.id for one in silent if not one.stopped]
        for some in _parts(ids):
            self._session.execute(delete(row).where(row.id.in_(some)))

    def _rows(self, emails: Mapping[str, str]) -> Mapping[tuple[str, str], MailAddressRow]:
        found = {}
        for cards in _parts([card_digest(card_number) for card_number in emails]):
            query = select(MailAddressRow).where(MailAddressRow.card_digest.in_(cards))
            found.update({(row.card_digest, row.email_digest): row for row in self._session.scalars(query)})
        return found


def card_digest(card_number: str) -> str:
    """What is kept in place of a card number."""
    return digest(f"mail-card:{card_number}")


def email_digest(email: str) -> str:
    """What is kept in place of an address; capital letters make no other mailbox."""
    return digest(f"mail-address:{email.strip().lower()}")


def _parts(items: list[_Item]) -> Iterable[list[_Item]]:
    return (items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE))
