"""The simulator's own API: what the phone page and tests use to act as people and to cause trouble.

Everything is JSON. People are named by number (from 1); a chat by `me` (the person's own) or a group's id.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from simulator.misbehaviour import BadSwitch
from simulator.people import NotPossible
from simulator.platform import Platform
from simulator.security import protect
from simulator.state import Chat, Person
from simulator.views import chat_view, overview

PREFIX = "/simulator/api"
OWN_CHAT = "me"
LONGEST_NAME = 20


def control_blueprint(platform: Platform) -> Blueprint:
    """The calls below /simulator/api."""
    blueprint = Blueprint("control", __name__, url_prefix=PREFIX)
    blueprint.after_request(protect)
    blueprint.before_request(_must_be_ours)
    blueprint.register_error_handler(NotPossible, _refusal)
    blueprint.register_error_handler(BadSwitch, _refusal)
    _add_users(blueprint, platform)
    _add_chats(blueprint, platform)
    _add_groups(blueprint, platform)
    _add_switches(blueprint, platform)
    return blueprint


def _must_be_ours() -> None:
    """Another site in the same browser can't send JSON without asking, so only JSON may change anything."""
    request.get_data()  # A connection that is closed with an unread body is reset.
    if request.method == "POST" and not request.is_json:
        abort(415)


def _refusal(error: Exception) -> tuple[Response, int]:
    return jsonify(message=str(error)), 400


def _add_users(blueprint: Blueprint, platform: Platform) -> None:
    state, people = platform.state, platform.people

    @blueprint.get("/users")
    def users() -> Response:
        return jsonify(overview(platform))

    @blueprint.post("/users")
    def add_user() -> tuple[Response, int]:
        body = _body()
        person = state.add_person(_text(body, "name")[:LONGEST_NAME])
        if body.get("follow"):
            people.follow(person)
        return jsonify(user=person.number, userId=person.user_id), 201

    @blueprint.post("/users/<int:number>/follow")
    def follow(number: int) -> Response:
        people.follow(_person(platform, number))
        return jsonify({})

    @blueprint.post("/users/<int:number>/block")
    def block(number: int) -> Response:
        people.block(_person(platform, number))
        return jsonify({})


def _add_chats(blueprint: Blueprint, platform: Platform) -> None:
    people = platform.people

    @blueprint.get("/users/<int:number>/chats/<chat_id>")
    def chat(number: int, chat_id: str) -> Response:
        """`since`: only messages that changed after this revision."""
        person = _person(platform, number)
        since = request.args.get("since", 0, type=int)
        return jsonify(chat_view(platform, person, _chat(platform, person, chat_id), since))

    @blueprint.post("/users/<int:number>/chats/<chat_id>/messages")
    def send(number: int, chat_id: str) -> Response:
        """Body: `{"message": {"type": "text", "text": …}}` or any other kind."""
        person = _person(platform, number)
        message = _object(_body(), "message")
        return jsonify(id=people.send(person, _chat(platform, person, chat_id), message).id)

    @blueprint.post("/users/<int:number>/chats/<chat_id>/taps")
    def tap(number: int, chat_id: str) -> Response:
        """Body: `{"action": {…LINE's action object…}, "params": {"date": …}}`."""
        person, body = _person(platform, number), _body()
        action, params = _object(body, "action"), body.get("params")
        if action.get("type") == "richmenuswitch":
            params = platform.rich_menus.switch(person.user_id, str(action.get("richMenuAliasId")))
        people.tap(
            person, _chat(platform, person, chat_id), action, params if isinstance(params, dict) else None
        )
        return jsonify({})

    @blueprint.post("/users/<int:number>/chats/<chat_id>/unsend")
    def unsend(number: int, chat_id: str) -> Response:
        """Body: `{"id": <message id>}`."""
        person = _person(platform, number)
        people.unsend(person, _chat(platform, person, chat_id), _text(_body(), "id"))
        return jsonify({})


def _add_groups(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.post("/groups")
    def add_group() -> tuple[Response, int]:
        """Body: `{"name": …, "users": [1, 2]}`; the account is invited at once."""
        body = _body()
        numbers = body.get("users")
        if not isinstance(numbers, list) or not numbers:
            raise NotPossible("users must be a list of numbers")
        members = [_person(platform, number).user_id for number in numbers if isinstance(number, int)]
        group = platform.state.add_group(_text(body, "name")[:LONGEST_NAME] or "グループ", members)
        platform.people.invite(group, joins=True)
        return jsonify(chat=group.id), 201

    @blueprint.post("/groups/<chat_id>/leave")
    def leave(chat_id: str) -> Response:
        """The account is removed from the group."""
        platform.people.invite(_group(platform, chat_id), joins=False)
        return jsonify({})


def _add_switches(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.get("/misbehaviour")
    def switches() -> Response:
        return jsonify(platform.misbehaviour.as_dict())

    @blueprint.post("/misbehaviour")
    def set_switches() -> Response:
        """Body: switches by name; `{}` resets all."""
        body = _body()
        return jsonify(platform.misbehaviour.set(body) if body else platform.misbehaviour.reset())


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise NotPossible("the body must be a JSON object")
    return body


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise NotPossible(f"{name} must be an object")
    return value


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise NotPossible(f"{name} must be a text")
    return value.strip()


def _person(platform: Platform, number: int) -> Person:
    person = platform.state.person(number)
    if person is None:
        abort(404)
    return person


def _chat(platform: Platform, person: Person, chat_id: str) -> Chat:
    chat = platform.state.chats.get(person.user_id if chat_id == OWN_CHAT else chat_id)
    if chat is None or person.user_id not in chat.members:
        abort(404)
    return chat


def _group(platform: Platform, chat_id: str) -> Chat:
    chat = platform.state.chats.get(chat_id)
    if chat is None or not chat.is_group:
        abort(404)
    return chat
