"""The use cases behind the sign-in pages: password, then a one-time code; setting codes up; a new password.

The transactions are drawn here: a try is counted and committed before anything is looked at. Whatever was wrong, the
answer is the same and takes the same time. Locks come in one order, so that two sign-ins never wait for each other:
account, tries, and the audit log last.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.accounts.hashing import is_password, nobodys_hash
from bot.accounts.limits import TryKind
from bot.accounts.tries import Subject as Tried
from bot.accounts.tries import Tries, address_subject
from bot.clock import Clock
from bot.policies import Policy
from bot.staff import codes
from bot.staff.accounts import StaffAccounts
from bot.staff.audit import NOBODY_KNOWN, NOTHING, Action, Audit, Subject, SubjectKind
from bot.staff.model import Flawed, Opened, Refused, Setup, SignedIn, StaffError, Stage, Step, TooEarly
from bot.staff.sealing import Sealer
from bot.staff.sessions import Sessions
from bot.storage.engine import reading, writing
from bot.storage.tables.staff import StaffAccountRow

_Check: TypeAlias = Callable[[Session, StaffAccountRow], Action | None]
"""Whether the code is right: what is to be noted of it besides the sign-in, or None where it is not."""


class StaffSignIn:
    """Opens its own transactions. `token`: the session's, as the browser has it."""

    def __init__(self, engine: Engine, policy: Policy, clock: Clock, sealer: Sealer) -> None:
        self._engine = engine
        self._policy = policy
        self._clock = clock
        self._sealer = sealer

    def who(self, token: str) -> SignedIn | None:
        """Who has this token and how far the sign-in has come; its use is noted. None: sign in first."""
        with reading(self._engine) as session:
            sessions = self._sessions(session)
            found = sessions.find(token)
            if found is None or not sessions.must_be_touched(token):
                return found
        with writing(self._engine) as session:
            self._sessions(session).touch(token)
        return found

    def begin(self, username: str, password: str, address: str) -> Step:
        """User name and password: the first step, which alone opens nothing."""
        tried = [Tried(TryKind.STAFF_PASSWORD, username), address_subject(address, TryKind.STAFF_ADDRESS)]
        if wait := self._count(tried):
            return TooEarly(wait)
        with reading(self._engine) as session:
            row = session.get(StaffAccountRow, username)
            is_right = is_password(row.password_hash if row is not None else nobodys_hash(), password)
        with writing(self._engine) as session:
            if row is None or row.disabled_at is not None or not is_right:
                wait = Tries(session, self._clock).next_wait(tried)
                self._note_refusal(session, username if row is not None else NOBODY_KNOWN)
                return Refused(wait)
            self._was_right(session, tried)
            stage = Stage.CODE if row.totp_confirmed_at is not None else Stage.SETUP
            return Opened(self._sessions(session).begin(username, stage), stage)

    def setup(self, username: str) -> Setup:
        """What the app for one-time codes needs; the same until one of them was right. Then it raises StaffError."""
        with writing(self._engine) as session:
            row = session.get_one(StaffAccountRow, username, with_for_update=True)
            if row.totp_confirmed_at is not None:
                raise StaffError("the account's codes are set up already")
            secret = self._sealer.open(row.totp_sealed) if row.totp_sealed is not None else None
            if secret is None:
                secret = codes.new_totp_secret()
                row.totp_sealed = self._sealer.seal(secret)
        return Setup(secret, codes.provisioning_address(secret, username, self._policy.name))

    def finish_setup(self, token: str, username: str, code: str, address: str) -> Step:
        """The first code of the app: if it is right, the codes are set up, and there are recovery codes."""
        recovery: list[str] = []

        def confirm(session: Session, row: StaffAccountRow) -> Action | None:
            if row.totp_confirmed_at is not None or not self._is_totp(row, codes.tidy(code)):
                return None
            row.totp_confirmed_at = self._clock.now()
            recovery.extend(StaffAccounts(session, self._clock).new_recovery_codes(username))
            self._sessions(session).end_others(token, username)
            return Action.CODES_SET_UP

        outcome = self._with_code(token, username, address, confirm)
        return replace(outcome, recovery_codes=tuple(recovery)) if isinstance(outcome, Opened) else outcome

    def code(self, token: str, username: str, written: str, address: str) -> Step:
        """A one-time code, or a recovery code in its place: the second step."""
        tidy = codes.tidy(written)

        def check(session: Session, row: StaffAccountRow) -> Action | None:
            if codes.is_totp(tidy):
                return Action.SIGNED_IN if self._is_totp(row, tidy) else None
            is_right = StaffAccounts(session, self._clock).use_recovery_code(row.username, tidy)
            return Action.RECOVERY_CODE_USED if is_right else None

        return self._with_code(token, username, address, check)

    def change_password(
        self, username: str, *, old: str, new: str, again: str, address: str
    ) -> Opened | Flawed | TooEarly:
        """A new password; other sessions of the account end. The old one is asked for again, and its failures count."""
        tried = [Tried(TryKind.STAFF_PASSWORD, username), address_subject(address, TryKind.STAFF_ADDRESS)]
        if wait := self._count(tried):
            return TooEarly(wait)
        least = self._policy.staff.password_min_length
        with writing(self._engine) as session:
            accounts, sessions = StaffAccounts(session, self._clock), self._sessions(session)
            flaws = accounts.change_password(username, old=old, new=new, again=again, min_length=least)
            if not any(flaw.is_a_failed_try for flaw in flaws):
                self._was_right(session, tried)
            if flaws:
                return Flawed(flaws)
            accounts.end_sessions(username)
            opened = Opened(sessions.begin(username, Stage.FULL), Stage.FULL)
            _note(session, self._clock, username, Action.PASSWORD_CHANGED)
            return opened

    def new_recovery_codes(self, username: str) -> tuple[str, ...]:
        """New recovery codes in place of the earlier ones."""
        with writing(self._engine) as session:
            made = StaffAccounts(session, self._clock).new_recovery_codes(username)
            _note(session, self._clock, username, Action.RECOVERY_CODES_MADE)
        return made

    def end(self, token: str, username: str) -> None:
        """Sign out."""
        with writing(self._engine) as session:
            self._sessions(session).end(token)
            _note(session, self._clock, username, Action.SIGNED_OUT)

    def _with_code(self, token: str, username: str, address: str, check: _Check) -> Step:
        """The second step with whatever stands for the code: counted, looked at, and on to what is next."""
        tried = [Tried(TryKind.STAFF_CODE, username), address_subject(address, TryKind.STAFF_ADDRESS)]
        if wait := self._count(tried):
            return TooEarly(wait)
        with writing(self._engine) as session:
            row = session.get_one(StaffAccountRow, username, with_for_update=True)
            is_here = self._sessions(session).find(token) is not None
            right = check(session, row) if is_here else None
            if right is None:
                wait = Tries(session, self._clock).next_wait(tried)
                _note(session, self._clock, username, Action.SIGN_IN_REFUSED)
                return Refused(wait)
            self._was_right(session, tried)
            stage = Stage.PASSWORD if row.must_change else Stage.FULL
            opened = Opened(self._sessions(session).advance(token, stage), stage)
            for action in dict.fromkeys((right, Action.SIGNED_IN)):
                _note(session, self._clock, username, action)
            return opened

    def _is_totp(self, row: StaffAccountRow, code: str) -> bool:
        """Whether this is a code of the account that was not used yet; it is used up by it."""
        secret = self._sealer.open(row.totp_sealed) if row.totp_sealed is not None else None
        if secret is None:
            return False
        step = codes.matching_step(secret, code, self._clock.now(), after=row.totp_last_step)
        if step is None:
            return False
        row.totp_last_step = step
        return True

    def _count(self, tried: list[Tried]) -> timedelta:
        with writing(self._engine) as session:
            return Tries(session, self._clock).begin(tried)

    def _was_right(self, session: Session, tried: list[Tried]) -> None:
        """Forgive the account alone: nobody clears an address by signing in with their own account."""
        Tries(session, self._clock).was_right(tried)

    def _note_refusal(self, session: Session, username: str) -> None:
        """For an unknown name as well, so that it takes the same time; the name itself may be a mistyped password."""
        about = NOTHING if username == NOBODY_KNOWN else Subject(SubjectKind.ACCOUNT, username)
        Audit(session, self._clock).note(username, Action.SIGN_IN_REFUSED, about)

    def _sessions(self, session: Session) -> Sessions:
        return Sessions(session, self._clock, self._policy.staff)


def _note(session: Session, clock: Clock, username: str, action: Action) -> None:
    Audit(session, clock).note(username, action, Subject(SubjectKind.ACCOUNT, username))
