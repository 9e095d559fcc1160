"""Failed tries, counted in the database, and the waits that grow with them.

A try is counted before the password is looked at and taken back afterwards if it was right, so that many
requests at once get no more tries than one after the other. A try that comes too early is not counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.accounts.limits import LIMITS, TryKind
from bot.accounts.secrets import digest
from bot.clock import Clock
from bot.storage.tables.accounts import SignInTryRow

_FORGET_AFTER = max(limit.forgotten_after for limit in LIMITS.values())


@dataclass(frozen=True, slots=True)
class Subject:
    """What a try counts against: a card or a staff account, known or not, a LINE user or an address."""

    kind: TryKind
    value: str

    @property
    def key(self) -> str:
        """As it is stored: neither card numbers nor addresses stand in the table."""
        return digest(f"{self.kind}:{self.value}")


def address_subject(address: str, kind: TryKind = TryKind.ADDRESS) -> Subject:
    """The network an IP address counts for: an IPv6 subscriber has a whole /64 to choose from."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return Subject(kind, "")
    if parsed.version == 6:
        return Subject(kind, str(ip_network((parsed, 64), strict=False)))
    return Subject(kind, str(parsed))


class Tries:
    """The counts. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def begin(self, subjects: Iterable[Subject]) -> timedelta:
        """Count one try against each subject, unless one of them must still wait.

        Returns how long it must wait, and then counts nothing; zero: the try may be made.
        """
        self.forget_old()
        rows = [(subject, self._locked(subject)) for subject in _in_order(subjects)]
        wait = max(self._wait(subject, row) for subject, row in rows)
        if not wait:
            for _, row in rows:
                row.failures += 1
                row.failed_at = self._clock.now()
            self._session.flush()
        return wait

    def next_wait(self, subjects: Iterable[Subject]) -> timedelta:
        """How long the next try of these would have to wait."""
        return max(self._wait(subject, self._locked(subject)) for subject in _in_order(subjects))

    def take_back(self, subjects: Iterable[Subject]) -> None:
        """The try that was begun was no failure; earlier ones still count."""
        self._end(subjects, forgiven=None)

    def was_right(self, subjects: Sequence[Subject]) -> None:
        """The try that was begun was right: forget the first subject's failures; the others' earlier ones count."""
        self._end(subjects, forgiven=subjects[0])

    def forgive(self, subject: Subject) -> None:
        """Forget all failures of one subject."""
        self._locked(subject).failures = 0
        self._session.flush()

    def _end(self, subjects: Iterable[Subject], *, forgiven: Subject | None) -> None:
        for subject in _in_order(subjects):
            row = self._locked(subject)
            row.failures = 0 if subject == forgiven else max(0, row.failures - 1)
        self._session.flush()

    def _wait(self, subject: Subject, row: SignInTryRow) -> timedelta:
        wait = LIMITS[subject.kind].wait_after(row.failures)
        return max(timedelta(0), row.failed_at + wait - self._clock.now())

    def _locked(self, subject: Subject) -> SignInTryRow:
        """The subject's row, made if missing, locked, and empty where its failures are forgotten."""
        row = self._session.get(SignInTryRow, subject.key, with_for_update=True)
        if row is None:
            row = self._added(subject.key, self._clock.now())
        if self._clock.now() - row.failed_at >= LIMITS[subject.kind].forgotten_after:
            row.failures = 0
        return row

    def _added(self, key: str, now: datetime) -> SignInTryRow:
        row = SignInTryRow(subject_digest=key, failures=0, failed_at=now)
        try:
            with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:
            # Another request was quicker (on a database with several writers): theirs counts.
            return self._session.get_one(SignInTryRow, key, with_for_update=True)
        return row

    def forget_old(self) -> None:
        """Remove tries that were so long ago that they count no more."""
        before = self._clock.now() - _FORGET_AFTER
        self._session.execute(delete(SignInTryRow).where(SignInTryRow.failed_at < before))


def _in_order(subjects: Iterable[Subject]) -> list[Subject]:
    """Always in the same order, so that two requests can't lock each other out."""
    return sorted(subjects, key=lambda subject: subject.key)
