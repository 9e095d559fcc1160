"""LINE's rate limits: each endpoint has its own bucket, and a bucket fills again with time."""

from datetime import timedelta

import pytest
from linebot.v3.messaging import BroadcastRequest, RichMenuRequest
from listening_bot import ListeningBot
from simulated_line import SECRET, START, TOKEN, Line, refused, texts
from test_simulator_richmenus import MENU

from simulator.clock import HandClock
from simulator.rates import RATES, USUAL, Rates
from simulator.settings import Settings


@pytest.mark.parametrize("endpoint", [*RATES, "POST /v2/bot/message/push"])
def test_a_bucket_holds_its_rate_and_fills_with_time(endpoint: str) -> None:
    clock = HandClock(START)
    rates = Rates(clock, ticks=lambda: 0.0)
    calls, seconds = RATES.get(endpoint, USUAL)
    assert [rates.admit(endpoint) for _ in range(calls + 1)] == [True] * calls + [False]
    clock.advance(timedelta(seconds=seconds / calls) + timedelta(microseconds=1))
    assert [rates.admit(endpoint), rates.admit(endpoint)] == [True, False]


def test_a_standing_clock_does_not_stop_the_machines_time() -> None:
    ticks = iter([0.0] * (USUAL.calls + 1) + [1.0])
    rates = Rates(HandClock(START), ticks=lambda: next(ticks))
    assert [rates.admit("GET /v2/bot/info") for _ in range(USUAL.calls + 1)][-1] is False
    assert rates.admit("GET /v2/bot/info")


def test_too_many_menus_in_an_hour_are_refused_and_other_calls_are_not(line: Line) -> None:
    menu = RichMenuRequest.from_dict(MENU)
    made = [line.api.create_rich_menu(menu).rich_menu_id for _ in range(100)]
    error = refused(lambda: line.api.create_rich_menu(menu))
    assert (error.status, "rate limit" in error.body) == (429, True)
    line.api.delete_rich_menu(made[0])
    line.clock.advance(timedelta(seconds=37))
    line.api.create_rich_menu(menu)


def test_every_try_counts_also_one_with_a_mistake(line: Line) -> None:
    statuses = {line.post("/v2/bot/message/broadcast", {"messages": []}).status for _ in range(60)}
    assert statuses == {400}
    assert refused(lambda: line.api.broadcast(BroadcastRequest(messages=texts("一")))).status == 429


class TestSwitchedOff:
    """For bots that are tested for something else."""

    @pytest.fixture
    def settings(self, bot: ListeningBot) -> Settings:
        return Settings(bot.url, SECRET, TOKEN, rate_limits=False)

    def test_limits_can_be_switched_off(self, line: Line) -> None:
        for _ in range(61):
            line.api.broadcast(BroadcastRequest(messages=texts("一")))
