"""Closing and opening branches on days that the calendar has otherwise, noted in the audit log."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.library.desk import Closed
from bot.staff.audit import Action, Audit, Subject, SubjectKind
from bot.storage.calendar import KeptEntry, SpecialEntry
from bot.storage.engine import reading, writing


class Opening(Protocol):
    """The library's days, within one transaction. What can't be done raises DeskError."""

    def list(self) -> tuple[KeptEntry, ...]:
        """What staff entered and holds today or later."""
        ...

    def enter(self, entry: SpecialEntry, *, by: str) -> Closed:
        """Close, or open at other hours; dates that fall into a closure are moved and told."""
        ...

    def withdraw(self, number: int, *, by: str) -> KeptEntry:
        """Take an entry back; dates that it moved stay."""
        ...


OpenOpening: TypeAlias = Callable[[Session], Opening]


class CalendarActs:
    """Opens its own transactions. `actor`: the account's user name."""

    def __init__(self, engine: Engine, clock: Clock, open_opening: OpenOpening) -> None:
        self._engine = engine
        self._clock = clock
        self._open_opening = open_opening

    def entries(self) -> tuple[KeptEntry, ...]:
        """What holds today or later."""
        with reading(self._engine) as session:
            return self._open_opening(session).list()

    def enter(self, actor: str, entry: SpecialEntry) -> Closed:
        """Enter days that are otherwise; the same again changes nothing and is not noted."""
        with writing(self._engine) as session:
            closed = self._open_opening(session).enter(entry, by=actor)
            if closed.is_new:
                self._note(session, actor, Action.CLOSED, closed.number)
            return closed

    def withdraw(self, actor: str, number: int) -> KeptEntry:
        """Take an entry back."""
        with writing(self._engine) as session:
            entry = self._open_opening(session).withdraw(number, by=actor)
            self._note(session, actor, Action.REOPENED, number)
            return entry

    def _note(self, session: Session, actor: str, action: Action, number: int) -> None:
        Audit(session, self._clock).note(actor, action, Subject(SubjectKind.CLOSURE, str(number)))
