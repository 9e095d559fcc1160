"""The accounts of the staff, as rows. The caller holds the transaction and writes the audit log."""

import re
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.accounts.hashing import hash_password, is_password
from bot.accounts.limits import TryKind
from bot.accounts.secrets import digest
from bot.accounts.tries import Subject, Tries
from bot.clock import Clock
from bot.staff.codes import new_password, new_recovery_codes, tidy
from bot.staff.model import PasswordFlaw, Role, StaffAccount, StaffError
from bot.storage.tables.staff import StaffAccountRow, StaffRecoveryCodeRow, StaffSessionRow

LONGEST_PASSWORD = 1000
"""Beyond this nothing is hashed."""

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


class StaffAccounts:
    """All accounts. Methods that name one raise StaffError where there is none."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, username: str, *, name: str, roles: Iterable[Role]) -> str:
        """A new account; returns its password, which is shown this once and replaced at the first sign-in."""
        if not _USERNAME.fullmatch(username):
            raise StaffError("a user name has 1 to 32 of a-z, 0-9, . _ - and begins with a letter or digit")
        if self.find(username) is not None:
            raise StaffError(f"there is an account {username} already")
        password = new_password()
        self._session.add(
            StaffAccountRow(
                username=username,
                name=name.strip() or username,
                roles=_written(roles),
                password_hash=hash_password(password),
                must_change=True,
                created_at=self._clock.now(),
            )
        )
        self._session.flush()
        return password

    def find(self, username: str) -> StaffAccount | None:
        """The account of this name, disabled or not; None without one."""
        row = self._session.get(StaffAccountRow, username)
        return account_of(row) if row is not None else None

    def list(self) -> tuple[StaffAccount, ...]:
        """All accounts, by name."""
        rows = self._session.scalars(select(StaffAccountRow).order_by(StaffAccountRow.username))
        return tuple(account_of(row) for row in rows)

    def set_roles(self, username: str, roles: Iterable[Role]) -> None:
        """From the next click on it may do this and no more."""
        self._row(username).roles = _written(roles)
        self._session.flush()

    def disable(self, username: str) -> None:
        """It opens nothing any more; its sessions end at once."""
        row = self._row(username)
        row.disabled_at = row.disabled_at or self._clock.now()
        self.end_sessions(username)

    def enable(self, username: str) -> None:
        """It may sign in again, as before."""
        self._row(username).disabled_at = None
        self._session.flush()

    def reset_password(self, username: str) -> str:
        """A new password to be handed out; sessions end, and earlier failures are forgotten."""
        row, password = self._row(username), new_password()
        row.password_hash, row.must_change = hash_password(password), True
        Tries(self._session, self._clock).forgive(Subject(TryKind.STAFF_PASSWORD, username))
        self.end_sessions(username)
        return password

    def reset_totp(self, username: str) -> None:
        """The codes of the phone and the recovery codes open nothing any more; the next sign-in sets them up anew."""
        row = self._row(username)
        row.totp_sealed = row.totp_confirmed_at = row.totp_last_step = None
        self._forget_recovery_codes(username)
        Tries(self._session, self._clock).forgive(Subject(TryKind.STAFF_CODE, username))
        self.end_sessions(username)

    def end_sessions(self, username: str) -> None:
        """Sign it out everywhere."""
        self._session.execute(delete(StaffSessionRow).where(StaffSessionRow.username == username))
        self._session.flush()

    def change_password(
        self, username: str, *, old: str, new: str, again: str, min_length: int
    ) -> tuple[PasswordFlaw, ...]:
        """Replace the password; what speaks against the new one, or nothing."""
        row = self._row(username)
        flaws = tuple(_flaws(row, old=old, new=new, again=again, min_length=min_length))
        if not flaws:
            row.password_hash, row.must_change = hash_password(new), False
            self._session.flush()
        return flaws

    def new_recovery_codes(self, username: str) -> tuple[str, ...]:
        """New recovery codes in place of all earlier ones; they are shown this once."""
        self._forget_recovery_codes(username)
        codes = new_recovery_codes()
        self._session.add_all(
            StaffRecoveryCodeRow(code_digest=digest(tidy(code)), username=username) for code in codes
        )
        self._session.flush()
        return codes

    def use_recovery_code(self, username: str, written: str) -> bool:
        """Whether this is an unused recovery code of the account; it is used up by it."""
        code = StaffRecoveryCodeRow
        used = self._session.execute(
            delete(code).where(code.code_digest == digest(tidy(written)), code.username == username)
        )
        return bool(used.rowcount)  # type: ignore[attr-defined]  # A DELETE's result has it.

    def count_recovery_codes(self, username: str) -> int:
        """How many are left."""
        code = StaffRecoveryCodeRow
        return len(self._session.scalars(select(code.code_digest).where(code.username == username)).all())

    def _forget_recovery_codes(self, username: str) -> None:
        code = StaffRecoveryCodeRow
        self._session.execute(delete(code).where(code.username == username))

    def _row(self, username: str) -> StaffAccountRow:
        row = self._session.get(StaffAccountRow, username, with_for_update=True, populate_existing=True)
        if row is None:
            raise StaffError(f"there is no account {username}")
        return row


def account_of(row: StaffAccountRow) -> StaffAccount:
    """The account without its secrets."""
    return StaffAccount(
        username=row.username,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles.split()),
        has_codes=row.totp_confirmed_at is not None,
        must_change=row.must_change,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _written(roles: Iterable[Role]) -> str:
    return " ".join(sorted({role.value for role in roles}))


def _flaws(
    row: StaffAccountRow, *, old: str, new: str, again: str, min_length: int
) -> Iterable[PasswordFlaw]:
    if not is_password(row.password_hash, old):
        yield PasswordFlaw.WRONG_OLD
    if len(new) < min_length:
        yield PasswordFlaw.TOO_SHORT
    if len(new) > LONGEST_PASSWORD:
        yield PasswordFlaw.TOO_LONG
    if new != again:
        yield PasswordFlaw.NOT_THE_SAME
    if new == old:
        yield PasswordFlaw.NOT_NEW
    if row.username in new.lower():
        yield PasswordFlaw.LIKE_USERNAME
