"""The acts of the counter: each does what the desk does and notes it in the audit log, in one transaction.

The copy in hand is named to the librarian; what is noted is our own id of the loan or reservation, which tells
nothing once that is gone. What can't be done raises DeskError or PatronNotFound, and then nothing is noted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.library.counter import CounterDesk
from bot.library.desk import (
    CheckedOut,
    CopyInHand,
    DeskError,
    DeskProblem,
    Moved,
    OnShelf,
    Returned,
)
from bot.staff.audit import Action, Audit, Subject, SubjectKind
from bot.storage.engine import reading, writing

OpenDesk: TypeAlias = Callable[[Session], CounterDesk]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """An act that was done, and the copy that it was done with."""

    copy: CopyInHand | None
    """None for what is not held."""
    result: Result


class CounterActs:
    """Opens its own transactions. `actor`: the account's user name."""

    def __init__(self, engine: Engine, clock: Clock, open_desk: OpenDesk) -> None:
        self._engine = engine
        self._clock = clock
        self._open_desk = open_desk

    def check_out(self, actor: str, card_number: str, barcode: str) -> Done[CheckedOut]:
        """Lend a copy."""
        with self._act() as act:
            copy = act.desk.shelves.copy(barcode)
            result = act.desk.lending.checkout(card_number, barcode)
            act.note(actor, Action.CHECKED_OUT, SubjectKind.LOAN, result.loan_id)
            return Done(copy, result)

    def take_back(self, actor: str, barcode: str) -> Done[Returned]:
        """Take a copy back."""
        with self._act() as act:
            copy = act.desk.shelves.copy(barcode)
            result = act.desk.lending.take_back(barcode)
            act.note(actor, Action.RETURNED, SubjectKind.LOAN, result.loan_id)
            return Done(copy, result)

    def set_aside(self, actor: str, barcode: str) -> Done[Moved]:
        """Set the copy in hand aside for whoever has waited longest."""
        with self._act() as act:
            copy = act.desk.shelves.copy(barcode)
            result = act.desk.reservations.set_aside(act.desk.book.find(barcode=barcode), barcode)
            act.note(actor, Action.SET_ASIDE, SubjectKind.RESERVATION, result.reservation_id)
            return Done(copy, result)

    def make_ready(self, actor: str, barcode: str) -> Done[Moved]:
        """The copy in hand is on the hold shelf of the pickup branch: the patron is told."""
        with self._act() as act:
            copy = act.desk.shelves.copy(barcode)
            result = act.desk.reservations.ready(act.desk.book.find(barcode=barcode))
            act.note(actor, Action.READY, SubjectKind.RESERVATION, result.reservation_id)
            return Done(copy, result)

    def pick_up(self, actor: str, card_number: str, barcode: str) -> Done[CheckedOut | Moved]:
        """Hand over what waits on the hold shelf, to the patron whose it is."""
        with self._act() as act:
            copy = act.desk.shelves.copy(barcode)
            reservation_id = act.desk.book.find(barcode=barcode)
            if act.desk.book.find(card_number=card_number, title_id=copy.title_id) != reservation_id:
                raise DeskError(DeskProblem.SET_ASIDE_FOR_ANOTHER)
            result = act.desk.lending.pick_up(reservation_id)
            act.note(actor, Action.PICKED_UP, SubjectKind.RESERVATION, reservation_id)
            return Done(copy, result)

    def put_back(self, actor: str, barcode: str) -> Done[Moved]:
        """The copy in hand can't be supplied after all; the patron waits on."""
        with self._act() as act:
            copy = act.desk.shelves.copy(barcode)
            result = act.desk.reservations.put_back(act.desk.book.find(barcode=barcode))
            act.note(actor, Action.PUT_BACK, SubjectKind.RESERVATION, result.reservation_id)
            return Done(copy, result)

    def meant(self, card_number: str, barcode: str) -> tuple[CopyInHand, str]:
        """The copy, and the id of the reservation that a refusal would end: of the card, or else of the copy."""
        with reading(self._engine) as session:
            return _meant(self._open_desk(session), card_number, barcode)

    def decline(self, actor: str, card_number: str, barcode: str, reason: str) -> Done[Moved]:
        """The library can't supply it; the reason is told to the patron."""
        with self._act() as act:
            copy, reservation_id = _meant(act.desk, card_number, barcode)
            result = act.desk.reservations.decline(reservation_id, reason)
            act.note(actor, Action.DECLINED, SubjectKind.RESERVATION, result.reservation_id)
            return Done(copy, result)

    def run_out(self) -> tuple[OnShelf, ...]:
        """What has waited on a hold shelf past its last day."""
        with reading(self._engine) as session:
            return self._open_desk(session).shelves.run_out()

    def release(self, actor: str, reservation_id: str) -> Moved:
        """Take what ran out from the hold shelf; its copy is set aside for the next patron."""
        with self._act() as act:
            result = act.desk.reservations.expire(reservation_id)
            act.note(actor, Action.RELEASED, SubjectKind.RESERVATION, reservation_id)
            return result

    def temporary_password(self, actor: str, card_number: str) -> str:
        """A new temporary password for a card, shown this once."""
        with self._act() as act:
            password = act.desk.temporary_password(card_number)
            act.note(actor, Action.TEMPORARY_PASSWORD, SubjectKind.CARD, card_number)
            return password

    @contextmanager
    def _act(self) -> Iterator["_Act"]:
        with writing(self._engine) as session:
            yield _Act(self._open_desk(session), Audit(session, self._clock))


@dataclass(frozen=True, slots=True)
class _Act:
    """One act's desk and log, in its transaction."""

    desk: CounterDesk
    audit: Audit

    def note(self, actor: str, action: Action, kind: SubjectKind, subject: str) -> None:
        self.audit.note(actor, action, Subject(kind, subject))


def _meant(desk: CounterDesk, card_number: str, barcode: str) -> tuple[CopyInHand, str]:
    copy = desk.shelves.copy(barcode)
    if card_number:
        return copy, desk.book.find(card_number=card_number, title_id=copy.title_id)
    return copy, desk.book.find(barcode=barcode)
