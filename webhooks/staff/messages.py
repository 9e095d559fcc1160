"""What patrons wrote to the desk, and the answers to it."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bot.staff import Role
from bot.staff.patrons import NoAnswer
from webhooks.staff.access import allow, me
from webhooks.staff.forms import AnswerForm
from webhooks.staff.problems import Problem, mistakes
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say


def messages_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    blueprint = Blueprint("messages", __name__, url_prefix="/messages")

    @blueprint.get("")
    @allow(Role.DESK)
    def waiting() -> str:
        return render_template("staff/messages.html", messages=services.patrons.open_messages())

    @blueprint.route("/<int:number>", methods=["GET", "POST"])
    @allow(Role.DESK)
    def one(number: int) -> Response:
        message = services.patrons.message(number)
        if message is None:
            abort(404)
        form = AnswerForm()
        problems = mistakes(form) if not form.validate_on_submit() else _answer(form, number)
        if problems is None:
            flash(say("done.answered"))
            return redirect(url_for("messages.waiting"), 303)
        page = render_template("staff/message.html", message=message, form=form, problems=problems)
        return make_response(page, 422 if problems else 200)

    def _answer(form: AnswerForm, number: int) -> list[Problem] | None:
        """None: it was answered."""
        try:
            services.patrons.answer(me().account.username, number, form.text.data)
        except NoAnswer as error:
            return [Problem("text", say(f"no_answer.{error.code}"))]
        return None

    return blueprint
