"""A chat on a person's phone: looking, writing, sending, tapping, taking back, and keeping it as a test case."""

from flask import Blueprint, Response, jsonify, request

from simulator.control.inputs import body, chat_of, content_in, object_in, person_of, text_in
from simulator.export import as_json, as_yaml
from simulator.platform import Platform
from simulator.views import chat_view


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    _add_looking(blueprint, platform)
    _add_acting(blueprint, platform)


def _add_looking(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.get("/users/<int:number>/chats/<chat_id>")
    def chat(number: int, chat_id: str) -> Response:
        """`since`: only messages that changed after this revision."""
        person = person_of(platform, number)
        since = request.args.get("since", 0, type=int)
        return jsonify(chat_view(platform, person, chat_of(platform, person, chat_id), since))

    @blueprint.get("/users/<int:number>/chats/<chat_id>/export")
    def export(number: int, chat_id: str) -> Response:
        """`format`: `yaml` (a case for a table of tests) or `json` (everything); `name`: what the case is called."""
        person = person_of(platform, number)
        chat = chat_of(platform, person, chat_id)
        is_json = request.args.get("format", "yaml") == "json"
        write = as_json if is_json else as_yaml
        with platform.state.locked():
            text = write(chat, platform.state.people, request.args.get("name") or f"talk with {person.name}")
        kind = "json" if is_json else "yaml"
        response = Response(text, content_type=f"application/{kind}; charset=utf-8")
        response.headers.set("Content-Disposition", "attachment", filename=f"talk-{number}.{kind}")
        return response


def _add_acting(blueprint: Blueprint, platform: Platform) -> None:
    people = platform.people

    @blueprint.post("/users/<int:number>/chats/<chat_id>/messages")
    def send(number: int, chat_id: str) -> Response:
        """Body: `{"message": {"type": "text", "text": …}}` or any other kind.

        A photo, film, recording or file may bring its own bytes: `{"content": <base64>, "contentType": "image/png"}`.
        """
        person, given = person_of(platform, number), body()
        chat = chat_of(platform, person, chat_id)
        return jsonify(id=people.send(person, chat, object_in(given, "message"), content_in(given)).id)

    @blueprint.post("/users/<int:number>/chats/<chat_id>/taps")
    def tap(number: int, chat_id: str) -> Response:
        """Body: `{"action": {…LINE's action object…}, "params": {"date": …}, "message": <id of its message>}`."""
        person, given = person_of(platform, number), body()
        action, params = object_in(given, "action"), given.get("params")
        if action.get("type") == "richmenuswitch":
            params = platform.rich_menus.switch(person.user_id, str(action.get("richMenuAliasId")))
        people.tap(
            person,
            chat_of(platform, person, chat_id),
            action,
            params if isinstance(params, dict) else None,
            text_in(given, "message"),
        )
        return jsonify({})

    @blueprint.post("/users/<int:number>/chats/<chat_id>/unsend")
    def unsend(number: int, chat_id: str) -> Response:
        """Body: `{"id": <message id>}`."""
        person = person_of(platform, number)
        people.unsend(person, chat_of(platform, person, chat_id), text_in(body(), "id"))
        return jsonify({})
