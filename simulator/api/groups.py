"""Groups and rooms: who is in them, and leaving them."""

from flask import Blueprint, Response, jsonify

from simulator.api.bodies import must_be_user_id
from simulator.api.errors import LineError, not_found
from simulator.api.numbers import page
from simulator.platform import Platform
from simulator.state import Chat, Kind

MEMBERS_A_PAGE = 100


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    state = platform.state

    def chat_called(kind: str, chat_id: str) -> Chat:
        """The group or room, if the account is in it."""
        chat = state.chats.get(chat_id)
        if chat is None or chat.kind != kind or not chat.has_bot:
            raise not_found()
        return chat

    @blueprint.get("/v2/bot/group/<chat_id>/summary")
    def summary(chat_id: str) -> Response:
        chat = chat_called(Kind.GROUP, chat_id)
        return jsonify(groupId=chat.id, groupName=chat.name)

    @blueprint.get("/v2/bot/<any(group, room):kind>/<chat_id>/members/count")
    def count(kind: str, chat_id: str) -> Response:
        return jsonify(count=len(chat_called(kind, chat_id).members))

    @blueprint.get("/v2/bot/<any(group, room):kind>/<chat_id>/members/ids")
    def members(kind: str, chat_id: str) -> Response:
        return jsonify(page(chat_called(kind, chat_id).members, MEMBERS_A_PAGE, "memberIds"))

    @blueprint.get("/v2/bot/<any(group, room):kind>/<chat_id>/member/<user_id>")
    def member(kind: str, chat_id: str, user_id: str) -> Response:
        must_be_user_id(user_id, "userId")
        if user_id not in chat_called(kind, chat_id).members:
            raise not_found()
        return jsonify(userId=user_id, displayName=state.people[user_id].name)

    @blueprint.post("/v2/bot/<any(group, room):kind>/<chat_id>/leave")
    def leave(kind: str, chat_id: str) -> Response:
        chat = state.chats.get(chat_id)
        if chat is None or chat.kind != kind or not chat.has_bot:
            raise LineError(400, "The account is not in this chat")
        platform.people.invite(chat, joins=False)
        return jsonify({})
