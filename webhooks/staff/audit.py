"""The log of what was done, for admins: filtered, page by page, with a look at whether anything was changed in it."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.staff import Audit, Role
from bot.staff.audit import Action, Wanted
from bot.storage.engine import reading
from webhooks.staff.access import allow
from webhooks.staff.forms import half_width
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say

PAGE = 50
"""Entries a page."""

_LONGEST = 200


def audit_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of the log's page."""
    blueprint = Blueprint("audit", __name__)

    @blueprint.get("/audit")
    @allow(Role.ADMIN)
    def entries() -> str:
        asked = {name: half_width(request.args.get(name, ""))[:_LONGEST] for name in _FILTERS}
        with reading(services.engine) as session:
            found = Audit(session, services.clock).list(_wanted(asked, services), limit=PAGE + 1)
        shown = found[:PAGE]
        before = shown[-1].number if len(found) > PAGE else None
        older = f"?{urlencode({**asked, 'before': before})}" if before else ""
        return render_template(
            "staff/audit.html", entries=shown, asked=asked, older=older, actions=tuple(Action)
        )

    @blueprint.post("/audit/check")
    @allow(Role.ADMIN)
    def check() -> Response:
        with reading(services.engine) as session:
            flaw = Audit(session, services.clock).first_flaw()
        flash(say("audit.whole") if flaw is None else say("audit.flaw", number=flaw), "error" if flaw else "")
        return redirect(url_for("audit.entries"), 303)

    return blueprint


_FILTERS = ("actor", "action", "subject", "since", "until")


def _wanted(asked: dict[str, str], services: StaffServices) -> Wanted:
    until = _day(asked["until"])
    return Wanted(
        actor=asked["actor"],
        action=asked["action"],
        subject=asked["subject"],
        since=_begin(_day(asked["since"]), services),
        until=_begin(until + timedelta(days=1) if until else None, services),
        before=request.args.get("before", type=int),
    )


def _day(written: str) -> date | None:
    """What is no day filters nothing."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _begin(day: date | None, services: StaffServices) -> datetime | None:
    return datetime.combine(day, time.min, services.policy.zone) if day else None
