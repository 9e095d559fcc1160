"""The Messaging API under its real paths: a blueprint, its rules for every call, and one file a subject."""

from flask import Blueprint

from simulator.api import account, chats, groups, messages, numbers, richmenus, users
from simulator.api.guard import guard
from simulator.platform import Platform


def api_blueprint(platform: Platform) -> Blueprint:
    """All calls of the API that the simulator knows."""
    blueprint = Blueprint("api", __name__)
    guard(blueprint, platform)
    for subject in (messages, numbers, users, chats, groups, account, richmenus):
        subject.add_to(blueprint, platform)
    return blueprint
