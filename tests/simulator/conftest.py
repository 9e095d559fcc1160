"""The simulator between a bot that only listens and the official SDK."""

from collections.abc import Iterator

import pytest
from listening_bot import ListeningBot, listening
from simulated_line import SECRET, START, TOKEN, Line, sdk

from simulator.clock import HandClock
from simulator.server import running
from simulator.settings import Settings


@pytest.fixture
def bot() -> Iterator[ListeningBot]:
    """A bot that answers 200."""
    with listening() as bot:
        yield bot


@pytest.fixture
def settings(bot: ListeningBot) -> Settings:
    """The channel, with redelivery at once."""
    return Settings(bot.url, SECRET, TOKEN, account_name="見本の図書館", redelivery_seconds=(0.05, 0.05))


@pytest.fixture
def line(bot: ListeningBot, settings: Settings) -> Iterator[Line]:
    """A running simulator whose clock stands until a test moves it."""
    clock = HandClock(START)
    with running(settings, clock) as (platform, url), sdk(url) as (api, blob):
        yield Line(platform, url, clock, bot, api, blob)
