"""What goes wrong on purpose."""

from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
import urllib3
from linebot.v3.messaging import ApiException
from simulated_line import TOKEN, Line, ask, push_request, wait_until


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
        {"fail_percent": 101},
        {"fail_everything": 2},
        {"seed": -1},
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
    answer = ask("POST", url, body=b'{"fail_calls": 5}', headers={"Content-Type": "text/plain"})
    assert answer.status == 415
    assert line.call("GET", "/misbehaviour")["fail_calls"] == 0


def statuses(line: Line, count: int) -> list[int]:
    """What so many pushes are answered with."""
    person = line.platform.state.add_person("だれか")
    body = push_request(person, "お知らせ").to_dict()
    return [line.post("/v2/bot/message/push", body).status for _ in range(count)]


def test_calls_fail_by_chance_and_the_same_seed_gives_the_same_chances(line: Line) -> None:
    line.call("POST", "/misbehaviour", fail_percent=40, seed=7)
    first = statuses(line, 40)
    assert set(first) == {200, 429, 500}
    line.call("POST", "/misbehaviour", seed=7)
    assert statuses(line, 40) == first
    line.call("POST", "/misbehaviour", seed=8)
    assert statuses(line, 40) != first


def test_failing_can_begin_later_and_meet_every_call(line: Line) -> None:
    line.call("POST", "/misbehaviour", fail_after=2, fail_calls=2, fail_status=500, fail_everything=1)
    path = {"headers": {"Authorization": f"Bearer {TOKEN}"}, "retries": False}
    answers = [ask("GET", f"{line.url}/v2/bot/info", **path).status for _ in range(5)]
    assert answers == [200, 200, 500, 500, 200]


def test_webhooks_come_twice_by_chance(line: Line) -> None:
    person = line.friend()
    line.call("POST", "/misbehaviour", duplicate_percent=100)
    line.says(person, "延長して")
    first, second = line.bot.wait_for(2, "message")
    assert first == second


def test_what_went_over_the_wire_is_kept_in_both_directions(line: Line) -> None:
    person = line.friend()
    # An event is noted once it was answered.
    wait_until(lambda: bool(line.call("GET", "/traffic")["exchanges"]))
    line.api.push_message(push_request(person, "お知らせ"))
    push, follow = line.call("GET", "/traffic")["exchanges"]
    assert (push["direction"], push["request"], push["status"]) == ("api", "POST /v2/bot/message/push", 200)
    assert push["body"]["messages"][0]["text"] == "お知らせ"
    assert push["answer"]["sentMessages"]
    assert (follow["direction"], follow["status"]) == ("webhook", 200)
    assert follow["body"]["events"][0]["type"] == "follow"
    assert line.call("GET", "/traffic?limit=1")["exchanges"] == [push]
