"""The waiting animation, the read mark, contents, the webhook's own endpoints."""

from datetime import timedelta
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiException,
    MarkMessagesAsReadByTokenRequest,
    ShowLoadingAnimationRequest,
)
from simulated_line import Line, push_request, wait_until


def test_the_waiting_animation_ends_with_the_next_message_or_in_time(line: Line) -> None:
    person = line.friend()
    show = ShowLoadingAnimationRequest(chat_id=person.user_id, loading_seconds=5)
    assert line.api.show_loading_animation_with_http_info(show).status_code == 202
    assert line.chat(person)["loadingMs"] == 5000
    line.clock.advance(timedelta(seconds=5))
    assert line.chat(person)["loadingMs"] == 0
    line.api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=person.user_id))
    assert line.chat(person)["loadingMs"] == 20_000
    line.api.push_message(push_request(person, "できました"))
    assert line.chat(person)["loadingMs"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"chatId": "C" + "0" * 32},
        {"chatId": "U" + "0" * 32, "loadingSeconds": 4},
        {"chatId": "U" + "0" * 32, "loadingSeconds": 61},
        {"chatId": "U" + "0" * 32, "loadingSeconds": 7},
        {"loadingSeconds": 5},
    ],
)
def test_the_waiting_animation_is_for_people_and_in_fives(line: Line, body: dict[str, Any]) -> None:
    assert line.post("/v2/bot/chat/loading/start", body).status == 400


def test_the_waiting_animation_for_a_stranger_has_no_effect(line: Line) -> None:
    stranger = line.platform.state.add_person("よそ")
    line.api.show_loading_animation(ShowLoadingAnimationRequest(chat_id=stranger.user_id))
    assert line.chat(stranger)["loadingMs"] == 0


def test_messages_can_be_marked_as_read(line: Line) -> None:
    person = line.friend()
    line.bot.answer = lambda _: 500
    token = line.says(person, "延長して")["message"]["markAsReadToken"]
    wait_until(lambda: line.chat(person)["messages"][-1]["arrival"] == "failed")
    line.api.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(mark_as_read_token=token))
    assert line.chat(person)["messages"][-1]["arrival"] == "read"
    with pytest.raises(ApiException):
        line.api.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(mark_as_read_token="other"))


def test_the_content_of_a_photo_can_be_fetched_until_it_is_unsent(line: Line) -> None:
    person = line.friend()
    message_id = line.sends(person, {"type": "image"})["message"]["id"]
    assert bytes(line.blob.get_message_content(message_id)).startswith(b"\x89PNG")
    line.call("POST", f"/users/{person.number}/chats/me/unsend", id=message_id)
    with pytest.raises(ApiException) as caught:
        line.blob.get_message_content(message_id)
    assert caught.value.status == 410
    with pytest.raises(ApiException) as caught:
        line.blob.get_message_content("1")
    assert caught.value.status == 404


def test_the_webhook_can_be_tested(line: Line) -> None:
    assert line.api.get_webhook_endpoint().endpoint == line.bot.url
    result = line.api.test_webhook_endpoint()
    assert (result.success, result.status_code) == (True, 200)
    assert line.bot.received[-1].events == []
    line.bot.answer = lambda _: 401
    result = line.api.test_webhook_endpoint()
    assert (result.success, result.reason) == (False, "ERROR_STATUS_CODE")
