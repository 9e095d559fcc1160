"""How much the counter is used: counts, without anybody's name or number."""

from flask import Blueprint, render_template

from bot.storage.counts import SERIES, counts
from webhooks.staff.access import allow
from webhooks.staff.services import StaffServices


def insight_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of the page."""
    blueprint = Blueprint("insight", __name__)

    @blueprint.get("/insight")
    @allow()
    def usage() -> str:
        found = counts(services.engine, services.clock, services.policy.zone)
        most = {name: max(of_day[name] for _, of_day in found.days) for name in SERIES}
        return render_template("staff/insight.html", found=found, series=SERIES, most=most)

    return blueprint
