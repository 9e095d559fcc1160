"""The waiting animation, the read mark, contents, the webhook's own endpoints."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiException,
    MarkMessagesAsReadByTokenRequest,
    ShowLoadingAnimationRequest,
)
from simulated_line import Line, ask, push_request, wait_until


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


OWN = b"\x89PNG\r\n\x1a\nmy own picture"


@pytest.mark.parametrize(
    ("message", "content_type"),
    [
        ({"type": "image"}, "image/png"),
        ({"type": "audio", "duration": 900}, "audio/mpeg"),
        ({"type": "file", "fileName": "<script>.html", "fileSize": 0}, "text/html"),
    ],
)
def test_what_a_person_sends_of_their_own_is_what_the_bot_gets(
    line: Line, message: dict[str, Any], content_type: str
) -> None:
    person = line.friend()
    body = {"message": message, "content": b64encode(OWN).decode(), "contentType": content_type}
    message_id = line.call("POST", f"/users/{person.number}/chats/me/messages", **body)["id"]
    event = line.bot.wait_for(1, "message")[0]
    assert bytes(line.blob.get_message_content(message_id)) == OWN
    shown = ask("GET", f"{line.url}/simulator/content/{message_id}")
    assert shown.data == OWN
    if message["type"] == "file":
        assert event["message"]["fileSize"] == len(OWN)
        # A page of somebody's making never runs as one of ours.
        assert shown.headers["Content-Type"] == "application/octet-stream"
        assert shown.headers["Content-Disposition"].startswith("attachment")
    line.call("POST", f"/users/{person.number}/chats/me/unsend", id=message_id)
    assert ask("GET", f"{line.url}/simulator/content/{message_id}").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"type": "image"}, "content": "no base64!", "contentType": "image/png"},
        {"message": {"type": "image"}, "content": "", "contentType": "image/png"},
        {"message": {"type": "image"}, "content": "AAAA", "contentType": "text/html"},
        {"message": {"type": "image"}, "content": "AAAA"},
        {"message": {"type": "file", "fileName": "a"}, "content": "AAAA", "contentType": "a/b\r\nX: y"},
        {"message": {"type": "text", "text": "あ"}, "content": "AAAA", "contentType": "image/png"},
    ],
)
def test_a_content_that_makes_no_sense_is_refused(line: Line, body: dict[str, Any]) -> None:
    person = line.friend()
    assert line.raw("POST", f"/users/{person.number}/chats/me/messages", **body).status == 400


def test_previews_and_transcoding_are_of_what_has_them(line: Line) -> None:
    person = line.friend()
    image = line.sends(person, {"type": "image"})["message"]["id"]
    audio = line.sends(person, {"type": "audio", "duration": 1000})["message"]["id"]
    assert bytes(line.blob.get_message_content_preview(image)).startswith(b"\x89PNG")
    assert line.blob.get_message_content_transcoding_by_message_id(audio).status == "succeeded"
    for call in (
        lambda: line.blob.get_message_content_preview(audio),
        lambda: line.blob.get_message_content_transcoding_by_message_id(image),
    ):
        with pytest.raises(ApiException) as caught:
            call()
        assert caught.value.status == 404


def test_the_webhook_can_be_tested(line: Line) -> None:
    assert line.api.get_webhook_endpoint().endpoint == line.bot.url
    result = line.api.test_webhook_endpoint()
    assert (result.success, result.status_code) == (True, 200)
    assert line.bot.received[-1].events == []
    line.bot.answer = lambda _: 401
    result = line.api.test_webhook_endpoint()
    assert (result.success, result.reason) == (False, "ERROR_STATUS_CODE")
