"""The pieces of `make bench`; a whole one, small, is `make bench BENCH_ARGS=--quick`."""

import asyncio
import inspect
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bench.__main__ import MEASUREMENTS
from bench.conversation import MIX, message
from bench.http_client import Client
from bench.line_stand_in import StandIn
from bench.report import table
from bench.stage import quantiles
from bench.webhooks import PATH, SECRET, request, text_event
from webhooks.line import is_signed, read_events


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_each_measurement_is_given_what_it_takes_in_full_and_quickly(name: str) -> None:
    measure, full, quick = MEASUREMENTS[name]
    takes = {
        parameter.name
        for parameter in inspect.signature(measure).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert set(full) == set(quick) == takes


def test_a_webhook_is_one_that_the_product_takes() -> None:
    head, _, body = request("127.0.0.1:1", [text_event(7, "延長して")]).partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert head.startswith(f"POST {PATH} ".encode())
    assert is_signed(body, headers["x-line-signature"], [SECRET.encode()])
    [event] = read_events(body)
    assert event["message"]["text"] == "延長して"


def test_a_reply_is_noted_with_the_instant_at_which_it_came() -> None:
    async def reply_twice() -> tuple[list[int], StandIn]:
        line = StandIn()
        await line.start()
        came = line.expect("token")
        client = Client("127.0.0.1", line.port)
        body = json.dumps({"replyToken": "token", "messages": [{"type": "text", "text": "はい"}]}).encode()
        head = f"POST /v2/bot/message/reply HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        statuses = [await client.status(head + body) for _ in range(2)]
        assert await came > 0
        client.close()
        await line.stop()
        return statuses, line

    # In a thread of its own: the browser's driver may keep a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        statuses, line = aside.submit(lambda: asyncio.run(reply_twice())).result()
    assert statuses == [200, 200]
    assert line.replies["token"] == 2  # More than one is told as doubled.


def test_a_conversation_goes_through_the_mix_and_begins_anew() -> None:
    said = [message(1, number) for number in range(2 * len(MIX))]
    assert said[0] == said[len(MIX)] == "貸出状況"
    assert said[3] != said[len(MIX) + 3]  # About another title.


def test_quantiles_are_milliseconds_of_what_was_measured() -> None:
    assert quantiles([number / 1000 for number in range(1, 101)]) == {"p50": 51.0, "p99": 100.0, "max": 100.0}
    assert quantiles([]) == {}


def test_the_table_has_a_line_for_each_figure() -> None:
    results: dict[str, Any] = {"turns": {"rate": 25, "turn_ms": {"p50": 1.5}, "said": {"x": 1}}}
    lines = table(results).split("\n")
    assert [line.split() for line in lines if line][2:] == [["rate", "25"], ["turn_ms,", "p50", "1.5"]]
