"""The client over real HTTP: what is sent, and what is known of its fate by what came back."""

import json
import socket
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from line_server import Answer, LineServer, line_server
from structlog.testing import capture_logs

from bot.line.api import Delivery, LineApi, LineUnavailable
from bot.line.client import LineClient

USER = "U00000000000000000000000000000001"
TEXT = {"type": "text", "text": "『こころ』を延長しました。"}
FLEX = {
    "type": "flex",
    "altText": "貸出中1点",
    "contents": {
        "type": "carousel",
        "contents": [
            {
                "type": "bubble",
                "size": "mega",
                "body": {
                    "type": "box",
                    "layout": "vertical",
                    "paddingAll": "20px",
                    "contents": [
                        {"type": "text", "text": "こころ", "wrap": True, "color": "#1B2730", "flex": 0},
                        {"type": "separator", "color": "#DDE3E8", "margin": "lg"},
                        {
                            "type": "button",
                            "style": "primary",
                            "color": "#06603A",
                            "height": "md",
                            "adjustMode": "shrink-to-fit",
                            "action": {
                                "type": "postback",
                                "label": "延長",
                                "data": "b1",
                                "displayText": "延長",
                            },
                        },
                        {"type": "filler"},
                    ],
                },
            }
        ],
    },
    "quickReply": {
        "items": [{"type": "action", "action": {"type": "message", "label": "はい", "text": "はい"}}]
    },
}


@pytest.fixture
def server() -> Iterator[LineServer]:
    with line_server() as running:
        yield running


@pytest.fixture
def client(server: LineServer) -> Iterator[LineClient]:
    with LineClient(access_token="a-secret-token", base_url=server.url, time_limit=(1.0, 0.3)) as made:
        yield made


def test_it_is_what_the_rest_of_the_product_asks_for(client: LineClient) -> None:
    api: LineApi = client
    assert api.reply("rt", [TEXT]).delivery is Delivery.ACCEPTED


def test_a_reply_is_sent_as_it_was_written(server: LineServer, client: LineClient) -> None:
    result = client.reply("rt", [TEXT, FLEX])
    [request] = server.requests
    sent = json.loads(request.body)
    assert (request.method, request.path) == ("POST", "/v2/bot/message/reply")
    assert (sent["replyToken"], sent["messages"]) == ("rt", [TEXT, FLEX])
    assert request.headers["authorization"] == "Bearer a-secret-token"
    assert "x-line-retry-key" not in request.headers
    assert (result.delivery, result.status, result.request_id) == (Delivery.ACCEPTED, 200, "request-1")


def test_a_push_repeated_is_the_same_bytes_under_the_same_key(server: LineServer, client: LineClient) -> None:
    key = str(uuid4())
    for _ in range(2):
        client.push(USER, [FLEX, TEXT], retry_key=key)
    first, second = server.requests
    assert first.body == second.body
    assert first.headers["x-line-retry-key"] == second.headers["x-line-retry-key"] == key
    assert json.loads(first.body)["messages"] == [FLEX, TEXT]


FATES = [
    (Answer(200), Delivery.ACCEPTED, 200),
    (Answer(200, '{"sentMessages":[{"id":"461230966842064897"}]}'), Delivery.ACCEPTED, 200),
    (Answer(200, "<html>"), Delivery.ACCEPTED, 200),
    (Answer(409, '{"message":"The retry key is already accepted"}'), Delivery.ACCEPTED, 409),
    (Answer(400, '{"message":"Invalid reply token"}'), Delivery.INVALID_REPLY_TOKEN, 400),
    (Answer(400, '{"message":"The request body has 1 error(s)"}'), Delivery.REFUSED, 400),
    (Answer(400, "no JSON"), Delivery.REFUSED, 400),
    (Answer(400, '{"message":7}'), Delivery.REFUSED, 400),
    (Answer(400, ""), Delivery.REFUSED, 400),
    (Answer(401, '{"message":"Authentication failed"}'), Delivery.TRY_LATER, 401),
    (Answer(403, '{"message":"Not available"}'), Delivery.REFUSED, 403),
    (Answer(404, '{"message":"Not found"}'), Delivery.REFUSED, 404),
    (Answer(413, '{"message":"Too large"}'), Delivery.REFUSED, 413),
    (Answer(429, '{"message":"You have reached your monthly limit."}'), Delivery.TRY_LATER, 429),
    (Answer(302, ""), Delivery.UNKNOWN, 302),
    (Answer(500, '{"message":"Internal error"}'), Delivery.UNKNOWN, 500),
    (Answer(503, "<html>"), Delivery.UNKNOWN, 503),
    (Answer(reset=True), Delivery.UNKNOWN, None),
    (Answer(delay_seconds=0.8), Delivery.UNKNOWN, None),
]


@pytest.mark.parametrize(("answer", "delivery", "status"), FATES)
def test_the_fate_of_an_attempt_is_told_by_what_came_back(
    server: LineServer, client: LineClient, answer: Answer, delivery: Delivery, status: int | None
) -> None:
    server.answer = answer
    result = client.reply("rt", [TEXT])
    assert (result.delivery, result.status) == (delivery, status)
    assert len(server.requests) == 1, "an attempt is made once; whether again is the outbox's matter"


def test_where_nobody_listens_it_certainly_did_not_arrive() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with LineClient(access_token="t", base_url=f"http://127.0.0.1:{probe.getsockname()[1]}") as client:
            assert client.push(USER, [TEXT], retry_key=str(uuid4())).delivery is Delivery.TRY_LATER


def test_where_the_name_is_unknown_it_certainly_did_not_arrive() -> None:
    with LineClient(access_token="t", base_url="http://line.invalid") as client:
        assert client.reply("rt", [TEXT]).delivery is Delivery.TRY_LATER


@pytest.mark.parametrize("messages", [[], [TEXT] * 6])
def test_more_messages_than_line_takes_and_none_at_all_are_refused_without_a_call(
    server: LineServer, client: LineClient, messages: list[dict[str, Any]]
) -> None:
    assert client.reply("rt", messages).delivery is Delivery.REFUSED
    assert server.requests == []


def test_a_link_token_is_asked_for_one_line_user(server: LineServer, client: LineClient) -> None:
    server.answer = Answer(body='{"linkToken":"NMZTNuVrPTqlr2IF8Bnymkb7rXfYv5EY"}')
    assert client.issue_link_token(USER) == "NMZTNuVrPTqlr2IF8Bnymkb7rXfYv5EY"
    assert server.requests[0].path == f"/v2/bot/user/{USER}/linkToken"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, '{"message":"Not found"}'),
        Answer(500, ""),
        Answer(200, "{}"),
        Answer(200, '{"linkToken":""}'),
        Answer(200, "<html>"),
        Answer(reset=True),
        Answer(delay_seconds=0.8),
    ],
)
def test_without_a_link_token_it_says_so_and_names_nobody(
    server: LineServer, client: LineClient, answer: Answer
) -> None:
    server.answer = answer
    with pytest.raises(LineUnavailable) as error:
        client.issue_link_token(USER)
    assert USER not in str(error.value)


def test_check_learns_what_line_knows_of_the_bot(server: LineServer, client: LineClient) -> None:
    server.answer = Answer(
        body='{"userId":"U1","basicId":"@216ru","displayName":"x","chatMode":"chat","markAsReadMode":"auto"}'
    )
    info = client.bot_info()
    assert (info.basic_id, info.answers_by_itself) == ("@216ru", False)
    server.answer = Answer(body='{"endpoint":"https://bot.example.jp/line/webhook","active":true}')
    endpoint = client.webhook_endpoint()
    assert (endpoint.url, endpoint.active) == ("https://bot.example.jp/line/webhook", True)


@pytest.mark.parametrize("answer", [Answer(), Answer(400, '{"message":"x"}'), Answer(reset=True)])
def test_a_log_holds_ids_of_the_call_and_nothing_personal(
    server: LineServer, client: LineClient, answer: Answer
) -> None:
    server.answer = answer
    key = str(uuid4())
    with capture_logs() as logs:
        client.push(USER, [TEXT], retry_key=key)
        client.reply("reply-token-1", [TEXT])
        client.reply("reply-token-1", [{"type": "こころ"}])
    written = repr(logs)
    assert key in written
    for secret in (USER, "reply-token-1", "こころ", "a-secret-token"):
        assert secret not in written
