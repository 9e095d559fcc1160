"""The log of what staff did: who, what, to what, when. It is only added to (decision 23).

Triggers in the database refuse a change of its rows, and each row holds the digest of the one before it, so that a
change made past them is found. What an entry is about stands apart, bound to it by a digest: that part goes after the
policy's days. No title, name or text ever stands in it, and no barcode: a barcode tells the title.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Row, delete, select, text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.staff import StaffAuditRow, StaffAuditSubjectRow

SHELL = ""
"""The actor of a command on the server."""
NOBODY_KNOWN = "-"
"""The actor where no account is known by the name that was given; no account can be called so."""

_FIRST = "0" * 64
"""What the first entry has in place of the digest before it."""
_BATCH = 1000


class Action(StrEnum):
    """What was done. The names stand in old entries: one that was used is never renamed."""

    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ROLES_CHANGED = "roles_changed"
    CODES_RESET = "codes_reset"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # A name, no password.
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    CODES_SET_UP = "codes_set_up"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    CHECKED_OUT = "checked_out"
    RETURNED = "returned"
    SET_ASIDE = "set_aside"
    READY = "ready"
    PICKED_UP = "picked_up"
    PUT_BACK = "put_back"
    DECLINED = "declined"
    RELEASED = "released"
    MESSAGE_ANSWERED = "message_answered"
    LINKS_LOOKED_UP = "links_looked_up"
    LINK_CUT = "link_cut"
    LINKS_CUT = "links_cut"
    LINKS_MOVED = "links_moved"
    TEMPORARY_PASSWORD = "temporary_password"  # noqa: S105
    LIST_SAVED = "list_saved"
    CALLED = "called"
    CLOSED = "closed"
    REOPENED = "reopened"
    ANNOUNCEMENT_WRITTEN = "announcement_written"
    ANNOUNCEMENT_TRIED = "announcement_tried"
    ANNOUNCEMENT_SUBMITTED = "announcement_submitted"
    ANNOUNCEMENT_APPROVED = "announcement_approved"
    ANNOUNCEMENT_SENT_BACK = "announcement_sent_back"
    ANNOUNCEMENT_SCHEDULED = "announcement_scheduled"
    ANNOUNCEMENT_CANCELLED = "announcement_cancelled"


class SubjectKind(StrEnum):
    """What an entry is about."""

    NOTHING = ""
    ACCOUNT = "account"
    CARD = "card"
    LOAN = "loan"
    RESERVATION = "reservation"
    MESSAGE = "message"
    CLOSURE = "closure"
    ANNOUNCEMENT = "announcement"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act is about: our own id, a card number or an account's name."""

    kind: SubjectKind
    value: str


NOTHING = Subject(SubjectKind.NOTHING, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, to be read."""

    number: int
    at: datetime
    """UTC."""
    actor: str
    """The account's name; `SHELL`: a command on the server."""
    action: str
    subject: Subject
    """Its value is empty once its days have passed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to list: all that fit what is filled in."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Not this instant itself."""
    before: int | None = None
    """Numbers below this one alone: the next page."""


class Audit:
    """The log. The caller holds the transaction: what was done and its entry are committed together."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def note(self, actor: str, action: Action, subject: Subject = NOTHING) -> None:
        """Add an entry. On PostgreSQL nobody else adds one until the commit, so it comes last in a transaction."""
        self._keep_others_out()
        last = self._session.scalar(select(StaffAuditRow).order_by(StaffAuditRow.number.desc()).limit(1))
        salt = secrets.token_hex(16)
        row = StaffAuditRow(
            number=last.number + 1 if last is not None else 1,
            at=self._clock.now(),
            actor=actor,
            action=action.value,
            subject_kind=subject.kind.value,
            subject_digest=_subject_digest(subject.value, salt),
            previous=last.digest if last is not None else _FIRST,
        )
        row.digest = _digest(row)
        self._session.add(row)
        self._session.flush()
        if subject.value:
            self._session.add(StaffAuditSubjectRow(number=row.number, subject=subject.value, salt=salt))
            self._session.flush()

    def list(self, wanted: Wanted, *, limit: int) -> tuple[Entry, ...]:
        """The newest entries that fit, newest first."""
        row, about = StaffAuditRow, StaffAuditSubjectRow
        conditions = [
            row.actor == wanted.actor if wanted.actor else None,
            row.action == wanted.action if wanted.action else None,
            about.subject == wanted.subject if wanted.subject else None,
            row.at >= wanted.since if wanted.since else None,
            row.at < wanted.until if wanted.until else None,
            row.number < wanted.before if wanted.before is not None else None,
        ]
        query = select(row, about.subject).outerjoin(about, about.number == row.number)
        query = query.where(*(condition for condition in conditions if condition is not None))
        found = self._session.execute(query.order_by(row.number.desc()).limit(limit)).all()
        return tuple(_entry(entry, subject or "") for entry, subject in found)

    def first_flaw(self) -> int | None:
        """The number of the first entry that was changed, or before which one is missing; None: all fit."""
        previous, expected = _FIRST, 1
        for row, about in self._all():
            is_bound = about is None or _subject_digest(about.subject, about.salt) == row.subject_digest
            is_next = row.number == expected and row.previous == previous
            if not (is_bound and is_next and row.digest == _digest(row)):
                return expected
            previous, expected = row.digest, expected + 1
        return None

    def forget_subjects(self, kept: timedelta) -> None:
        """Forget what entries older than this are about."""
        old = select(StaffAuditRow.number).where(StaffAuditRow.at < self._clock.now() - kept)
        self._session.execute(
            delete(StaffAuditSubjectRow)
            .where(StaffAuditSubjectRow.number.in_(old))
            .execution_options(synchronize_session=False)
        )

    def _all(self) -> Iterable[Row[StaffAuditRow, StaffAuditSubjectRow | None]]:
        row, about = StaffAuditRow, StaffAuditSubjectRow
        query = select(row, about).outerjoin(about, about.number == row.number).order_by(row.number)
        return self._session.execute(query.execution_options(yield_per=_BATCH))

    def _keep_others_out(self) -> None:
        # SQLite has one writer at a time anyway.
        if self._session.get_bind().dialect.name != "sqlite":
            self._session.execute(text("LOCK TABLE staff_audit IN SHARE ROW EXCLUSIVE MODE"))


def _entry(row: StaffAuditRow, subject: str) -> Entry:
    return Entry(row.number, row.at, row.actor, row.action, Subject(SubjectKind(row.subject_kind), subject))


def _subject_digest(subject: str, salt: str) -> str:
    return sha256(f"{salt}:{subject}".encode()).hexdigest()


def _digest(row: StaffAuditRow) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (row.number, at, row.actor, row.action, row.subject_kind, row.subject_digest, row.previous)
    return sha256(json.dumps(parts).encode()).hexdigest()
