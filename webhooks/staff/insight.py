"""How much the counter is used, and what it does not understand, without anybody's name or number."""

from flask import Blueprint, render_template

from bot.notices.month import Month, month_of
from bot.staff import Role
from bot.storage.counts import Counts, counts
from bot.storage.engine import reading
from bot.storage.insight import NotUnderstood
from webhooks.staff.access import allow, me
from webhooks.staff.charts import charts_of
from webhooks.staff.services import StaffServices

WORDS_ROLES = frozenset({Role.ADMIN, Role.WRITER})
"""Who sees what was not understood: whoever looks after the words."""


def insight_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of the pages."""
    blueprint = Blueprint("insight", __name__)
    insight = services.policy.insight

    @blueprint.get("/insight")
    @allow()
    def usage() -> str:
        found = counts(services.engine, services.clock, services.policy.zone)
        return render_template(
            "staff/insight.html",
            found=found,
            charts=charts_of(found),
            month=_month(found, services),
            may_see_words=me().account.may(WORDS_ROLES),
        )

    @blueprint.get("/insight/words")
    @allow(*WORDS_ROLES)
    def words() -> str:
        with reading(services.engine) as session:
            missed = NotUnderstood(session, services.clock).shown() if insight.not_understood else ()
        return render_template("staff/insight_words.html", insight=insight, missed=missed)

    return blueprint


def _month(found: Counts, services: StaffServices) -> Month | None:
    """How far the month's messages go; None while nobody has asked LINE."""
    if not found.quota:
        return None
    quota = found.quota
    return month_of(quota["limit"], quota["used"], services.clock.now(), services.policy)
