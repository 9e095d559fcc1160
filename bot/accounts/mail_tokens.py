"""The keys in letters' links: one confirms the address it was sent to, another stops letters of its kinds.

A key is 128 random bits; the database holds its digest. Looking at where a link leads changes nothing, since mail
programs and their filters look at links, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from bot.accounts.addresses import DISOWNED, EVERYTHING, Addresses, card_digest, email_digest
from bot.accounts.secrets import digest, new_nonce
from bot.clock import Clock
from bot.policies import Policy
from bot.storage.tables.mails import MailAddressRow, MailTokenRow

_DAY: Final = timedelta(days=1)


class _Purpose(StrEnum):
    CONFIRM = "confirm"
    STOP = "stop"


class Confirmation(StrEnum):
    """Where a link that confirms an address stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    GONE = "gone"
    """Unknown, too old, or used for the opposite."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """Where a link that stops letters stands."""

    kinds: tuple[str, ...]
    """What the letter that it stood in told of."""
    is_stopped: bool
    """Letters of these kinds come no more."""
    is_everything: bool
    """No letters come any more that can be stopped."""


class MailTokens:
    """The keys. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock, policy: Policy) -> None:
        self._session = session
        self._clock = clock
        self._policy = policy.mail
        self._addresses = Addresses(session, clock)

    def to_confirm(self, card_number: str, email: str) -> str | None:
        """A key that confirms this address of this card; None where it was asked often enough today."""
        if self._letters_today(card_number, email) >= self._policy.confirm_letters_a_day:
            return None
        return self._made(card_number, email, _Purpose.CONFIRM)

    def to_stop(self, card_number: str, email: str, *kinds: str) -> str:
        """A key that stops letters of these kinds to this address of this card."""
        return self._made(card_number, email, _Purpose.STOP, kinds)

    def look(self, token: str) -> Confirmation:
        """Where a key that confirms stands; changes nothing."""
        row = self._living(token, _Purpose.CONFIRM)
        if row is None:
            return Confirmation.GONE
        if row.used_at is None:
            return Confirmation.OPEN
        is_confirmed = self._address(row).confirmed_at is not None
        return Confirmation.CONFIRMED if is_confirmed else Confirmation.GONE

    def confirm(self, token: str) -> Confirmation:
        """The address is its owner's, who wants letters (again). Twice does no harm."""
        row = self._living(token, _Purpose.CONFIRM)
        if row is not None and row.used_at is None:
            address = self._address(row)
            row.used_at = address.confirmed_at = self._clock.now()
            address.stopped = [kind for kind in address.stopped if kind != EVERYTHING]
            self._session.flush()
        return self.look(token)

    def disown(self, token: str) -> bool:
        """Whoever got the letter has nothing to do with that card: no letter about it goes there any more."""
        row = self._living(token, _Purpose.CONFIRM)
        if row is None or row.used_at is not None:
            return False
        row.used_at = self._clock.now()
        address = self._address(row)
        address.confirmed_at, address.stopped = None, [DISOWNED]
        self._session.flush()
        return True

    def look_at_stop(self, token: str) -> Stopping | None:
        """Where a key that stops stands; None for none of ours. Changes nothing."""
        row = self._living(token, _Purpose.STOP)
        if row is None:
            return None
        kinds, stopped = _kinds(row), self._address(row).stopped
        is_everything = EVERYTHING in stopped
        return Stopping(kinds, is_everything or set(kinds) <= set(stopped), is_everything)

    def stop(self, token: str, *, everything: bool = False) -> Stopping | None:
        """Letters of the key's kinds (or all that can be stopped) come no more. Twice does no harm."""
        row = self._living(token, _Purpose.STOP)
        if row is not None:
            address = self._address(row)
            more = (EVERYTHING,) if everything else _kinds(row)
            address.stopped = sorted({*address.stopped, *more})
            self._session.flush()
        return self.look_at_stop(token)

    def resume(self, token: str) -> Stopping | None:
        """Letters of the key's kinds come again; so do all, where all were stopped."""
        row = self._living(token, _Purpose.STOP)
        if row is not None:
            address = self._address(row)
            address.stopped = sorted({*address.stopped} - {EVERYTHING, *_kinds(row)})
            self._session.flush()
        return self.look_at_stop(token)

    def forget_old(self) -> None:
        """Remove keys that open nothing any more, and what only they led to."""
        row, now = MailTokenRow, self._clock.now()
        is_old = [
            (row.purpose == purpose.value) & (row.made_at < now - life)
            for purpose, life in ((it, self._life(it)) for it in _Purpose)
        ]
        self._session.execute(delete(row).where(or_(*is_old)))
        self._addresses.forget_unused()

    def _made(self, card_number: str, email: str, purpose: _Purpose, kinds: Sequence[str] = ()) -> str:
        token = new_nonce()
        self._session.add(
            MailTokenRow(
                token_digest=digest(token),
                address_id=self._addresses.row_of(card_number, email).id,
                purpose=purpose.value,
                kinds=" ".join(kinds),
                made_at=self._clock.now(),
            )
        )
        self._session.flush()
        return token

    def _letters_today(self, card_number: str, email: str) -> int:
        """How many asked since this time yesterday: about this card or, if those are more, at this address."""
        return max(
            self._count(MailAddressRow.card_digest == card_digest(card_number)),
            self._count(MailAddressRow.email_digest == email_digest(email)),
        )

    def _count(self, whose: ColumnElement[bool]) -> int:
        query = (
            select(func.count())
            .select_from(MailTokenRow)
            .join(MailAddressRow, MailAddressRow.id == MailTokenRow.address_id)
            .where(
                whose,
                MailTokenRow.purpose == _Purpose.CONFIRM.value,
                MailTokenRow.made_at > self._clock.now() - _DAY,
            )
        )
        return self._session.scalar(query) or 0

    def _living(self, token: str, purpose: _Purpose) -> MailTokenRow | None:
        """The key's row, locked; None for one that is unknown, of another purpose or too old."""
        row = self._session.get(MailTokenRow, digest(token), with_for_update=True)
        if row is None or row.purpose != purpose.value:
            return None
        return row if self._clock.now() - row.made_at < self._life(purpose) else None

    def _address(self, row: MailTokenRow) -> MailAddressRow:
        return self._session.get_one(MailAddressRow, row.address_id, with_for_update=True)

    def _life(self, purpose: _Purpose) -> timedelta:
        days = self._policy.confirm_link_days if purpose is _Purpose.CONFIRM else self._policy.stop_link_days
        return timedelta(days=days)


def _kinds(row: MailTokenRow) -> tuple[str, ...]:
    return tuple(row.kinds.split())
