"""The simulator's own API: what the phone page and tests use to act as people and to cause trouble.

Everything is JSON. People are named by number (from 1); a chat by `me` (the person's own) or a group's id.
"""

from flask import Blueprint, Response, abort, jsonify, request

from simulator.control import chats, groups, trouble, users
from simulator.misbehaviour import BadSwitch
from simulator.phone_messages import NotPossible
from simulator.platform import Platform
from simulator.security import protect

PREFIX = "/simulator/api"


def control_blueprint(platform: Platform) -> Blueprint:
    """The calls below /simulator/api."""
    blueprint = Blueprint("control", __name__, url_prefix=PREFIX)
    blueprint.after_request(protect)
    blueprint.before_request(_must_be_ours)
    blueprint.register_error_handler(NotPossible, _refusal)
    blueprint.register_error_handler(BadSwitch, _refusal)
    for subject in (users, chats, groups, trouble):
        subject.add_to(blueprint, platform)
    return blueprint


def _must_be_ours() -> None:
    """Another site in the same browser can't send JSON without asking, so only JSON may change anything."""
    request.get_data()  # A connection that is closed with an unread body is reset.
    if request.method == "POST" and not request.is_json:
        abort(415)


def _refusal(error: Exception) -> tuple[Response, int]:
    return jsonify(message=str(error)), 400
