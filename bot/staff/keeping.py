"""Keeping accounts: each change and its entry in the audit log are one transaction. For console and shell alike."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from bot.clock import Clock
from bot.staff.accounts import StaffAccounts
from bot.staff.audit import Action, Audit, Subject, SubjectKind
from bot.staff.model import Role, StaffAccount
from bot.storage.engine import reading, writing


class AccountActs:
    """Opens its own transactions. `actor`: who does it, or `SHELL`. An unknown user name raises StaffError."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def list(self) -> tuple[StaffAccount, ...]:
        """All accounts, by name."""
        with reading(self._engine) as session:
            return StaffAccounts(session, self._clock).list()

    def find(self, username: str) -> StaffAccount | None:
        """The account of this name; None without one."""
        with reading(self._engine) as session:
            return StaffAccounts(session, self._clock).find(username)

    def add(self, actor: str, username: str, *, name: str, roles: Iterable[Role]) -> str:
        """A new account; its password, shown this once."""
        with self._changing(actor, username, Action.ACCOUNT_ADDED) as accounts:
            return accounts.add(username, name=name, roles=roles)

    def set_roles(self, actor: str, username: str, roles: Iterable[Role]) -> None:
        """These roles and no others, from the next click on."""
        with self._changing(actor, username, Action.ROLES_CHANGED) as accounts:
            accounts.set_roles(username, roles)

    def disable(self, actor: str, username: str) -> None:
        """Shut it; whoever is signed in with it is out at once."""
        with self._changing(actor, username, Action.ACCOUNT_DISABLED) as accounts:
            accounts.disable(username)

    def enable(self, actor: str, username: str) -> None:
        """Open it again, as it was."""
        with self._changing(actor, username, Action.ACCOUNT_ENABLED) as accounts:
            accounts.enable(username)

    def reset_totp(self, actor: str, username: str) -> None:
        """Forget its codes: the next sign-in sets them up anew."""
        with self._changing(actor, username, Action.CODES_RESET) as accounts:
            accounts.reset_totp(username)

    def reset_password(self, actor: str, username: str) -> str:
        """A new password to be handed out, shown this once."""
        with self._changing(actor, username, Action.PASSWORD_RESET) as accounts:
            return accounts.reset_password(username)

    @contextmanager
    def _changing(self, actor: str, username: str, action: Action) -> Iterator[StaffAccounts]:
        with writing(self._engine) as session:
            yield StaffAccounts(session, self._clock)
            Audit(session, self._clock).note(actor, action, Subject(SubjectKind.ACCOUNT, username))
