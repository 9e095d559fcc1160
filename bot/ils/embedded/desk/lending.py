"""Lending at the counter, taking back, and handing over what waits on the hold shelf."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded import history
from bot.ils.embedded.desk.book import ReservationBook, noun_of
from bot.ils.embedded.ids import new_id
from bot.ils.embedded.library import EmbeddedLibrary
from bot.ils.embedded.locks import lock_patron, lock_title
from bot.ils.embedded.records import patron_of
from bot.library import Actor, CopyStatus, CopyUse, Loan, PickupFacts, ReservationState
from bot.library.desk import CheckedOut, DeskError, DeskProblem, Moved, Returned
from bot.policies import Policy
from bot.rules import pickup, renewal
from bot.rules.decision import is_card_expired, is_suspended
from bot.rules.reservation_life import LifeEvent
from bot.storage.follow_ups import look_now
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow

_OUT_OF_SERVICE = {CopyStatus.LOST: DeskProblem.LOST, CopyStatus.IN_REPAIR: DeskProblem.IN_REPAIR}


class Lending:
    """Loans at the counter, within `session`'s transaction."""

    def __init__(self, session: Session, policy: Policy, clock: Clock, book: ReservationBook) -> None:
        self._session = session
        self._policy = policy
        self._clock = clock
        self._book = book
        self._library = EmbeddedLibrary(session, policy, clock, actor=Actor.STAFF)

    def list_loans(self, card_number: str) -> tuple[Loan, ...]:
        """The patron's open loans, earliest due date first."""
        found = self._library.list_loans(card_number)
        return tuple(facts.loan for facts in found if facts.loan is not None)

    def checkout(self, card_number: str, barcode: str, *, due_on: date | None = None) -> CheckedOut:
        """Lend a copy; the patron's reservation of its title is fulfilled by it.

        Without `due_on` it is lent for as long as a renewal is: assumption, the guides give no loan period.
        """
        patron = lock_patron(self._session, card_number)
        copy = self._locked_copy(barcode)
        self._refuse_standing(patron)
        self._refuse_copy(copy)
        reservation = self._reservation_of(card_number, copy.title_id)
        self._refuse_set_aside(copy, reservation)
        lent_until = due_on or renewal.due_on_after_renewal(self._policy, self._clock.today(), copy.branch)
        if lent_until < self._clock.today():
            raise DeskError(DeskProblem.DUE_DATE_PAST)
        loan = self._lend(card_number, barcode, lent_until)
        freed = self._fulfil(reservation, barcode) if reservation is not None else ""
        fulfilled = reservation.reservation_id if reservation is not None else ""
        return CheckedOut(loan.loan_id, barcode, lent_until, fulfilled, freed, self._book.next_for(freed))

    def take_back(self, barcode: str) -> Returned:
        """A copy was returned; says for whom it is to be set aside."""
        found = self._open_loan(barcode)
        lock_patron(self._session, found.card_number)
        self._locked_copy(barcode)
        loan = self._open_loan(barcode)
        loan.returned_on = self._clock.today()
        history.loan_changed(self._session, loan, "returned", Actor.STAFF, self._clock.now())
        self._session.flush()
        return Returned(barcode, self._book.next_for(barcode), loan.loan_id)

    def renew(self, card_number: str, barcode: str) -> date:
        """Renew a loan by the same rules as the patron's own wish; the new due date."""
        loan = self._open_loan(barcode)
        decision = renewal.decide(
            self._library.renewal_facts(card_number, loan.loan_id), self._policy, self._clock.today()
        )
        expected = decision.new_due_on or loan.due_on
        outcome = self._library.renew(card_number, loan.loan_id, expected_due_on=expected)
        if not outcome.done or outcome.due_on is None:
            raise DeskError(DeskProblem.NOT_RENEWED, reasons=outcome.reasons)
        return outcome.due_on

    def pick_up(self, reservation_id: str) -> CheckedOut | Moved:
        """The patron takes what waits for them. Without a known copy there is no loan to make."""
        row = self._book.locked(reservation_id)
        self._refuse_pickup(row)
        if row.barcode is not None:
            return self.checkout(row.card_number, row.barcode)
        self._book.move(row, LifeEvent.PICK_UP)
        return self._book.moved(row)

    def _refuse_standing(self, patron: PatronRow) -> None:
        today = self._clock.today()
        if is_card_expired(patron_of(patron), today):
            raise DeskError(DeskProblem.CARD_EXPIRED)
        if is_suspended(patron_of(patron), today):
            raise DeskError(DeskProblem.SUSPENDED)

    def _refuse_copy(self, copy: CopyRow) -> None:
        if copy.use != CopyUse.LOAN.value:
            raise DeskError(DeskProblem.IN_LIBRARY_ONLY)
        if copy.status != CopyStatus.IN_SERVICE.value:
            raise DeskError(_OUT_OF_SERVICE[CopyStatus(copy.status)])
        if self._find_open_loan(copy.barcode) is not None:
            raise DeskError(DeskProblem.ON_LOAN)

    def _refuse_set_aside(self, copy: CopyRow, reservation: ReservationRow | None) -> None:
        holder = self._book.holder_of(copy.barcode)
        if holder is not None and holder is not reservation:
            raise DeskError(DeskProblem.SET_ASIDE_FOR_ANOTHER)
        if reservation is not None and self._book.has_run_out(reservation):
            raise DeskError(DeskProblem.HAS_RUN_OUT)

    def _refuse_pickup(self, row: ReservationRow) -> None:
        facts = PickupFacts(noun_of(row))
        decision = pickup.decide(facts, self._clock.today())
        if not decision.allowed:
            raise DeskError(DeskProblem.NO_PICKUP, reasons=decision.reasons)

    def _lend(self, card_number: str, barcode: str, due_on: date) -> LoanRow:
        today = self._clock.today()
        loan = self._session.scalar(
            select(LoanRow).where(
                LoanRow.card_number == card_number,
                LoanRow.barcode == barcode,
                LoanRow.checked_out_on == today,
            )
        )
        if loan is None:
            loan = LoanRow(
                loan_id=new_id(), card_number=card_number, barcode=barcode, checked_out_on=today, renewals=0
            )
            self._session.add(loan)
        # Returned and taken again on one day: it is the same loan, open once more.
        loan.due_on = due_on
        loan.returned_on = None
        history.loan_changed(self._session, loan, "checked_out", Actor.STAFF, self._clock.now())
        self._session.flush()
        lent = self._session.get_one(CopyRow, barcode)
        look_now(self._session, self._clock, card_number, lent.title_id)
        return loan

    def _fulfil(self, row: ReservationRow, barcode: str) -> str:
        """By the table of its life, step by step; the barcode of a copy that it no longer needs, or empty."""
        held = row.barcode or ""
        if row.state != ReservationState.READY.value:
            self._book.move(row, LifeEvent.ARRIVE, barcode=barcode)
        self._book.move(row, LifeEvent.PICK_UP)
        return held if held != barcode else ""

    def _locked_copy(self, barcode: str) -> CopyRow:
        seen = self._session.get(CopyRow, barcode)
        if seen is None:
            raise DeskError(DeskProblem.NO_COPY)
        lock_title(self._session, seen.title_id)
        return self._session.get_one(CopyRow, barcode)

    def _open_loan(self, barcode: str) -> LoanRow:
        loan = self._find_open_loan(barcode)
        if loan is None:
            raise DeskError(DeskProblem.NOT_ON_LOAN)
        return loan

    def _find_open_loan(self, barcode: str) -> LoanRow | None:
        return self._session.scalar(
            select(LoanRow).where(LoanRow.barcode == barcode, LoanRow.returned_on.is_(None))
        )

    def _reservation_of(self, card_number: str, title_id: str) -> ReservationRow | None:
        found = self._book.active_of(card_number, title_id)
        return self._book.locked_row(found.reservation_id) if found is not None else None
