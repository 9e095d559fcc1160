"""Other people's accounts, for admins: shut, opened, and given new passwords and codes. Made on the server alone."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.staff import Role, StaffError
from bot.staff.keeping import AccountActs
from webhooks.staff.access import allow, me
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say

ACTS = ("disable", "enable", "reset-totp", "reset-password")


def accounts_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")
    acts = AccountActs(services.engine, services.clock)

    @blueprint.get("")
    @allow(Role.ADMIN)
    def everybody() -> str:
        return render_template("staff/accounts.html", accounts=acts.list(), me=me().account.username)

    @blueprint.post("/act")
    @allow(Role.ADMIN)
    def act() -> Response:
        """Asked once more; `confirmed` comes with the second press. Nobody does it to themselves."""
        username, name = request.form.get("username", ""), request.form.get("act", "")
        found = acts.find(username)
        if name not in ACTS or found is None or username == me().account.username:
            abort(400)
        if not request.form.get("confirmed"):
            return make_response(render_template("staff/account_confirm.html", act=name, whose=found))
        try:
            password = _done(acts, me().account.username, name, username)
        except StaffError:
            abort(400)
        if password:
            page = render_template("staff/account_password.html", whose=found, password=password)
            return make_response(page)
        flash(say(f"account_done.{name}", name=found.name))
        return redirect(url_for("accounts.everybody"), 303)

    return blueprint


def _done(acts: AccountActs, actor: str, name: str, username: str) -> str:
    """A new password, or empty."""
    match name:
        case "disable":
            acts.disable(actor, username)
        case "enable":
            acts.enable(actor, username)
        case "reset-totp":
            acts.reset_totp(actor, username)
        case _:
            return acts.reset_password(actor, username)
    return ""
