"""Pictures and links of announcements, each under a key that nobody can guess.

A link leads to the address that staff wrote and nowhere else: nothing in the request says where to. Who tapped is not
asked and not kept.
"""

from flask import Blueprint, Response, abort, make_response, redirect, request
from sqlalchemy import Engine

from bot.clock import Clock
from bot.storage.announcements import Announcements
from bot.storage.engine import reading, writing

LONGEST_KEY = 32


def announcements_blueprint(engine: Engine, clock: Clock) -> Blueprint:
    """The blueprint of these addresses."""
    blueprint = Blueprint("announcements", __name__)

    @blueprint.get("/announcements/<key>.jpg")
    def picture(key: str) -> Response:
        with reading(engine) as session:
            jpeg = Announcements(session, clock).picture(key) if len(key) <= LONGEST_KEY else None
        if jpeg is None:
            abort(404)
        response = make_response(jpeg)
        response.mimetype = "image/jpeg"
        return response

    @blueprint.get("/go/<key>")
    def go(key: str) -> Response:
        if len(key) > LONGEST_KEY:
            abort(404)
        # Whoever only asks whether it is there (a preview, a scanner) is not counted, and is not led on.
        if request.method != "GET":
            return make_response("", 204)
        with writing(engine) as session:
            url = Announcements(session, clock).tapped(key)
        if not url:
            abort(404)
        return make_response(redirect(url, 302))

    return blueprint
