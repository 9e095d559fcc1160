"""Passwords of cards. Every check costs the same, whoever asks for whatever card."""

import hmac
import unicodedata
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.accounts.hashing import hash_password, is_password, nobodys_hash
from bot.clock import Clock
from bot.ils.embedded.locks import lock_patron
from bot.library import Actor, PasswordReason, PatronNotFound, RegistrationOutcome, SignIn
from bot.policies import Policy
from bot.rules.passwords import reasons_against
from bot.storage.tables.library import CredentialRow, PatronRow


class EmbeddedPasswords:
    """Fulfils `bot.library.PasswordDesk` on our own tables, within `session`'s transaction."""

    def __init__(self, session: Session, policy: Policy, clock: Clock) -> None:
        self._session = session
        self._policy = policy
        self._clock = clock

    def check(self, card_number: str, password: str) -> SignIn:
        """Whether this password opens this card."""
        row = self._session.get(CredentialRow, card_number)
        opens = is_password(row.password_hash if row is not None else nobodys_hash(), password)
        if row is None or not opens:
            return SignIn.REFUSED
        return SignIn.TEMPORARY if row.temporary else SignIn.ACCEPTED

    def register(
        self,
        card_number: str,
        *,
        name: str,
        birth_date: date,
        new_password: str,
        new_password_again: str,
        email: str,
    ) -> RegistrationOutcome:
        """Record the first password of a card; only while it has none. An empty e-mail changes nothing."""
        reasons = self._reasons(card_number, new_password, new_password_again, temporary=None)
        # Hashed whether or not it will be kept: the time must not tell whether the card is known.
        hashed = hash_password(new_password)
        patron = self._locked(card_number)
        known = patron is not None and _is_the_person(patron, name, birth_date)
        if self._policy.password.first_registration != "by_patron" or patron is None or not known:
            return RegistrationOutcome(False, ())
        if self._session.get(CredentialRow, card_number) is not None:
            return RegistrationOutcome(False, ())
        if reasons:
            return RegistrationOutcome(False, reasons)
        email_before = patron.email
        self._keep(patron, hashed, email)
        return RegistrationOutcome(True, email_before=email_before)

    def change(
        self, card_number: str, *, password: str, new_password: str, new_password_again: str, email: str
    ) -> RegistrationOutcome:
        """Replace a password (temporary or not) that is given again as `password`."""
        standing = self.check(card_number, password)
        temporary = password if standing is SignIn.TEMPORARY else None
        reasons = self._reasons(card_number, new_password, new_password_again, temporary=temporary)
        hashed = hash_password(new_password)
        patron = self._locked(card_number)
        if standing is SignIn.REFUSED or patron is None:
            return RegistrationOutcome(False, ())
        if reasons:
            return RegistrationOutcome(False, reasons)
        self._keep(patron, hashed, email)
        return RegistrationOutcome(True)

    def set_by_staff(self, card_number: str, password: str, *, temporary: bool, actor: Actor) -> None:
        """Set a password without asking for the old one: the counter's right. Raises PatronNotFound."""
        lock_patron(self._session, card_number)
        keep_password(
            self._session, card_number, password, temporary=temporary, actor=actor, at=self._clock.now()
        )

    def _locked(self, card_number: str) -> PatronRow | None:
        try:
            return lock_patron(self._session, card_number)
        except PatronNotFound:
            return None

    def _reasons(
        self, card_number: str, new_password: str, again: str, *, temporary: str | None
    ) -> tuple[PasswordReason, ...]:
        return reasons_against(
            new_password, again, card_number=card_number, temporary=temporary, policy=self._policy
        )

    def _keep(self, patron: PatronRow, hashed: str, email: str) -> None:
        _store(
            self._session,
            patron.card_number,
            hashed,
            temporary=False,
            actor=Actor.PATRON,
            at=self._clock.now(),
        )
        if email:
            patron.email = email
        self._session.flush()


def keep_password(
    session: Session, card_number: str, password: str, *, temporary: bool, actor: Actor, at: datetime
) -> None:
    """Record a card's password, as a hash; `at`: the instant at which it is set."""
    _store(session, card_number, hash_password(password), temporary=temporary, actor=actor, at=at)


def _store(
    session: Session, card_number: str, hashed: str, *, temporary: bool, actor: Actor, at: datetime
) -> None:
    row = session.get(CredentialRow, card_number)
    if row is None:
        row = CredentialRow(card_number=card_number)
        session.add(row)
    row.password_hash = hashed
    row.temporary = temporary
    row.set_by = actor.value
    row.set_at = at
    session.flush()


def _is_the_person(patron: PatronRow, name: str, birth_date: date) -> bool:
    """Name (width and spaces do not matter; its reading does as well) and birth date are those of the card."""
    given = _bare(name)
    same_name = [hmac.compare_digest(given, _bare(own)) for own in (patron.name, patron.name_kana) if own]
    return any(same_name) and patron.birth_date == birth_date


def _bare(name: str) -> bytes:
    return "".join(unicodedata.normalize("NFKC", name).split()).encode()
