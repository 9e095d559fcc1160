"""Links hold together in whatever order people link, unlink, block and end each other's links."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy.orm import Session

from bot.accounts import Friends, LinkOutcome, Links, Nonces
from bot.clock import StoppedClock
from bot.storage import tables  # noqa: F401  # Registers all tables on the metadata.
from bot.storage.base import Base
from bot.storage.engine import open_engine

PEOPLE = st.sampled_from(["U1", "U2", "U3"])
CARDS = st.sampled_from(["100", "200", "300"])


class Household(RuleBasedStateMachine):
    """Three people, three cards, and a plain set of pairs as the model."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = open_engine("sqlite://")
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)
        self.clock = StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
        self.links = Links(self.session, self.clock)
        self.friends = Friends(self.session, self.clock)
        for person in ("U1", "U2", "U3"):
            self.friends.followed(person, self.clock.now())
        self.linked: set[tuple[str, str]] = set()
        self.blocking: set[str] = set()

    @rule(person=PEOPLE, card=CARDS)
    def link(self, person: str, card: str) -> None:
        self.clock.advance(timedelta(seconds=1))
        result = self.links.complete(Nonces(self.session, self.clock).make(person, card), person)
        was_linked = (person, card) in self.linked
        assert result.outcome is (LinkOutcome.ALREADY_LINKED if was_linked else LinkOutcome.LINKED)
        others = {other for other, of in self.linked if of == card} - {person} - self.blocking
        assert set(result.tell) == (set() if was_linked else others)
        self.linked.add((person, card))
        assert [link.card_number for link in self.links.cards(person) if link.in_use] == [card]

    @rule(person=PEOPLE, card=CARDS)
    def unlink(self, person: str, card: str) -> None:
        assert self.links.unlink(person, card).done is ((person, card) in self.linked)
        self.linked.discard((person, card))

    @rule(asker=PEOPLE, other=PEOPLE, card=CARDS)
    def end(self, asker: str, other: str, card: str) -> None:
        for link in self.links.cards(other):
            if link.card_number == card:
                ended = self.links.end_other(asker, link.link_id)
                assert (ended is not None) is ((asker, card) in self.linked)
                if ended is not None:
                    self.linked.discard((other, card))

    @rule(person=PEOPLE)
    def block(self, person: str) -> None:
        self.friends.blocked(person, self.clock.now())
        self.blocking.add(person)

    @rule(person=PEOPLE)
    def come_back(self, person: str) -> None:
        self.friends.followed(person, self.clock.now())
        self.blocking.discard(person)

    @invariant()
    def one_card_is_in_use_where_there_is_any(self) -> None:
        for person in ("U1", "U2", "U3"):
            cards = self.links.cards(person)
            assert {(person, link.card_number) for link in cards} == {
                pair for pair in self.linked if pair[0] == person
            }
            assert sum(link.in_use for link in cards) == min(1, len(cards))

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()


Household.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestHousehold = Household.TestCase
