"""The use cases behind the link pages: sign in, register a first password, change a temporary one.

Each ends in a nonce for LINE's dialog, in a next step, or in one refusal that is the same whatever was
wrong. The transactions are drawn here: the count of tries is written before a password is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.accounts.limits import TryKind
from bot.accounts.link_tokens import LinkTokens
from bot.accounts.model import (
    Flawed,
    MustChange,
    NotRecognised,
    PasswordRecorded,
    Recognised,
    SignedIn,
    StartAgain,
    Visitor,
    Waiting,
)
from bot.accounts.nonces import Nonces
from bot.accounts.pending import Pending, PendingKind, PendingPasswords
from bot.accounts.tries import Subject, Tries, address_subject
from bot.clock import Clock
from bot.library import LibraryError, PasswordDesk, RegistrationOutcome, SignIn
from bot.policies import Policy
from bot.storage.engine import reading, writing

OpenPasswords: TypeAlias = Callable[[Session], PasswordDesk]
TellRegistered: TypeAlias = Callable[[Session, str, str], None]
"""Has a first registration told, within its transaction: called with the card number and the e-mail address that was
recorded before (empty: none)."""
AskToConfirm: TypeAlias = Callable[[Session, str, str], object]
"""Has the owner of an e-mail address asked whether it is theirs, within the transaction: called with the card number
and the address that was given for it. Nothing happens where there is no need to ask."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The last three fields of the password pages."""

    new_password: str
    new_password_again: str
    email: str
    """Empty: leave the recorded one as it is."""


class SignInDesk:
    """Opens its own transactions. Every method may raise `LibraryError`; then no try is counted."""

    def __init__(
        self,
        engine: Engine,
        policy: Policy,
        clock: Clock,
        passwords: OpenPasswords,
        tell_registered: TellRegistered,
        ask_to_confirm: AskToConfirm,
    ) -> None:
        self._engine = engine
        self._policy = policy
        self._clock = clock
        self._passwords = passwords
        self._tell_registered = tell_registered
        self._ask_to_confirm = ask_to_confirm

    @property
    def offers_registration(self) -> bool:
        """Whether a first password can be registered here; else the counter issues temporary ones."""
        return self._policy.password.first_registration == "by_patron"

    def owner(self, token: str) -> str | None:
        """The friend whom this link token was issued to, while it lives."""
        with reading(self._engine) as session:
            return LinkTokens(session, self._clock).owner(token)

    def sign_in(self, visitor: Visitor, card_number: str, password: str) -> SignedIn:
        """Card number and password, temporary or not."""
        subjects = _subjects(TryKind.SIGN_IN_CARD, card_number, visitor)
        with writing(self._engine) as session:
            wait = Tries(session, self._clock).begin(subjects)
        if wait:
            return Waiting(wait)
        answer = self._check(subjects, card_number, password)
        with writing(self._engine) as session:
            if answer is SignIn.REFUSED:
                return NotRecognised(Tries(session, self._clock).next_wait(subjects))
            self._was_right(session, subjects)
            if answer is SignIn.TEMPORARY:
                pending = Pending(PendingKind.CHANGE, card_number, temporary_password=password)
                return MustChange(self._pending(session).begin(visitor.line_user_id, pending))
            return self._recognised(session, visitor, card_number)

    def begin_registration(self, visitor: Visitor, card_number: str, name: str, birth_date: date) -> str:
        """Keep the first step of a registration, unlooked at; returns the secret for the second."""
        pending = Pending(PendingKind.REGISTRATION, card_number, name=name, birth_date=birth_date)
        with writing(self._engine) as session:
            return self._pending(session).begin(visitor.line_user_id, pending)

    def first_step(self, visitor: Visitor, secret: str, kind: PendingKind) -> Pending | None:
        """What was given in the first step; None once it is too old, or for another's secret."""
        with reading(self._engine) as session:
            return self._pending(session).open(secret, visitor.line_user_id, kind)

    def register(self, visitor: Visitor, secret: str, new: NewPassword) -> PasswordRecorded:
        """Record a first password for whoever the first step names."""
        return self._record(visitor, secret, new, PendingKind.REGISTRATION)

    def change(self, visitor: Visitor, secret: str, new: NewPassword) -> PasswordRecorded:
        """Put a password in place of the temporary one of the first step."""
        return self._record(visitor, secret, new, PendingKind.CHANGE)

    def _check(self, subjects: list[Subject], card_number: str, password: str) -> SignIn:
        # No writing transaction is open meanwhile: hashing takes its time, and others write, too.
        try:
            with reading(self._engine) as session:
                return self._passwords(session).check(card_number, password)
        except LibraryError:
            with writing(self._engine) as session:
                Tries(session, self._clock).take_back(subjects)
            raise

    def _record(self, visitor: Visitor, secret: str, new: NewPassword, kind: PendingKind) -> PasswordRecorded:
        """One transaction, so that a form sent twice finds either nothing done or all of it."""
        with writing(self._engine) as session:
            pending = self._pending(session).open(secret, visitor.line_user_id, kind)
            if pending is None:
                return StartAgain()
            if pending.is_done:
                return self._recognised(session, visitor, pending.card_number)
            subjects = _subjects(_KINDS[kind], pending.card_number, visitor)
            tries = Tries(session, self._clock)
            if wait := tries.begin(subjects):
                return Waiting(wait)
            outcome = _recorded(self._passwords(session), pending, new)
            if outcome.reasons:
                tries.take_back(subjects)
                return Flawed(outcome.reasons)
            if not outcome.done:
                return NotRecognised(tries.next_wait(subjects))
            self._was_right(session, subjects)
            self._pending(session).done(secret, pending)
            if kind is PendingKind.REGISTRATION:
                self._tell_registered(session, pending.card_number, outcome.email_before)
            if new.email:
                self._ask_to_confirm(session, pending.card_number, new.email)
            return self._recognised(session, visitor, pending.card_number)

    def _was_right(self, session: Session, subjects: list[Subject]) -> None:
        """Forgive the card alone: a stranger must not clear an address by signing in with their own card."""
        Tries(session, self._clock).was_right(subjects)

    def _recognised(self, session: Session, visitor: Visitor, card_number: str) -> Recognised:
        return Recognised(Nonces(session, self._clock).make(visitor.line_user_id, card_number))

    def _pending(self, session: Session) -> PendingPasswords:
        return PendingPasswords(session, self._clock)


_KINDS = {
    PendingKind.CHANGE: TryKind.SIGN_IN_CARD,
    PendingKind.REGISTRATION: TryKind.REGISTRATION_CARD,
}


def _subjects(kind: TryKind, card_number: str, visitor: Visitor) -> list[Subject]:
    """What a try counts against, the card first."""
    line_user = Subject(TryKind.LINE_USER, visitor.line_user_id)
    return [Subject(kind, card_number), line_user, address_subject(visitor.address)]


def _recorded(passwords: PasswordDesk, pending: Pending, new: NewPassword) -> RegistrationOutcome:
    if pending.birth_date is None:
        return passwords.change(
            pending.card_number,
            password=pending.temporary_password,
            new_password=new.new_password,
            new_password_again=new.new_password_again,
            email=new.email,
        )
    return passwords.register(
        pending.card_number,
        name=pending.name,
        birth_date=pending.birth_date,
        new_password=new.new_password,
        new_password_again=new.new_password_again,
        email=new.email,
    )
