"""What goes wrong on purpose."""

from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
import urllib3
from linebot.v3.messaging import ApiException
from simulated_line import Line, push_request


def test_calls_fail_as_often_as_they_are_told_to(line: Line) -> None:
    person = line.friend()
    line.call("POST", "/misbehaviour", fail_calls=2, fail_status=429)
    for _ in range(2):
        with pytest.raises(ApiException) as caught:
            line.api.push_message(push_request(person, "お知らせ"))
        assert caught.value.status == 429
    assert line.api.get_bot_info()
    line.api.push_message(push_request(person, "お知らせ"))
    assert line.texts(person) == ["お知らせ"]


def test_a_lost_answer_was_carried_out(line: Line) -> None:
    person, key = line.friend(), str(uuid4())
    line.call("POST", "/misbehaviour", lose_answers=1)
    with pytest.raises(urllib3.exceptions.HTTPError):
        line.api.push_message(push_request(person, "お知らせ"), x_line_retry_key=key)
    with pytest.raises(ApiException) as caught:
        line.api.push_message(push_request(person, "お知らせ"), x_line_retry_key=key)
    assert caught.value.status == 409
    assert line.texts(person) == ["お知らせ"]


def test_calls_can_be_slow(line: Line) -> None:
    line.call("POST", "/misbehaviour", api_delay_ms=200)
    before = monotonic()
    line.api.get_bot_info()
    assert monotonic() - before >= 0.2


@pytest.mark.parametrize(
    "values",
    [
        {"unknown": 1},
        {"fail_calls": -1},
        {"fail_calls": "1"},
        {"fail_calls": True},
        {"fail_status": 200},
        {"api_delay_ms": 60_001},
        {"fail_calls": 1, "lose_answers": 1001},
    ],
)
def test_a_switch_that_makes_no_sense_changes_nothing(line: Line, values: dict[str, Any]) -> None:
    before = line.call("GET", "/misbehaviour")
    assert line.raw("POST", "/misbehaviour", **values).status == 400
    assert line.call("GET", "/misbehaviour") == before


def test_an_empty_body_sets_all_switches_back(line: Line) -> None:
    line.call("POST", "/misbehaviour", fail_calls=5, webhook_delay_ms=10)
    assert line.call("POST", "/misbehaviour")["fail_calls"] == 0


def test_only_json_changes_anything(line: Line) -> None:
    # What a form on another site could send.
    url = f"{line.url}/simulator/api/misbehaviour"
    answer = urllib3.request("POST", url, body=b'{"fail_calls": 5}', headers={"Content-Type": "text/plain"})
    assert answer.status == 415
    assert line.call("GET", "/misbehaviour")["fail_calls"] == 0
