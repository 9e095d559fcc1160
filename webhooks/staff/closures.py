"""Days on which branches are closed or open otherwise: what holds, what is entered, what is taken back."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.library.desk import Closed, DeskError, DeskProblem
from bot.messages.limits import clean
from bot.staff import Role
from bot.storage.calendar import SpecialEntry
from webhooks.staff.access import allow, me
from webhooks.staff.desk_words import DeskWords
from webhooks.staff.forms import ClosureForm
from webhooks.staff.problems import Problem, mistakes
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say

_FIELDS = {
    DeskProblem.WRONG_HOURS: "hours",
    DeskProblem.NO_BRANCH: "branch",
    DeskProblem.REASON_TOO_LONG: "reason",
    DeskProblem.ENDS_BEFORE_IT_BEGINS: "last_on",
}


def closures_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    blueprint = Blueprint("closures", __name__, url_prefix="/closures")
    words = DeskWords(services)

    @blueprint.route("", methods=["GET", "POST"])
    @allow(Role.DESK)
    def entries() -> Response:
        form = ClosureForm()
        if not form.validate_on_submit():
            return page(form, mistakes(form))
        entry = _entry(form)
        if not request.form.get("confirmed"):
            return make_response(render_template("staff/closure_confirm.html", entry=entry, words=words))
        try:
            closed = services.calendar.enter(me().account.username, entry)
        except DeskError as error:
            return page(
                form, [Problem(_FIELDS.get(error.problem, "first_on"), say(f"problem.{error.problem}"))]
            )
        flash(_entered(closed))
        return redirect(url_for("closures.entries"), 303)

    @blueprint.post("/<int:number>/withdraw")
    @allow(Role.DESK)
    def withdraw(number: int) -> Response:
        try:
            services.calendar.withdraw(me().account.username, number)
        except DeskError as error:
            flash(say(f"problem.{error.problem}"), "error")
        else:
            flash(say("done.withdrawn"))
        return redirect(url_for("closures.entries"), 303)

    def page(form: ClosureForm, problems: list[Problem]) -> Response:
        html = render_template(
            "staff/closures.html",
            form=form,
            problems=problems,
            entries=services.calendar.entries(),
            words=words,
            branches=services.policy.branches,
        )
        return make_response(html, 422 if problems else 200)

    return blueprint


def _entry(form: ClosureForm) -> SpecialEntry:
    return SpecialEntry(
        branch=form.branch.data or "",
        first_on=form.first_on.data,
        last_on=form.last_on.data or form.first_on.data,
        hours=form.hours.data or "",
        reason=clean(" ".join((form.reason.data or "").split())),
    )


def _entered(closed: Closed) -> str:
    if not closed.is_new:
        return say("done.closed_before")
    moved = closed.moved
    if not moved.due_dates and not moved.last_days:
        return say("done.closed")
    return say("done.closed_moved", due_dates=moved.due_dates, last_days=moved.last_days)
