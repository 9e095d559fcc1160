"""Short-lived channel access tokens: fetched once for all processes, renewed in time, kept unreadable, never logged."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs
from way import NOON

from bot.clock import StoppedClock
from bot.jobs.tokens import ChannelTokens
from bot.line.api import Delivery, IssuedToken, LineUnavailable
from bot.line.client import LineClient
from bot.line.tokens import TokenIssuer
from bot.storage.engine import reading
from bot.storage.tables.service import SharedValueRow
from simulator.clock import HandClock
from simulator.platform import Platform
from simulator.server import running
from simulator.settings import Settings

SECRET = "channel-secret"
CHANNEL_ID = "1234567890"
LIFE = timedelta(days=30)


@dataclass
class Issuer:
    """LINE, as far as it issues tokens."""

    issued: list[str] = field(default_factory=list)
    answers: bool = True

    def issue(self) -> IssuedToken:
        """A new one each time."""
        if not self.answers:
            raise LineUnavailable("no")
        self.issued.append(f"secret-token-{len(self.issued)}")
        return IssuedToken(self.issued[-1], LIFE)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


def tokens_of(engine: Engine, clock: StoppedClock, issuer: Issuer, secret: str = SECRET) -> ChannelTokens:
    """One process's."""
    return ChannelTokens(engine, clock, issuer.issue, secret)


def test_all_processes_use_the_one_token_that_was_fetched(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    got = [tokens_of(engine, clock, issuer).current() for _ in range(3)]
    assert got == ["secret-token-0"] * 3
    assert issuer.issued == ["secret-token-0"]


def test_threads_that_ask_at_once_fetch_one(engine: Engine, clock: StoppedClock, issuer: Issuer) -> None:
    tokens, got = tokens_of(engine, clock, issuer), []
    threads = [threading.Thread(target=lambda: got.append(tokens.current())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["secret-token-0"] * 6


def test_it_is_renewed_a_week_before_its_end_and_soon_used_by_all(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    one, other = tokens_of(engine, clock, issuer), tokens_of(engine, clock, issuer)
    assert one.current() == other.current()
    clock.advance(timedelta(days=22))
    one.renew()
    assert issuer.issued == ["secret-token-0"]
    clock.advance(timedelta(days=2))
    one.renew()
    one.renew()
    clock.advance(timedelta(minutes=1))
    assert [one.current(), other.current()] == ["secret-token-1"] * 2
    assert len(issuer.issued) == 2


def test_while_line_gives_none_the_old_one_is_used_to_its_end(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    tokens = tokens_of(engine, clock, issuer)
    tokens.current()
    issuer.answers = False
    clock.advance(timedelta(days=29))
    with pytest.raises(LineUnavailable):
        tokens.renew()
    assert tokens.current() == "secret-token-0"
    clock.advance(timedelta(days=1))
    with pytest.raises(LineUnavailable):
        tokens.current()
    issuer.answers = True
    assert tokens.current() == "secret-token-1"


def test_a_token_that_line_refuses_is_replaced_and_a_brand_new_one_is_not(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    tokens = tokens_of(engine, clock, issuer)
    tokens.refused(tokens.current())
    assert tokens.current() == "secret-token-0"
    clock.advance(timedelta(minutes=2))
    tokens.refused(tokens.current())
    assert tokens.current() == "secret-token-1"


def test_after_a_change_of_the_channel_secret_another_one_is_fetched(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    tokens_of(engine, clock, issuer).current()
    assert tokens_of(engine, clock, issuer, "another-secret").current() == "secret-token-1"


def test_neither_the_database_nor_the_log_shows_it(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    tokens = tokens_of(engine, clock, issuer)
    with capture_logs() as logged:
        tokens.current()
    with reading(engine) as session:
        kept = json.dumps(session.scalars(select(SharedValueRow.value)).all())
    assert "ends_at" in kept
    assert "fetched" in str(logged)
    assert "secret-token" not in kept + str(logged) + repr(tokens)


@pytest.fixture
def simulated() -> Iterator[tuple[Platform, str]]:
    settings = Settings("http://127.0.0.1:9/line/webhook", SECRET, "unused", channel_id=CHANNEL_ID)
    with running(settings, HandClock(NOON)) as (platform, url):
        yield platform, url


def test_a_revoked_token_costs_one_attempt(
    engine: Engine, clock: StoppedClock, simulated: tuple[Platform, str]
) -> None:
    platform, url = simulated
    issuer = TokenIssuer(channel_id=CHANNEL_ID, channel_secret=SECRET, base_url=url)
    tokens = ChannelTokens(engine, clock, issuer.issue, SECRET)
    with LineClient(access_token=tokens, base_url=url) as line:
        assert line.bot_info().basic_id == "@simulator"
        platform.channel_tokens.revoke(tokens.current())
        clock.advance(timedelta(minutes=2))
        message = {"type": "text", "text": "はい"}
        result = line.reply("a-token", [message])
        assert (result.delivery, result.status) == (Delivery.TRY_LATER, 401)
        assert line.reply("a-token", [message]).delivery is Delivery.INVALID_REPLY_TOKEN
        assert line.quota().limit is None


def test_without_a_token_nothing_is_sent_and_it_is_tried_later(
    engine: Engine, clock: StoppedClock, issuer: Issuer
) -> None:
    issuer.answers = False
    tokens = tokens_of(engine, clock, issuer)
    with LineClient(access_token=tokens, base_url="http://127.0.0.1:1") as line:
        assert line.reply("a-token", [{"type": "text", "text": "はい"}]).delivery is Delivery.TRY_LATER
        with pytest.raises(LineUnavailable):
            line.bot_info()


def test_a_wrong_channel_secret_is_told_by_the_status_alone(simulated: tuple[Platform, str]) -> None:
    issuer = TokenIssuer(channel_id=CHANNEL_ID, channel_secret="very-wrong", base_url=simulated[1])
    with pytest.raises(LineUnavailable, match="status 400") as raised:
        issuer.issue()
    assert "very-wrong" not in str(raised.value)
