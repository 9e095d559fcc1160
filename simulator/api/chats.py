"""Chats: the waiting animation, the read mark, what people sent as files."""

from collections.abc import Iterable

from flask import Blueprint, Response, jsonify
from linebot.v3.messaging import models

from simulator.api.bodies import json_body, must_be_user_id
from simulator.api.errors import LineError, invalid, not_found
from simulator.clock import millis
from simulator.limits import Problem
from simulator.platform import Platform
from simulator.samples import content_of
from simulator.state import Arrival, Chat, Entry

DEFAULT_LOADING_SECONDS = 20
LOADING_SECONDS = range(5, 61, 5)


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    for add in (_add_loading, _add_reading, _add_content):
        add(blueprint, platform)


def _add_loading(blueprint: Blueprint, platform: Platform) -> None:
    state = platform.state

    @blueprint.post("/v2/bot/chat/loading/start")
    def loading() -> tuple[Response, int]:
        body = json_body(models.ShowLoadingAnimationRequest)
        must_be_user_id(body["chatId"], "chatId")
        seconds = body.get("loadingSeconds", DEFAULT_LOADING_SECONDS)
        if seconds not in LOADING_SECONDS:
            raise invalid([Problem("must be a multiple of 5 between 5 and 60", "loadingSeconds")])
        with state.locked():
            person = state.people.get(body["chatId"])
            if person and person.is_reachable:
                until = millis(platform.clock.now()) + seconds * 1000
                state.chats[person.user_id].loading_until = until
                state.touch(person.user_id)
        return jsonify({}), 202


def _add_reading(blueprint: Blueprint, platform: Platform) -> None:
    state = platform.state

    @blueprint.post("/v2/bot/chat/markAsRead")
    def mark_as_read() -> Response:
        token = json_body(models.MarkMessagesAsReadByTokenRequest)["markAsReadToken"]
        with state.locked():
            found = _find(state.chats.values(), token)
            if found is None:
                raise LineError(400, "Invalid markAsReadToken")
            chat, entry = found
            for earlier in chat.entries[: chat.entries.index(entry) + 1]:
                if earlier.arrival:
                    earlier.arrival = Arrival.READ
                    state.change_entry(chat.id, earlier)
        return jsonify({})


def _add_content(blueprint: Blueprint, platform: Platform) -> None:
    state = platform.state

    @blueprint.get("/v2/bot/message/<message_id>/content")
    def content(message_id: str) -> Response:
        with state.locked():
            found = [state.entry(chat_id, message_id) for chat_id in state.chats]
        entry = next((entry for entry in found if entry), None)
        if entry is None:
            raise not_found()
        if entry.is_unsent:
            raise LineError(410, "Gone")
        sample = content_of(entry.message["type"])
        if sample is None:
            raise not_found()
        return Response(sample.data, content_type=sample.content_type)


def _find(chats: Iterable[Chat], token: str) -> tuple[Chat, Entry] | None:
    return next(
        (
            (chat, entry)
            for chat in chats
            for entry in chat.entries
            if entry.message.get("markAsReadToken") == token
        ),
        None,
    )
