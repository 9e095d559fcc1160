"""The account-link dialog: where the bot's own sign-in page sends the browser at its end."""

import re

from flask import Blueprint, render_template, request

from simulator.platform import Platform
from simulator.security import protect

NONCE = re.compile(r"[\x21-\x7e]{10,255}")


def dialog_blueprint(platform: Platform) -> Blueprint:
    """The dialog under LINE's own path."""
    blueprint = Blueprint("dialog", __name__)
    blueprint.after_request(protect)

    @blueprint.get("/dialog/bot/accountLink")
    def ask() -> tuple[str, int]:
        token, nonce = request.args.get("linkToken", ""), request.args.get("nonce", "")
        owner = platform.link_tokens.owner(token)
        if owner is None:
            return _page("dialog_failed.html", 400, reason="token")
        if not NONCE.fullmatch(nonce):
            return _page("dialog_failed.html", 400, reason="nonce")
        with platform.state.locked():
            people = list(platform.state.people.values())
        return _page("dialog.html", 200, link_token=token, nonce=nonce, people=people, owner=owner)

    @blueprint.post("/dialog/bot/accountLink")
    def agree() -> tuple[str, int]:
        token, nonce = request.form.get("linkToken", ""), request.form.get("nonce", "")
        if not NONCE.fullmatch(nonce):
            return _page("dialog_failed.html", 400, reason="nonce")
        as_user = request.form.get("user", "")
        person = platform.state.people.get(as_user)
        if person is None:
            return _page("dialog_failed.html", 400, reason="user")
        is_linked = platform.people.agree_to_link(token, nonce, as_user)
        if is_linked is None:
            return _page("dialog_failed.html", 400, reason="token")
        if not is_linked:
            return _page("dialog_failed.html", 403, reason="user")
        return _page("dialog_done.html", 200, number=person.number)

    def _page(template: str, status: int, **values: object) -> tuple[str, int]:
        return render_template(template, account=platform.settings.account_name, **values), status

    return blueprint
