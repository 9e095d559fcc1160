"""The whole path, as `madoguchi demo` opens it: two processes, real HTTP, a real signature, the real record.

A person links a card on the pages, asks for a renewal in words, taps, and the due date moves in the database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from phone import Phone, text_of
from sqlalchemy import Engine

from bot.clock import SystemClock
from bot.demo.processes import choose_addresses, running
from bot.demo.world import World, build
from bot.ils.embedded.library import EmbeddedLibrary
from bot.messages.dates import day_text
from bot.policies import Policy, load_policy
from bot.rules import renewal
from bot.storage.engine import open_engine, reading

pytestmark = pytest.mark.process

LIBRARIES = ("mito", "kyoto")


@dataclass
class Counter:
    """An open counter and the way into its database."""

    world: World
    policy: Policy
    engine: Engine
    phone_address: str
    counter_address: str

    def due_dates(self, card_number: str) -> dict[str, tuple[date, int]]:
        """Due date and renewals of each loan of a card, read from the database."""
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, SystemClock())
            loans = [facts.loan for facts in library.list_loans(card_number)]
            return {loan.loan_id: (loan.due_on, loan.renewals) for loan in loans if loan is not None}

    def renewable(self, card_number: str) -> dict[str, tuple[str, date]]:
        """Title and new due date of each loan that may be renewed now."""
        clock = SystemClock()
        with reading(self.engine) as session:
            library = EmbeddedLibrary(session, self.policy, clock)
            found = {}
            for facts in library.list_loans(card_number):
                decision = renewal.decide(facts, self.policy, clock.today())
                if facts.loan is not None and decision.allowed and decision.new_due_on is not None:
                    found[facts.loan.loan_id] = (facts.loan.title.title, decision.new_due_on)
            return found


@pytest.fixture(scope="module", params=LIBRARIES)
def counter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    world = build(request.param, folder, SystemClock())
    addresses = choose_addresses(0)
    engine = open_engine(world.database_url)
    policy = load_policy(str(world.policy_file))
    with running(world, addresses, None):
        yield Counter(world, policy, engine, addresses.phone, addresses.counter)
    engine.dispose()


def test_a_card_is_linked_and_a_loan_renewed_and_the_due_date_moves(counter: Counter) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    phone, greeting = Phone.of_a_new_friend(counter.phone_address, "花子")
    assert counter.policy.name in text_of(greeting)
    offer = phone.says("カードを連携したい")
    linked = phone.links(phone.taps(offer, "同意して進む"), card.card_number, card.password)
    assert card.name.split()[0] in text_of(linked)

    before = counter.due_dates(card.card_number)
    renewable = counter.renewable(card.card_number)
    answer = phone.says("延長して")
    if len(renewable) > 1:
        answer = phone.taps(answer, "延長する")
    assert counter.due_dates(card.card_number) == before, "nothing changes before it was confirmed"
    done = phone.taps(answer, "はい、延長する")
    after = counter.due_dates(card.card_number)
    [moved] = [loan_id for loan_id in before if after[loan_id] != before[loan_id]]
    title, new_due_on = renewable[moved]
    assert after[moved] == (new_due_on, before[moved][1] + 1)
    assert title in text_of(done)
    assert day_text(new_due_on) in text_of(done)

    again = phone.taps(answer, "はい、延長する")
    assert counter.due_dates(card.card_number) == after, "a used button changes nothing"
    assert again, "and says so"
