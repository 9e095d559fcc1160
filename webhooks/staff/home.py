"""The console's first page."""

from flask import Blueprint, render_template

from webhooks.staff.access import allow, me
from webhooks.staff.services import StaffServices


def home_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of the page at `/staff/`."""
    blueprint = Blueprint("home", __name__)

    @blueprint.get("/")
    @allow()
    def home() -> str:
        return render_template("staff/home.html", has_roles=bool(me().account.roles))

    return blueprint
