"""The values of staff accounts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias


class Role(StrEnum):
    """What an account may do; it may have several."""

    WRITER = "writer"
    """Write announcements."""
    APPROVER = "approver"
    """Approve what others wrote."""
    DESK = "desk"
    """Do what the counter does: lend, take back, answer patrons, cut links."""
    ADMIN = "admin"
    """Look after accounts and read the log of what was done."""


class Stage(StrEnum):
    """How far a sign-in has come. Only the last opens the console."""

    CODE = "code"
    """The password was right; a one-time code is asked for."""
    SETUP = "setup"
    """The password was right; one-time codes must be set up first."""
    PASSWORD = "password"  # noqa: S105  # A name, no password.
    """The password that was handed out must be replaced."""
    FULL = "full"

    @property
    def is_whole(self) -> bool:
        """Whether the console is open."""
        return self is Stage.FULL


class StaffError(Exception):
    """An account can't be used as was asked. The text says why, in a line; no password and no code stands in it."""


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account, without its secrets."""

    username: str
    name: str
    """As colleagues know the person."""
    roles: frozenset[Role]
    has_codes: bool
    """One-time codes are set up."""
    must_change: bool
    """The password was handed out and must be replaced."""
    created_at: datetime
    """UTC."""
    disabled_at: datetime | None = None
    """UTC."""

    def may(self, roles: frozenset[Role]) -> bool:
        """Whether it has one of these roles."""
        return bool(self.roles & roles)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a session's token stands for, and how far the sign-in has come."""

    account: StaffAccount
    stage: Stage


@dataclass(frozen=True, slots=True)
class Opened:
    """The step was right: from now on this token stands for the session, and the one before for none."""

    token: str
    stage: Stage
    recovery_codes: tuple[str, ...] = ()
    """Shown this once, where codes have just been set up."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not right, whatever it was; nobody is told."""

    wait: timedelta
    """How long the next try must wait; zero: not at all."""


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Too early after earlier failures: nothing was looked at."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app for one-time codes needs."""

    secret: str
    """In Base32, to be typed in where no picture can be taken."""
    address: str
    """`otpauth://…`, for the QR code."""


class PasswordFlaw(StrEnum):
    """Why a new password is not accepted."""

    WRONG_OLD = "wrong_old"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_THE_SAME = "not_the_same"
    NOT_NEW = "not_new"
    LIKE_USERNAME = "like_username"

    @property
    def is_a_failed_try(self) -> bool:
        """Whether it counts as a failure to sign in."""
        return self is PasswordFlaw.WRONG_OLD


@dataclass(frozen=True, slots=True)
class Flawed:
    """The new password is not accepted; nothing was changed."""

    flaws: tuple[PasswordFlaw, ...]


Step: TypeAlias = Opened | Refused | TooEarly
