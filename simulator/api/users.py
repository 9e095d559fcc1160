"""Users: profile, link token, followers."""

from flask import Blueprint, Response, jsonify, request

from simulator.api.bodies import must_be_user_id
from simulator.api.errors import LineError, not_found
from simulator.api.numbers import page
from simulator.platform import Platform
from simulator.state import Person

FOLLOWERS_A_PAGE, MOST_FOLLOWERS_A_PAGE = 300, 1000


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""

    @blueprint.get("/v2/bot/profile/<user_id>")
    def profile(user_id: str) -> Response:
        person = _friend(user_id, platform)
        language = {"language": person.language} if person.language else {}
        return jsonify(userId=person.user_id, displayName=person.name, **language)

    @blueprint.post("/v2/bot/user/<user_id>/linkToken")
    def link_token(user_id: str) -> Response:
        person = _friend(user_id, platform)
        return jsonify(linkToken=platform.link_tokens.issue(person.user_id))

    @blueprint.get("/v2/bot/followers/ids")
    def followers() -> Response:
        limit = request.args.get("limit", FOLLOWERS_A_PAGE, type=int)
        if not 1 <= limit <= MOST_FOLLOWERS_A_PAGE:
            raise LineError(400, "Invalid limit")
        return jsonify(page(platform.sending.friends(), limit, "userIds"))


def _friend(user_id: str, platform: Platform) -> Person:
    """The person, if the account may know anything about them: 404 also for those who blocked it."""
    must_be_user_id(user_id, "userId")
    with platform.state.locked():
        person = platform.state.people.get(user_id)
        if person is None or not person.is_reachable:
            raise not_found()
        return person
