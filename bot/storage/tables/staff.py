"""Tables of the staff console: accounts, recovery codes, sessions, and the log of what was done.

What a browser presents as a key (session token, recovery code) is kept as a SHA-256 digest only.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.accounts import DIGEST_LENGTH

USERNAME_LENGTH = 64


class StaffAccountRow(Base):
    """Somebody who may sign in to the staff console."""

    __tablename__ = "staff_accounts"

    username: Mapped[str] = mapped_column(String(USERNAME_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    """As colleagues know the person."""
    roles: Mapped[str] = mapped_column(String(100))
    """Names of roles, separated by spaces."""
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    """The password was handed out and must be replaced at the next sign-in."""
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret of the one-time codes, readable only with SECRET_KEY; None until the person begins to set it up."""
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first code was right; before that the secret opens nothing."""
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The step of the last code that was used: neither it nor an earlier one is taken again."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffRecoveryCodeRow(Base):
    """A recovery code that was not used yet: it stands in for a one-time code once."""

    __tablename__ = "staff_recovery_codes"

    code_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("staff_accounts.username"), index=True)


class StaffSessionRow(Base):
    """Somebody is signed in, or on the way to it. Without the row the cookie opens nothing."""

    __tablename__ = "staff_sessions"

    token_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("staff_accounts.username"), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    """How far the sign-in has come."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StaffAuditRow(Base):
    """One thing that was done. Rows are only ever added: triggers refuse everything else, and each holds the digest
    of the one before it.
    """

    __tablename__ = "staff_audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without a gap."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(USERNAME_LENGTH), index=True)
    """The account's name; empty: a command on the server."""
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    """Of the subject with its salt: it binds the two while the subject is kept, and tells nothing once it is gone."""
    previous: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    """Of the row with `previous`."""


class StaffAuditSubjectRow(Base):
    """What an entry of the log is about: a card, a loan. It goes after the policy's days; it is never changed."""

    __tablename__ = "staff_audit_subjects"

    number: Mapped[int] = mapped_column(ForeignKey("staff_audit.number"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    salt: Mapped[str] = mapped_column(String(32))
