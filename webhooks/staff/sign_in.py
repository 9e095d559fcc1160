"""Signing in and out, and what each does with their own account: codes, recovery codes, password."""

from math import ceil
from typing import TypeAlias

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from bot.staff import Stage
from bot.staff.model import Opened, Refused, TooEarly
from webhooks.staff.access import STAGE_PAGES, StaffUser, allow, during_sign_in, me, open_to_all
from webhooks.staff.forms import CodeForm, ConfirmForm, NewPasswordForm, SignInForm
from webhooks.staff.problems import Problem, mistakes
from webhooks.staff.services import StaffServices
from webhooks.staff.texts import say

_Form: TypeAlias = SignInForm | CodeForm | NewPasswordForm


def sign_in_blueprint(services: StaffServices) -> Blueprint:
    """The blueprint of these pages."""
    views = SignInViews(services)
    blueprint = Blueprint("sign_in", __name__)
    for rule, name, view in (
        ("/sign-in", "begin", views.begin),
        ("/sign-in/code", "code", views.code),
        ("/sign-in/setup", "setup", views.setup),
        ("/account/password", "change_password", views.change_password),
        ("/account/recovery-codes", "recovery_codes", views.recovery_codes),
    ):
        blueprint.add_url_rule(rule, name, view, methods=["GET", "POST"])
    blueprint.add_url_rule("/account", "account", views.account, methods=["GET"])
    blueprint.add_url_rule("/sign-out", "end", views.end, methods=["POST"])
    return blueprint


class SignInViews:
    """One method a page."""

    def __init__(self, services: StaffServices) -> None:
        self._services = services
        self._sign_in = services.sign_in

    @open_to_all
    def begin(self) -> Response:
        """User name and password."""
        if current_user.is_authenticated and request.method == "GET":
            return redirect(url_for(STAGE_PAGES[current_user.stage]), 303)
        form = SignInForm()
        if not form.validate_on_submit():
            return _page("sign_in", form)
        outcome = self._sign_in.begin(form.username.data.lower(), form.password.data, _address())
        if isinstance(outcome, Opened):
            return self._go_on(outcome)
        return _refuse("sign_in", form, "username", outcome)

    @during_sign_in(Stage.CODE)
    def code(self) -> Response:
        """A one-time code, or a recovery code."""
        form = CodeForm()
        if not form.validate_on_submit():
            return _page("code", form)
        user = me()
        outcome = self._sign_in.code(user.token, user.account.username, form.code.data, _address())
        if isinstance(outcome, Opened):
            return self._go_on(outcome)
        return _refuse("code", form, "code", outcome)

    @during_sign_in(Stage.SETUP)
    def setup(self) -> Response:
        """One-time codes are set up: the picture for the app, and a first code."""
        user, form = me(), CodeForm()
        if form.validate_on_submit():
            outcome = self._sign_in.finish_setup(
                user.token, user.account.username, form.code.data, _address()
            )
            if isinstance(outcome, Opened):
                self._keep(outcome)
                return _shown_once("recovery_codes", codes=outcome.recovery_codes, is_new=False)
            problems, status = _refusal("code", "code", outcome)
        else:
            problems, status = mistakes(form), 422 if form.errors else 200
        setup = self._sign_in.setup(user.account.username)
        picture = Markup(  # noqa: S704  # Segno's own drawing.
            segno.make(setup.address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
        )
        html = render_template(
            "staff/setup.html", form=form, problems=problems, picture=picture, secret=_in_groups(setup.secret)
        )
        return make_response(html, status)

    @during_sign_in(Stage.PASSWORD, Stage.FULL)
    def change_password(self) -> Response:
        """A new password; the one that was handed out must be replaced before anything else."""
        user, form = me(), NewPasswordForm()
        if not form.validate_on_submit():
            return self._password_page(form)
        outcome = self._sign_in.change_password(
            user.account.username,
            old=form.old.data,
            new=form.new.data,
            again=form.again.data,
            address=_address(),
        )
        if isinstance(outcome, Opened):
            flash(say("done.password_changed"))
            return self._go_on(outcome)
        if isinstance(outcome, TooEarly):
            problems, status = _refusal("password", "old", outcome)
            return self._password_page(form, problems, status)
        least = self._services.policy.staff.password_min_length
        problems = [Problem(_FIELDS[flaw.value], say(f"flaw.{flaw}", least=least)) for flaw in outcome.flaws]
        return self._password_page(form, problems, 422)

    @allow()
    def account(self) -> Response:
        """One's own account."""
        return make_response(render_template("staff/account.html"))

    @allow()
    def recovery_codes(self) -> Response:
        """New recovery codes in place of the earlier ones."""
        form = ConfirmForm()
        if not form.validate_on_submit():
            return make_response(render_template("staff/recovery_codes_ask.html", form=form))
        codes = self._sign_in.new_recovery_codes(me().account.username)
        return _shown_once("recovery_codes", codes=codes, is_new=True)

    @during_sign_in(*Stage)
    def end(self) -> Response:
        """Sign out."""
        user = me()
        self._sign_in.end(user.token, user.account.username)
        logout_user()
        session.clear()
        flash(say("done.signed_out"))
        return redirect(url_for("sign_in.begin"), 303)

    def _password_page(
        self, form: _Form, problems: list[Problem] | None = None, status: int = 200
    ) -> Response:
        least = self._services.policy.staff.password_min_length
        return _page("password", form, problems, status, least=least, must=me().stage is Stage.PASSWORD)

    def _go_on(self, opened: Opened) -> Response:
        self._keep(opened)
        return redirect(url_for(STAGE_PAGES[opened.stage]), 303)

    def _keep(self, opened: Opened) -> None:
        """From now on the browser has this token. What the cookie held before is worth nothing any more."""
        flashes = session.get("_flashes", [])
        session.clear()
        session["_flashes"] = flashes
        found = self._sign_in.who(opened.token)
        assert found is not None  # noqa: S101  # It was made just now.
        login_user(StaffUser(opened.token, found))


_FIELDS = {
    "wrong_old": "old",
    "too_short": "new",
    "too_long": "new",
    "not_the_same": "again",
    "not_new": "new",
    "like_username": "new",
}
"""Which field each flaw of a new password is told at."""


def _page(
    name: str, form: _Form, problems: list[Problem] | None = None, status: int = 200, **values: object
) -> Response:
    shown = [*mistakes(form), *(problems or [])]
    html = render_template(f"staff/{name}.html", form=form, problems=shown, **values)
    return make_response(html, status if status != 200 or not shown else 422)


def _refuse(name: str, form: _Form, field: str, outcome: Refused | TooEarly) -> Response:
    problems, status = _refusal(name, field, outcome)
    response = _page(name, form, problems, status)
    if outcome.wait:
        response.headers["Retry-After"] = str(ceil(outcome.wait.total_seconds()))
    return response


def _refusal(name: str, field: str, outcome: Refused | TooEarly) -> tuple[list[Problem], int]:
    """One sentence that is the same whatever was wrong, and how long to wait."""
    sentences = [] if isinstance(outcome, TooEarly) else [say(f"refused.{name}")]
    if outcome.wait:
        sentences.append(say("refused.wait", minutes=ceil(outcome.wait.total_seconds() / 60)))
    return [Problem(field, "".join(sentences))], 429 if outcome.wait else 422


def _shown_once(name: str, **values: object) -> Response:
    return make_response(render_template(f"staff/{name}.html", **values))


def _address() -> str:
    return request.remote_addr or ""


def _in_groups(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
