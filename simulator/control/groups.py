"""Groups and rooms: made, entered and left by people and by the account."""

from flask import Blueprint, Response, jsonify

from simulator.control.inputs import LONGEST_NAME, body, group_of, people_in, text_in
from simulator.phone_messages import NotPossible
from simulator.platform import Platform
from simulator.state import Kind

_KINDS = {"group": Kind.GROUP, "room": Kind.ROOM}
_NAMES = {Kind.GROUP: "グループ", Kind.ROOM: "複数人トーク"}


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    people = platform.people

    @blueprint.post("/groups")
    def add_group() -> tuple[Response, int]:
        """Body: `{"name": …, "users": [1, 2], "kind": "group" or "room", "invite": true}`.

        The account is invited at once unless `invite` is false.
        """
        given = body()
        kind = _KINDS.get(text_in(given, "kind") or "group")
        if kind is None:
            raise NotPossible("kind must be group or room")
        members = [person.user_id for person in people_in(given, platform)]
        name = text_in(given, "name")[:LONGEST_NAME] or _NAMES[kind]
        group = platform.state.add_group(name, members, kind)
        if given.get("invite", True):
            people.invite(group, joins=True)
        return jsonify(chat=group.id), 201

    @blueprint.post("/groups/<chat_id>/invite")
    def invite(chat_id: str) -> Response:
        """The account is invited."""
        people.invite(group_of(platform, chat_id), joins=True)
        return jsonify({})

    @blueprint.post("/groups/<chat_id>/leave")
    def leave(chat_id: str) -> Response:
        """The account is removed."""
        people.invite(group_of(platform, chat_id), joins=False)
        return jsonify({})

    @blueprint.post("/groups/<chat_id>/members")
    def enter(chat_id: str) -> Response:
        """Body: `{"users": [3]}`: people come in."""
        group = group_of(platform, chat_id)
        for person in people_in(body(), platform):
            people.join(person, group)
        return jsonify({})

    @blueprint.post("/groups/<chat_id>/members/leave")
    def go_out(chat_id: str) -> Response:
        """Body: `{"users": [3]}`: people go out."""
        group = group_of(platform, chat_id)
        for person in people_in(body(), platform):
            people.leave(person, group)
        return jsonify({})
