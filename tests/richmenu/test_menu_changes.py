"""The queue of whose menu is to be set, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import new_database
from sqlalchemy import Engine

from bot.accounts import Friends, Links, Nonces
from bot.clock import StoppedClock
from bot.storage.engine import open_engine, reading, writing
from bot.storage.richmenus import MenuChanges

CLOCK = StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = new_database(tmp_path / "changes.sqlite3")
    else:
        url = request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    yield engine
    engine.dispose()


def who_waits(engine: Engine) -> list[tuple[str, bool, bool]]:
    """Who waits, and what holds for them."""
    with reading(engine) as session:
        due = MenuChanges(session, CLOCK).due()
        return sorted((one.line_user_id, one.has_card, one.is_blocked) for one in due)


def test_whoever_has_cards_waits_once_and_what_holds_is_seen_then(engine: Engine) -> None:
    with writing(engine) as session:
        friends, links, nonces = Friends(session, CLOCK), Links(session, CLOCK), Nonces(session, CLOCK)
        for who, cards in (("U1", ("1", "2")), ("U2", ("1",)), ("U3", ())):
            friends.met(who)
            for card in cards:
                links.complete(nonces.make(who, card), who)
        friends.blocked("U2", CLOCK.now())
        MenuChanges(session, CLOCK).add_all_with_cards()
        MenuChanges(session, CLOCK).add("U3")
    assert who_waits(engine) == [("U1", True, False), ("U2", True, True), ("U3", False, False)]


def test_a_change_is_done_once_and_one_that_came_meanwhile_stays(engine: Engine) -> None:
    with writing(engine) as session:
        for who in ("U1", "U2"):
            MenuChanges(session, CLOCK).add(who)
    with writing(engine) as session:
        changes = MenuChanges(session, CLOCK)
        taken = changes.due()
        changes.add("U2")
        changes.done(taken)
    assert [who for who, *_ in who_waits(engine)] == ["U2"]


def test_what_failed_waits_for_its_time(engine: Engine) -> None:
    with writing(engine) as session:
        changes = MenuChanges(session, CLOCK)
        changes.add("U1")
        changes.failed(changes.due(), CLOCK.now() + timedelta(minutes=1))
        assert changes.due() == ()
        assert changes.count() == 1
        changes.add("U1")
        [change] = changes.due()
        assert change.attempts == 0
