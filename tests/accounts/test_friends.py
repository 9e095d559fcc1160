"""Following, blocking and settings."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.accounts import Friends, Links, LinkTokens, Nonces
from bot.clock import StoppedClock


@pytest.fixture
def friends(session: Session, clock: StoppedClock) -> Friends:
    return Friends(session, clock)


def test_a_stranger_is_no_friend(friends: Friends) -> None:
    assert not friends.is_friend("U1")


def test_who_follows_is_a_friend(friends: Friends, clock: StoppedClock) -> None:
    friends.followed("U1", clock.now())
    assert friends.is_friend("U1")


def test_who_blocked_is_no_friend_until_they_come_back(friends: Friends, clock: StoppedClock) -> None:
    friends.followed("U1", clock.now())
    friends.blocked("U1", clock.now())
    assert not friends.is_friend("U1")
    friends.followed("U1", clock.now())
    assert friends.is_friend("U1")


def test_a_late_follow_does_not_undo_a_newer_block(friends: Friends, clock: StoppedClock) -> None:
    friends.blocked("U1", clock.now())
    friends.followed("U1", clock.now() - timedelta(minutes=1))
    assert not friends.is_friend("U1")
    friends.followed("U1", clock.now() + timedelta(minutes=1))
    assert friends.is_friend("U1")


def test_a_late_block_does_not_undo_a_newer_follow(
    session: Session, friends: Friends, clock: StoppedClock
) -> None:
    friends.followed("U1", clock.now())
    LinkTokens(session, clock).issued("U1", "token", clock.now())
    friends.blocked("U1", clock.now() - timedelta(minutes=1))
    assert friends.is_friend("U1")
    assert LinkTokens(session, clock).owner("token") == "U1"


def test_a_block_by_someone_never_heard_of_is_kept(friends: Friends, clock: StoppedClock) -> None:
    friends.blocked("U1", clock.now())
    friends.met("U1")
    assert not friends.is_friend("U1")


def test_an_old_message_does_not_undo_a_block(friends: Friends, clock: StoppedClock) -> None:
    friends.followed("U1", clock.now())
    friends.blocked("U1", clock.now())
    friends.met("U1")
    assert not friends.is_friend("U1")


def test_who_writes_without_a_follow_is_a_friend(friends: Friends) -> None:
    friends.met("U1")
    assert friends.is_friend("U1")


def test_who_writes_after_a_block_is_a_friend_again_and_who_wrote_before_is_not(
    friends: Friends, clock: StoppedClock
) -> None:
    friends.met("U1")
    friends.blocked("U1", clock.now())
    friends.wrote("U1", clock.now() - timedelta(seconds=1))
    assert not friends.is_friend("U1")
    friends.wrote("U1", clock.now() + timedelta(seconds=1))
    assert friends.is_friend("U1")


def test_blocking_voids_token_and_nonce_and_keeps_the_link(
    session: Session, clock: StoppedClock, friends: Friends
) -> None:
    friends.followed("U1", clock.now())
    Links(session, clock).complete(Nonces(session, clock).make("U1", "100"), "U1")
    LinkTokens(session, clock).issued("U1", "token", clock.now())
    nonce = Nonces(session, clock).make("U1", "200")
    friends.blocked("U1", clock.now())
    friends.followed("U1", clock.now())
    assert LinkTokens(session, clock).owner("token") is None
    assert Nonces(session, clock).use(nonce) is None
    assert [link.card_number for link in Links(session, clock).cards("U1")] == ["100"]


def test_settings_are_kept_one_by_one(friends: Friends, clock: StoppedClock) -> None:
    assert friends.settings("U1") == {}
    friends.set_setting("U1", "plain_text", True)
    clock.advance(timedelta(days=1))
    friends.set_setting("U1", "reminder_days", 3)
    assert friends.settings("U1") == {"plain_text": True, "reminder_days": 3}
    assert friends.settings("U2") == {}


def test_who_is_asked_about_many_times_is_read_once(session: Session, friends: Friends) -> None:
    friends.met("U1")
    session.expunge_all()
    selects: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *args: selects.append(args[2]))
    friends.met("U1")
    assert friends.is_friend("U1")
    assert friends.settings("U1") == {}
    assert len(selects) == 1
