"""Link tokens: ours, young, unused, and a friend's."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.accounts import Friends, Links, LinkTokens, Nonces
from bot.accounts.limits import LINK_TOKEN_LIFE
from bot.clock import StoppedClock
from bot.messages.pages import PageTexts
from bot.policies import load_policy
from bot.storage.tables.accounts import LinkTokenRow, NonceRow


@pytest.fixture
def tokens(session: Session, clock: StoppedClock) -> LinkTokens:
    return LinkTokens(session, clock)


def test_an_issued_token_names_whom_it_was_issued_to(tokens: LinkTokens, clock: StoppedClock) -> None:
    tokens.issued("U1", "one", clock.now())
    tokens.issued("U2", "two", clock.now())
    assert tokens.owner("one") == "U1"
    assert tokens.owner("two") == "U2"


@pytest.mark.parametrize("token", ["", "other", "one ", "ONE", "\x00", "x" * 10_000, "\ud800"])
def test_a_token_that_is_not_ours_has_no_owner(tokens: LinkTokens, clock: StoppedClock, token: str) -> None:
    tokens.issued("U1", "one", clock.now())
    assert tokens.owner(token) is None


def test_a_token_lives_just_under_nine_minutes(tokens: LinkTokens, clock: StoppedClock) -> None:
    tokens.issued("U1", "one", clock.now())
    clock.advance(timedelta(minutes=8, seconds=59))
    assert tokens.owner("one") == "U1"
    clock.advance(timedelta(seconds=1))
    assert tokens.owner("one") is None


def test_the_pages_name_the_minutes_that_a_token_lives() -> None:
    texts = PageTexts(load_policy("mito"))
    minutes = f"{LINK_TOKEN_LIFE // timedelta(minutes=1)}分"
    assert minutes in texts("sign_in.time_limit")
    assert minutes in texts.lines("start_again.lines")[0]


def test_a_token_ages_from_before_line_was_asked(tokens: LinkTokens, clock: StoppedClock) -> None:
    before = clock.now()
    clock.advance(timedelta(minutes=5))
    tokens.issued("U1", "one", before)
    clock.advance(timedelta(minutes=4))
    assert tokens.owner("one") is None


def test_a_token_of_one_who_blocked_us_has_no_owner(
    session: Session, tokens: LinkTokens, clock: StoppedClock
) -> None:
    Friends(session, clock).blocked("U1", clock.now())
    tokens.issued("U1", "one", clock.now())
    assert tokens.owner("one") is None


def test_a_token_is_gone_once_the_link_is_made(
    session: Session, tokens: LinkTokens, clock: StoppedClock
) -> None:
    tokens.issued("U1", "one", clock.now())
    nonce = Nonces(session, clock).make("U1", "100")
    assert tokens.owner("one") == "U1"
    Links(session, clock).complete(nonce, "U1")
    assert tokens.owner("one") is None


def test_neither_token_nor_nonce_stands_in_the_database(
    session: Session, tokens: LinkTokens, clock: StoppedClock
) -> None:
    tokens.issued("U1", "the-token", clock.now())
    nonce = Nonces(session, clock).make("U1", "100")
    assert "the-token" not in session.scalars(select(LinkTokenRow.token_digest)).all()
    assert nonce not in session.scalars(select(NonceRow.nonce_digest)).all()


def test_what_signing_in_left_behind_is_removed_after_a_day(
    engine: Engine, session: Session, tokens: LinkTokens, clock: StoppedClock
) -> None:
    tokens.issued("U1", "old", clock.now())
    Nonces(session, clock).make("U1", "100")
    clock.advance(timedelta(days=1, seconds=1))
    tokens.issued("U1", "new", clock.now())
    assert len(session.scalars(select(LinkTokenRow.token_digest)).all()) == 1
    assert session.scalars(select(NonceRow.nonce_digest)).all() == []
