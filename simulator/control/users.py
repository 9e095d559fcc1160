"""People: who is there, new ones, adding and blocking the account, the language of a phone."""

from flask import Blueprint, Response, jsonify, request

from simulator.control.inputs import LONGEST_NAME, body, person_of, text_in
from simulator.phone_messages import NotPossible
from simulator.platform import Platform
from simulator.views import overview, received

MOST_AT_ONCE = 100_000


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    _add_one_by_one(blueprint, platform)
    _add_crowds(blueprint, platform)


def _add_one_by_one(blueprint: Blueprint, platform: Platform) -> None:
    state, people = platform.state, platform.people

    @blueprint.get("/users")
    def users() -> Response:
        """`limit`: only so many; `also`: and these, by number (may be given several times)."""
        limit = request.args.get("limit", type=int)
        also = request.args.getlist("also", type=int)
        return jsonify(overview(platform, None if limit is None else max(limit, 0), also))

    @blueprint.post("/users")
    def add_user() -> tuple[Response, int]:
        """Body: `{"name": …, "follow": true, "language": "en"}`."""
        given = body()
        person = state.add_person(text_in(given, "name")[:LONGEST_NAME])
        if "language" in given:
            people.speak(person, text_in(given, "language"))
        if given.get("follow"):
            people.follow(person)
        return jsonify(user=person.number, userId=person.user_id), 201

    @blueprint.post("/users/<int:number>/follow")
    def follow(number: int) -> Response:
        people.follow(person_of(platform, number))
        return jsonify({})

    @blueprint.post("/users/<int:number>/block")
    def block(number: int) -> Response:
        people.block(person_of(platform, number))
        return jsonify({})

    @blueprint.post("/users/<int:number>/language")
    def speak(number: int) -> Response:
        """Body: `{"language": "en"}`; empty: LINE is not to tell it."""
        people.speak(person_of(platform, number), text_in(body(), "language"))
        return jsonify({})


def _add_crowds(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.post("/crowd")
    def add_crowd() -> tuple[Response, int]:
        """Body: `{"count": 10000}`: so many friends at once, whose coming the bot is not told."""
        count = body().get("count")
        if type(count) is not int or not 1 <= count <= MOST_AT_ONCE:
            raise NotPossible(f"count is 1 to {MOST_AT_ONCE}")
        made = platform.people.crowd(count)
        return jsonify(users=[{"user": person.number, "userId": person.user_id} for person in made]), 201

    @blueprint.get("/received")
    def received_by_each() -> Response:
        """How many messages of the account each person has; `containing`: only those whose JSON holds this text."""
        return jsonify(received=received(platform, request.args.get("containing", "")))
