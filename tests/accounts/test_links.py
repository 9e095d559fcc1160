"""Links: nonce in, link out; unlinking; several cards; several LINE users of one card."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot.accounts import Friends, LinkOutcome, Links, Nonces
from bot.clock import StoppedClock
from bot.storage.tables.accounts import LineUserRow


class World:
    """Shortcuts of these tests."""

    def __init__(self, session: Session, clock: StoppedClock) -> None:
        self.session = session
        self.clock = clock
        self.links = Links(session, clock)
        self.nonces = Nonces(session, clock)
        self.friends = Friends(session, clock)

    def link(self, line_user_id: str, card_number: str) -> None:
        """Link, a minute after whatever was before."""
        self.friends.met(line_user_id)
        self.clock.advance(timedelta(minutes=1))
        nonce = self.nonces.make(line_user_id, card_number)
        assert self.links.complete(nonce, line_user_id).outcome is not LinkOutcome.FAILED

    def cards(self, line_user_id: str) -> list[tuple[str, bool]]:
        """Card numbers, each with whether it is in use."""
        return [(link.card_number, link.in_use) for link in self.links.cards(line_user_id)]


@pytest.fixture
def world(session: Session, clock: StoppedClock) -> World:
    world = World(session, clock)
    world.friends.met("U1")
    return world


def test_a_confirmed_nonce_links_its_card(world: World) -> None:
    nonce = world.nonces.make("U1", "100")
    result = world.links.complete(nonce, "U1")
    assert result.outcome is LinkOutcome.LINKED
    assert result.link is not None
    assert (result.link.card_number, result.link.in_use) == ("100", True)
    assert result.link.linked_at == world.clock.now()
    assert result.tell == ()
    assert world.cards("U1") == [("100", True)]


def test_a_nonce_has_at_least_128_bits_and_a_length_that_line_takes(world: World) -> None:
    nonces = {world.nonces.make("U1", "100") for _ in range(50)}
    assert len(nonces) == 50
    assert all(10 <= len(nonce) <= 255 and len(nonce) * 6 >= 128 for nonce in nonces)


def test_a_nonce_links_once(world: World) -> None:
    nonce = world.nonces.make("U1", "100")
    world.links.complete(nonce, "U1")
    world.links.unlink("U1", "100")
    assert world.links.complete(nonce, "U1").outcome is LinkOutcome.FAILED
    assert world.cards("U1") == []


def test_a_used_nonce_stays_used_while_it_is_kept(world: World) -> None:
    nonce = world.nonces.make("U1", "100")
    assert world.nonces.use(nonce) == ("U1", "100")
    assert world.nonces.use(nonce) is None


@pytest.mark.parametrize("nonce", ["", "unknown", "x" * 300, "\x00"])
def test_an_unknown_nonce_links_nothing(world: World, nonce: str) -> None:
    assert world.links.complete(nonce, "U1").outcome is LinkOutcome.FAILED


def test_a_nonce_lives_ten_minutes(world: World) -> None:
    young, old = world.nonces.make("U1", "100"), world.nonces.make("U1", "200")
    world.clock.advance(timedelta(minutes=9, seconds=59))
    assert world.nonces.use(young) is not None
    world.clock.advance(timedelta(seconds=1))
    assert world.links.complete(old, "U1").outcome is LinkOutcome.FAILED


def test_a_nonce_is_bound_to_the_line_user_who_asked(world: World) -> None:
    world.friends.met("U2")
    nonce = world.nonces.make("U1", "100")
    assert world.links.complete(nonce, "U2").outcome is LinkOutcome.FAILED
    assert world.cards("U2") == []
    assert world.links.complete(nonce, "U1").outcome is LinkOutcome.FAILED, "it must be used up"


def test_completing_voids_the_other_nonces_of_the_same_line_user(world: World) -> None:
    first, second = world.nonces.make("U1", "100"), world.nonces.make("U1", "100")
    world.links.complete(second, "U1")
    assert world.links.complete(first, "U1").outcome is LinkOutcome.FAILED


def test_who_began_a_failed_link_is_found_by_its_nonce_once(world: World) -> None:
    nonce = world.nonces.make("U1", "100")
    assert world.links.asked_by(nonce) == "U1"
    assert world.links.asked_by(nonce) is None
    assert world.links.complete(nonce, "U1").outcome is LinkOutcome.FAILED


def test_a_card_linked_already_is_not_linked_twice(world: World) -> None:
    world.link("U1", "100")
    world.link("U1", "200")
    result = world.links.complete(world.nonces.make("U1", "100"), "U1")
    assert result.outcome is LinkOutcome.ALREADY_LINKED
    assert world.cards("U1") == [("100", True), ("200", False)]


def test_a_second_card_is_added_and_gets_in_use(world: World) -> None:
    world.link("U1", "100")
    world.link("U1", "200")
    assert world.cards("U1") == [("100", False), ("200", True)]


def test_the_first_link_notes_the_agreement(world: World) -> None:
    world.link("U1", "100")
    agreed_at = world.session.get_one(LineUserRow, "U1").agreed_at
    assert agreed_at == world.clock.now()
    world.link("U1", "200")
    assert world.session.get_one(LineUserRow, "U1").agreed_at == agreed_at


def test_the_others_linked_to_a_card_are_to_be_told(world: World) -> None:
    world.link("U2", "100")
    world.link("U3", "100")
    world.link("U4", "200")
    world.friends.blocked("U3", world.clock.now())
    assert world.links.complete(world.nonces.make("U1", "100"), "U1").tell == ("U2",)


def test_unlinking_leaves_nothing_in_use_without_a_card(world: World) -> None:
    world.link("U1", "100")
    world.friends.set_setting("U1", "plain_text", True)
    result = world.links.unlink("U1", "100")
    assert result.done
    assert result.in_use is None
    assert world.cards("U1") == []
    assert world.friends.settings("U1") == {}
    assert world.session.get_one(LineUserRow, "U1").agreed_at is None
    assert world.friends.is_friend("U1")


def test_unlinking_the_card_in_use_puts_the_newest_other_in_use(world: World) -> None:
    for card_number in ("100", "200", "300"):
        world.link("U1", card_number)
    world.friends.set_setting("U1", "plain_text", True)
    result = world.links.unlink("U1", "300")
    assert result.in_use is not None
    assert result.in_use.card_number == "200"
    assert world.cards("U1") == [("100", False), ("200", True)]
    assert world.friends.settings("U1") == {"plain_text": True}


def test_unlinking_another_card_leaves_the_one_in_use(world: World) -> None:
    world.link("U1", "100")
    world.link("U1", "200")
    world.links.unlink("U1", "100")
    assert world.cards("U1") == [("200", True)]


def test_unlinking_voids_a_nonce_under_way(world: World) -> None:
    world.link("U1", "100")
    nonce = world.nonces.make("U1", "100")
    world.links.unlink("U1", "100")
    assert world.links.complete(nonce, "U1").outcome is LinkOutcome.FAILED


def test_unlinking_what_is_not_linked_changes_nothing(world: World) -> None:
    world.link("U1", "100")
    result = world.links.unlink("U1", "999")
    assert not result.done
    assert result.in_use is not None
    assert result.in_use.card_number == "100"
    assert not world.links.unlink("U9", "100").done


def test_unlinking_leaves_other_line_users_of_the_card_alone(world: World) -> None:
    world.link("U1", "100")
    world.link("U2", "100")
    world.links.unlink("U1", "100")
    assert world.cards("U2") == [("100", True)]


def test_a_line_user_of_the_card_may_end_another_link_of_it(world: World) -> None:
    world.link("U1", "100")
    world.link("U2", "100")
    (other,) = world.links.cards("U2")
    ended = world.links.end_other("U1", other.link_id)
    assert ended is not None
    assert (ended.line_user_id, ended.card_number) == ("U2", "100")
    assert world.cards("U2") == []
    assert world.cards("U1") == [("100", True)]
    assert world.links.end_other("U1", other.link_id) is None


def test_a_line_user_of_another_card_may_not_end_a_link(world: World) -> None:
    world.link("U1", "200")
    world.link("U2", "100")
    (other,) = world.links.cards("U2")
    assert world.links.end_other("U1", other.link_id) is None
    assert world.cards("U2") == [("100", True)]


def test_another_linked_card_is_put_in_use(world: World) -> None:
    world.link("U1", "100")
    world.link("U1", "200")
    assert world.links.use("U1", "100")
    assert world.cards("U1") == [("100", True), ("200", False)]


def test_a_card_that_is_not_linked_is_not_put_in_use(world: World) -> None:
    world.link("U1", "100")
    world.link("U2", "200")
    assert not world.links.use("U1", "200")
    assert world.cards("U1") == [("100", True)]


def test_the_links_of_others_with_a_card_are_found(world: World) -> None:
    for line_user_id in ("U1", "U2", "U3"):
        world.friends.met(line_user_id)
        world.link(line_user_id, "100")
    world.link("U2", "200")
    others = world.links.others("100", but="U1")
    assert [(link.line_user_id, link.card_number) for link in others] == [("U2", "100"), ("U3", "100")]
    assert world.links.others("200", but="U2") == ()
