"""An open counter, as `madoguchi demo` runs it, with a way into its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from bot.clock import SystemClock
from bot.demo.processes import choose_addresses, running
from bot.demo.world import World, build
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Channel, Contact, Loan, Reservation, ReservationRequest, ReservationState, TitleQuery
from bot.policies import Policy, load_policy
from bot.rules import renewal, reservation
from bot.storage import inbox, outbox
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import CopyRow, ReservationRow, TitleRow
from bot.storage.tables.messages import InboxRow, OutboxRow


@dataclass
class OpenCounter:
    """Two processes, the bot's server and the simulator, and the record behind them."""

    library: str
    world: World
    policy: Policy
    clock: SystemClock
    engine: Engine
    phone_address: str
    counter_address: str

    def due_dates(self, card_number: str) -> dict[str, tuple[date, int]]:
        """Due date and renewals of each loan of a card, read from the database."""
        return {loan.loan_id: (loan.due_on, loan.renewals) for loan in self._loans(card_number)}

    def titles_on_loan(self, card_number: str) -> list[str]:
        """The titles that a card has on loan."""
        return [loan.title.title for loan in self._loans(card_number)]

    def renewable(self, card_number: str) -> dict[str, tuple[str, date]]:
        """Title and new due date of each loan that may be renewed now."""
        with self._record() as (record, _):
            found = {}
            for facts in record.list_loans(card_number):
                decision = renewal.decide(facts, self.policy, self.clock.today())
                if facts.loan is not None and decision.allowed and decision.new_due_on is not None:
                    found[facts.loan.loan_id] = (facts.loan.title.title, decision.new_due_on)
            return found

    def reservations(self, card_number: str) -> tuple[Reservation, ...]:
        """The active reservations of a card."""
        with self._record() as (record, _):
            return record.list_reservations(card_number).reservations

    def reserved(self, card_number: str) -> dict[str, ReservationState]:
        """The active reservations of a card by title."""
        shown = self.reservations(card_number)
        return {item.title.title: item.state for item in shown if item.title is not None}

    def reservable(self, card_number: str) -> str:
        """A title of one word that this card may reserve now and that no other title resembles."""
        request = ReservationRequest(self.policy.pickup.branches[0], Contact.LINE)
        with self._record() as (record, session):
            for title in session.scalars(select(TitleRow).order_by(TitleRow.title_id)):
                facts = record.reservation_facts(card_number, title.title_id)
                is_alone = record.find_titles(TitleQuery(title=title.title), limit=2).total == 1
                decision = reservation.decide(facts, request, self.policy, self.clock.today())
                if is_alone and decision.allowed:
                    return title.title
        raise AssertionError("the demo has nothing to reserve")

    def lay_on_hold_shelf(self, card_number: str, title: str, branch: str) -> None:
        """A new title, reserved by this card with LINE as its contact, is on the hold shelf since yesterday."""
        today = self.clock.today()
        with writing(self.engine) as session:
            session.add(TitleRow(title_id="T-shelf", title=title, material="book"))
            session.flush()
            session.add(CopyRow(barcode="B-shelf", title_id="T-shelf", branch=branch, use="loan"))
            session.flush()
            session.add(
                ReservationRow(
                    reservation_id="R-shelf",
                    card_number=card_number,
                    title_id="T-shelf",
                    placed_at=self.clock.now(),
                    pickup_branch=branch,
                    contact=Contact.LINE.value,
                    state=ReservationState.READY.value,
                    channel=Channel.LINE.value,
                    barcode="B-shelf",
                    ready_on=today - timedelta(days=1),
                    pickup_by=today + timedelta(days=6),
                )
            )

    def is_quiet(self) -> bool:
        """Whether nothing waits to be handled or sent."""
        with reading(self.engine) as session:
            waiting = exists().where(InboxRow.state == inbox.WAITING)
            unsent = exists().where(OutboxRow.state.in_([outbox.WAITING, outbox.SENDING]))
            return not session.scalar(select(waiting | unsent))

    def _loans(self, card_number: str) -> list[Loan]:
        with self._record() as (record, _):
            return [facts.loan for facts in record.list_loans(card_number) if facts.loan is not None]

    @contextmanager
    def _record(self) -> Iterator[tuple[EmbeddedLibrary, Session]]:
        with reading(self.engine) as session:
            yield EmbeddedLibrary(session, self.policy, self.clock), session


@contextmanager
def open_counter(library: str, folder: Path, start: datetime | None = None) -> Iterator[OpenCounter]:
    """The counter of a library, its clocks showing `start` at first (None: the true time)."""
    clock = SystemClock.starting_at(start)
    world = build(library, folder, clock)
    addresses = choose_addresses(0)
    engine = open_engine(world.database_url)
    policy = load_policy(str(world.policy_file))
    with running(world, addresses, start):
        yield OpenCounter(library, world, policy, clock, engine, addresses.phone, addresses.counter)
    engine.dispose()
