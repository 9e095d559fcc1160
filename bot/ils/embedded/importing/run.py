"""What the loading of all files shares: the transaction, the time, the mistakes, and how rows are compared."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.ils.embedded.importing.columns import Value
from bot.ils.embedded.importing.reading import BadRow
from bot.policies import Policy
from bot.storage.base import Base

_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Run:
    """One import."""

    session: Session
    policy: Policy
    now: datetime
    today: date
    snapshot: bool
    """The files are complete: what they do not hold is over."""
    bad: list[BadRow] = field(default_factory=list)
    """What contradicts the record; nothing is kept if there is any."""

    def is_forgotten(self, ended_on: date) -> bool:
        """Whether who had it would be forgotten already (`bot.jobs.retention`): it must not come back with a file."""
        return ended_on < self.today - timedelta(days=self.policy.retention.history_person_days)

    def write(self) -> None:
        """Write what has been changed, and let go of it, so that memory does not grow with the files."""
        self.session.flush()
        self.session.expunge_all()


@dataclass(slots=True)
class Counts:
    """Rows of one file."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    """Gone from a complete file: loans returned, reservations closed."""

    def saw(self, *, changed: bool) -> None:
        """A recorded row was met again."""
        if changed:
            self.updated += 1
        else:
            self.unchanged += 1


def digest(row: Mapping[str, Value]) -> str:
    """Tells a row from any other form of itself; kept beside the record as `imported_as`."""
    return hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()[:_DIGEST_LENGTH]


def update(item: Base, row: Mapping[str, Value]) -> bool:
    """Write the cells that differ; whether any did."""
    differing = {name: value for name, value in row.items() if getattr(item, name) != value}
    for name, value in differing.items():
        setattr(item, name, value)
    return bool(differing)
