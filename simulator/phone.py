"""The phone page and what it needs: its pictures, and the stream that says when to look again."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, render_template

from simulator.contents import PICTURES
from simulator.platform import Platform
from simulator.richmenus import NoSuchMenu
from simulator.security import protect
from simulator.state import Entry

HEARTBEAT_SECONDS = 15.0
"""A silent stream says that it lives, and finds out that its reader has gone."""


def phone_blueprint(platform: Platform) -> Blueprint:
    """The page at the root; `?user=<n>` shows one person's phone alone."""
    blueprint = Blueprint("phone", __name__, static_folder="static", static_url_path="/simulator/static")
    blueprint.after_request(protect)

    @blueprint.get("/")
    def page() -> str:
        return render_template("phone.html", account=platform.settings.account_name)

    @blueprint.get("/simulator/feed")
    def feed() -> Response:
        return Response(_changes(platform), content_type="text/event-stream; charset=utf-8")

    @blueprint.get("/simulator/richmenu/<menu_id>")
    def menu_image(menu_id: str) -> Response:
        try:
            image, content_type = platform.rich_menus.image(menu_id)
        except NoSuchMenu:
            abort(404)
        return Response(image, content_type=content_type)

    @blueprint.get("/simulator/content/<message_id>")
    def content(message_id: str) -> Response:
        entry = platform.state.find(message_id)
        found = platform.contents.of(message_id, entry.message["type"]) if entry else None
        if entry is None or found is None or entry.is_unsent:
            abort(404)
        response = Response(found.data, content_type=found.content_type)
        if found.content_type not in PICTURES and not found.content_type.startswith(("audio/", "video/")):
            # What is no picture or sound is never opened as a page of ours.
            response.content_type = "application/octet-stream"
            response.headers.set("Content-Disposition", "attachment", filename=_file_name(entry))
        return response

    return blueprint


def _file_name(entry: Entry) -> str:
    return str(entry.message.get("fileName") or entry.message["type"])


def _changes(platform: Platform) -> Iterator[str]:
    """Server-sent events: the newest revision, whenever there is one."""
    revision = platform.state.revision
    yield f"retry: 1000\ndata: {revision}\n\n"
    while not platform.state.is_closed:
        newest = platform.state.wait_beyond(revision, HEARTBEAT_SECONDS)
        yield f"data: {newest}\n\n" if newest > revision else ": still here\n\n"
        revision = newest
