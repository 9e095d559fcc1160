"""The simulator between a bot that only listens and the official SDK."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from listening_bot import ListeningBot, listening
from playwright.sync_api import expect
from simulated_line import SECRET, START, TOKEN, Line, sdk
from werkzeug.routing import Rule

from simulator.clock import HandClock
from simulator.server import running
from simulator.settings import Settings

expect.set_options(timeout=60_000)  # A busy machine is no failure.


@pytest.fixture(scope="session", autouse=True)
def _quick_routes() -> Iterator[None]:
    """Each test has a simulator of its own; what its routes need to build addresses is compiled when asked for."""
    compile_builder = Rule._compile_builder

    def when_needed(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        def build(bound: Rule, **values: Any) -> Any:
            return compile_builder(bound, append_unknown).__get__(bound, None)(**values)

        return build

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", when_needed)
        yield


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
