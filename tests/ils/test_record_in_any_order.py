"""Patrons and the counter in any order over many days: the record stays free of contradictions, history whole."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ils_world import NOW
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.clock import StoppedClock
from bot.ils.embedded.desk import Desk, DeskError
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import ACTIVE_STATES, Contact, ReservationState
from bot.policies import load_policy
from bot.rules.reservation_life import LifeEvent, next_state
from bot.storage.base import Base
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import (
    CopyRow,
    LoanHistoryRow,
    LoanRow,
    PatronRow,
    ReservationHistoryRow,
    ReservationRow,
    TitleRow,
)

CARDS = ("100", "200", "300")
TITLES = ("t1", "t2", "t3", "t4")
COPIES = {"b1": "t1", "b2": "t1", "b3": "t2", "b4": "t3", "b5": "t4"}
LIMIT = 3
"""Reservations a patron may have: few, so that it is often reached."""

cards = st.sampled_from(CARDS)
titles = st.sampled_from(TITLES)
barcodes = st.sampled_from(sorted(COPIES))
numbers = st.integers(0, 30)
"""Picks one of the loans or reservations that there are."""

MITO = load_policy("mito")
POLICY = MITO.model_copy(update={"reservation": MITO.reservation.model_copy(update={"limit": LIMIT})})


class Record(RuleBasedStateMachine):
    """One small library, in memory."""

    @initialize()
    def open(self) -> None:
        self.clock = StoppedClock(NOW)
        self.engine = open_engine("sqlite:///:memory:")
        Base.metadata.create_all(self.engine)
        with writing(self.engine) as session:
            session.add_all(PatronRow(card_number=card, name="水戸 花子") for card in CARDS)
            session.add_all(TitleRow(title_id=title, title="こころ", material="book") for title in TITLES)
            session.flush()
            session.add_all(
                CopyRow(barcode=barcode, title_id=title, branch="chuo", use="loan")
                for barcode, title in COPIES.items()
            )

    def teardown(self) -> None:
        self.engine.dispose()

    # What patrons do

    @rule(card=cards, title=titles, contact=st.sampled_from([Contact.LINE, Contact.NONE]))
    def reserve(self, card: str, title: str, contact: Contact) -> None:
        with writing(self.engine) as session:
            self._library(session).reserve(card, title, pickup_branch="tobu", contact=contact)

    @rule(card=cards, number=numbers)
    def cancel(self, card: str, number: int) -> None:
        with writing(self.engine) as session:
            if found := _pick(session, ReservationHistoryRow.reservation_id, number):
                self._library(session).cancel(card, found)

    @rule(card=cards, number=numbers)
    def renew(self, card: str, number: int) -> None:
        with writing(self.engine) as session:
            if found := _pick(session, LoanHistoryRow.loan_id, number):
                expected = self.clock.today() + timedelta(days=14)
                self._library(session).renew(card, found, expected_due_on=expected)

    def _library(self, session: Session) -> EmbeddedLibrary:
        return EmbeddedLibrary(session, POLICY, self.clock)

    # What the counter does

    @rule(card=cards, barcode=barcodes)
    def checkout(self, card: str, barcode: str) -> None:
        self._at_the_desk(lambda desk: desk.lending.checkout(card, barcode))

    @rule(barcode=barcodes)
    def take_back(self, barcode: str) -> None:
        self._at_the_desk(lambda desk: desk.lending.take_back(barcode))

    @rule(barcode=barcodes)
    def renew_at_the_counter(self, barcode: str) -> None:
        self._at_the_desk(lambda desk: [desk.lending.renew(card, barcode) for card in CARDS])

    @rule(number=numbers, barcode=barcodes | st.just(""))
    def set_aside(self, number: int, barcode: str) -> None:
        self._with_reservation(number, lambda desk, found: desk.reservations.set_aside(found, barcode))

    @rule(number=numbers, barcode=barcodes | st.just(""))
    def ready(self, number: int, barcode: str) -> None:
        self._with_reservation(number, lambda desk, found: desk.reservations.ready(found, barcode))

    @rule(number=numbers)
    def pick_up(self, number: int) -> None:
        self._with_reservation(number, lambda desk, found: desk.lending.pick_up(found))

    @rule(number=numbers)
    def put_back(self, number: int) -> None:
        self._with_reservation(number, lambda desk, found: desk.reservations.put_back(found))

    @rule(number=numbers)
    def decline(self, number: int) -> None:
        self._with_reservation(number, lambda desk, found: desk.reservations.decline(found, "破損"))

    @rule(number=numbers)
    def cancel_at_the_counter(self, number: int) -> None:
        self._with_reservation(number, lambda desk, found: desk.reservations.cancel(found))

    @rule()
    def expire(self) -> None:
        with writing(self.engine) as session:
            run_out = Desk(session, POLICY, self.clock).reservations.run_out()
        for found in run_out:
            with writing(self.engine) as session:
                Desk(session, POLICY, self.clock).reservations.expire(found)

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))

    def _with_reservation(self, number: int, do: Callable[[Desk, str], object]) -> None:
        with reading(self.engine) as session:
            found = _pick(session, ReservationHistoryRow.reservation_id, number)
        if found is not None:
            self._at_the_desk(lambda desk: do(desk, found))

    def _at_the_desk(self, do: Callable[[Desk], object]) -> None:
        try:
            with writing(self.engine) as session:
                do(Desk(session, POLICY, self.clock))
        except DeskError:
            return  # What can't be done is refused; the invariants see that nothing was.

    # What is always true

    @invariant()
    def nobody_has_more_than_the_limit(self) -> None:
        assert all(count <= LIMIT for count in Counter(row.card_number for row in self._active()).values())

    @invariant()
    def nobody_has_reserved_a_title_twice(self) -> None:
        pairs = [(row.card_number, row.title_id) for row in self._active()]
        assert len(pairs) == len(set(pairs))

    @invariant()
    def a_copy_is_in_one_place(self) -> None:
        lent = [row.barcode for row in self._all(LoanRow) if row.returned_on is None]
        aside = [row.barcode for row in self._all(ReservationRow) if row.barcode is not None]
        assert len(lent + aside) == len({*lent, *aside})

    @invariant()
    def a_copy_is_held_by_a_reservation_that_needs_one(self) -> None:
        for row in self._all(ReservationRow):
            holds = row.state in {"in_preparation", "ready"}
            assert holds == (row.barcode is not None)
            assert row.barcode is None or COPIES[row.barcode] == row.title_id
            assert row.state != "ready" or (row.ready_on is not None and row.pickup_by is not None)

    @invariant()
    def no_loan_is_renewed_twice(self) -> None:
        assert all(row.renewals <= POLICY.renewal.limit for row in self._all(LoanRow))

    @invariant()
    def history_tells_the_life_of_every_reservation(self) -> None:
        steps: dict[str, list[ReservationHistoryRow]] = defaultdict(list)
        for step in self._all(ReservationHistoryRow):
            steps[step.reservation_id].append(step)
        for row in self._all(ReservationRow):
            placed, *later = steps.pop(row.reservation_id)
            assert (placed.event, placed.to_state) == ("place", "queued")
            state = ReservationState.QUEUED
            for step in later:
                assert step.from_state == state.value
                after = next_state(state, LifeEvent(step.event))
                assert after is not None
                assert (step.to_state, step.card_number) == (after.value, row.card_number)
                assert step.actor in {"patron", "staff", "system"}
                state = after
            assert row.state == state.value
        assert not steps

    @invariant()
    def history_tells_the_life_of_every_loan(self) -> None:
        steps: dict[str, list[LoanHistoryRow]] = defaultdict(list)
        for step in self._all(LoanHistoryRow):
            steps[step.loan_id].append(step)
        for row in self._all(LoanRow):
            mine = steps.pop(row.loan_id)
            assert mine[0].event == "checked_out"
            assert sum(step.event == "renewed" for step in mine) >= row.renewals
            assert (mine[-1].event == "returned") == (row.returned_on is not None)
            assert mine[-1].due_on == row.due_on
        assert not steps

    def _active(self) -> list[ReservationRow]:
        return [row for row in self._all(ReservationRow) if ReservationState(row.state) in ACTIVE_STATES]

    def _all(self, table: type) -> list:  # type: ignore[type-arg]  # The rows of whichever table.
        if not hasattr(self, "engine"):
            return []
        with reading(self.engine) as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key.columns)))


def _pick(session: Session, column: InstrumentedAttribute[str], number: int) -> str | None:
    """One of them in the order in which they came about: their ids are another in every run."""
    found = list(dict.fromkeys(session.scalars(select(column).order_by(column.class_.id))))
    return found[number % len(found)] if found else None


TestRecord = Record.TestCase
TestRecord.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
