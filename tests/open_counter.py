"""An open counter, as `madoguchi demo` runs it, with a way into its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.clock import SystemClock
from bot.demo.processes import choose_addresses, running
from bot.demo.world import World, build
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Reservation
from bot.policies import Policy, load_policy
from bot.rules import renewal
from bot.storage.engine import open_engine, reading


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
        with reading(self.engine) as session:
            record = EmbeddedLibrary(session, self.policy, self.clock)
            loans = [facts.loan for facts in record.list_loans(card_number)]
            return {loan.loan_id: (loan.due_on, loan.renewals) for loan in loans if loan is not None}

    def renewable(self, card_number: str) -> dict[str, tuple[str, date]]:
        """Title and new due date of each loan that may be renewed now."""
        with reading(self.engine) as session:
            record = EmbeddedLibrary(session, self.policy, self.clock)
            found = {}
            for facts in record.list_loans(card_number):
                decision = renewal.decide(facts, self.policy, self.clock.today())
                if facts.loan is not None and decision.allowed and decision.new_due_on is not None:
                    found[facts.loan.loan_id] = (facts.loan.title.title, decision.new_due_on)
            return found

    def reservations(self, card_number: str) -> tuple[Reservation, ...]:
        """The active reservations of a card."""
        with reading(self.engine) as session:
            record = EmbeddedLibrary(session, self.policy, self.clock)
            return record.list_reservations(card_number).reservations


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
