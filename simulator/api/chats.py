"""Chats: the waiting animation, the read mark, what people sent as files."""

from flask import Blueprint, Response, jsonify, request
from linebot.v3.messaging import models

from simulator.api.bodies import json_body, must_be_user_id
from simulator.api.errors import LineError, invalid, not_found
from simulator.clock import millis
from simulator.limits import Problem
from simulator.platform import Platform
from simulator.state import BOT, SYSTEM, Arrival, Entry

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
            found = state.find_by_read_token(token)
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
    @blueprint.get("/v2/bot/message/<message_id>/content/preview")
    def content(message_id: str) -> Response:
        """A preview is the picture itself; LINE would make it smaller."""
        entry = sent_by_person(message_id)
        kind = entry.message["type"]
        found = platform.contents.of(message_id, kind)
        if found is None or (request.path.endswith("/preview") and kind not in {"image", "video"}):
            raise not_found()
        return Response(found.data, content_type=found.content_type)

    @blueprint.get("/v2/bot/message/<message_id>/content/transcoding")
    def transcoding(message_id: str) -> Response:
        if sent_by_person(message_id).message["type"] not in {"audio", "video"}:
            raise not_found()
        return jsonify(status="succeeded")

    def sent_by_person(message_id: str) -> Entry:
        entry = state.find(message_id)
        if entry is None or entry.sender in {BOT, SYSTEM}:
            raise not_found()
        if entry.is_unsent:
            raise LineError(410, "Gone")
        return entry
