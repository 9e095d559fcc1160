"""A password form half done: what was given first is kept, sealed, until the new password comes.

The secret that opens it stays in the browser's session, so neither the database nor the cookie alone
gives away a temporary password or a birth date.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.accounts.limits import PENDING_LIFE
from bot.accounts.secrets import digest, new_secret, seal, unseal
from bot.clock import Clock
from bot.storage.tables.accounts import PendingPasswordRow


class PendingKind(StrEnum):
    """Which form it is."""

    CHANGE = "change"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Pending:
    """What was given in the first step."""

    kind: PendingKind
    card_number: str
    temporary_password: str = ""
    """For CHANGE."""
    name: str = ""
    """For REGISTRATION, as is `birth_date`."""
    birth_date: date | None = None
    is_done: bool = False
    """The password is recorded already; only the card number is still kept."""


class PendingPasswords:
    """Half-done forms. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def begin(self, line_user_id: str, pending: Pending) -> str:
        """Keep the first step; returns the secret that opens it."""
        secret = new_secret()
        self._session.add(
            PendingPasswordRow(
                secret_digest=digest(secret),
                line_user_id=line_user_id,
                kind=pending.kind,
                sealed=self._sealed(secret, pending),
                begun_at=self._clock.now(),
            )
        )
        self._session.flush()
        return secret

    def open(self, secret: str, line_user_id: str, kind: PendingKind) -> Pending | None:
        """The first step that belongs to this secret, locked; None if it is gone, old or somebody else's."""
        row = self._session.get(PendingPasswordRow, digest(secret), with_for_update=True)
        if row is None or row.line_user_id != line_user_id or row.kind != kind:
            return None
        if self._clock.now() - row.begun_at >= PENDING_LIFE:
            return None
        values = unseal(secret, row.sealed)
        if values is None:
            return None
        birth_date = date.fromisoformat(values["birth_date"]) if values["birth_date"] else None
        return Pending(
            kind=kind,
            card_number=values["card_number"],
            temporary_password=values["temporary_password"],
            name=values["name"],
            birth_date=birth_date,
            is_done=row.done_at is not None,
        )

    def done(self, secret: str, pending: Pending) -> None:
        """The password is recorded: keep the card number alone, for a form that was sent twice."""
        row = self._session.get_one(PendingPasswordRow, digest(secret))
        row.done_at = self._clock.now()
        row.sealed = self._sealed(secret, Pending(pending.kind, pending.card_number))
        self._session.flush()

    def _sealed(self, secret: str, pending: Pending) -> bytes:
        values = {
            "card_number": pending.card_number,
            "temporary_password": pending.temporary_password,
            "name": pending.name,
            "birth_date": pending.birth_date.isoformat() if pending.birth_date else "",
        }
        return seal(secret, values, self._clock.now())
