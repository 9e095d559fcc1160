"""The views of the link pages: read the form, ask `SignInDesk`, show what it answered."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bot.accounts import (
    Flawed,
    MustChange,
    NotRecognised,
    Recognised,
    SignInDesk,
    StartAgain,
    Visitor,
    Waiting,
)
from bot.accounts.model import PasswordRecorded
from bot.accounts.pending import Pending, PendingKind
from bot.accounts.sign_in import NewPassword
from bot.library import PasswordReason
from bot.messages.pages import PageTexts
from webhooks.link.forms import IdentityForm, NewPasswordForm, SignInForm
from webhooks.link.services import LinkServices

_log = logging.getLogger(__name__)

_Form: TypeAlias = SignInForm | IdentityForm | NewPasswordForm

_CHANGE = "link_change"
_REGISTRATION = "link_registration"
"""Where the session keeps the secret of a half-done form."""


class NoToken(Exception):
    """The page was opened without a living link token of ours."""


class NotFromHere(Exception):
    """The form did not come from our page, or its cookie is gone."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the summary of errors, leading to its field."""

    field: str
    text: str
    is_of_field: bool = True
    """Whether it is said at the field, too."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page with its form, as filled in so far."""

    page: str
    token: str
    """The link token: each page carries it in its form and its links, so that two windows stay apart."""
    form: _Form
    first_field: str = "card_number"
    """Where a refusal leads to that is about no field in particular."""
    card_number: str = ""
    """Shown where a new password is chosen."""


class LinkViews:
    """One method a page; each returns a page, or a redirect onwards."""

    def __init__(self, services: LinkServices) -> None:
        self._services = services
        self._desk = SignInDesk(
            services.engine,
            services.policy,
            services.clock,
            services.passwords,
            services.tell_registered,
            services.ask_to_confirm,
        )
        self._texts = PageTexts(services.policy)

    def sign_in(self) -> Response:
        """`/link`: card number and password."""
        token, visitor = self._enter()
        form = SignInForm(_sent())
        step = Step("sign_in", token, form)
        if not _arrived(form):
            return self._show(step)
        outcome = self._desk.sign_in(visitor, form.card_number.data, form.password.data)
        _log.info("sign-in: %s", type(outcome).__name__)
        if isinstance(outcome, Recognised):
            return self._to_line(token, outcome)
        if isinstance(outcome, MustChange):
            session[_CHANGE] = outcome.secret
            return redirect(url_for("link.change_password", linkToken=token), 303)
        return self._refuse(step, outcome)

    def register(self) -> Response:
        """`/link/register`: a first password, in two steps under one address."""
        token, visitor = self._enter()
        if not self._desk.offers_registration:
            return self.stop("no_registration", 404)
        if "card_number" in request.form or "new_password" not in request.form:
            form = IdentityForm(_sent(), today=self._services.clock.today())
            if not _arrived(form):
                return self._show(Step("register", token, form))
            session[_REGISTRATION] = self._desk.begin_registration(
                visitor, form.card_number.data, form.name.data, form.born_on
            )
        return self._register_password(token, visitor)

    def change_password(self) -> Response:
        """`/link/password`: a temporary password can do nothing but be changed."""
        token, visitor = self._enter()
        secret = session.get(_CHANGE, "")
        first = self._desk.first_step(visitor, secret, PendingKind.CHANGE)
        if first is None:
            return redirect(url_for("link.sign_in", linkToken=token), 303)
        form = NewPasswordForm(_sent())
        step = Step("change_password", token, form, "new_password", first.card_number)
        if not _arrived(form):
            return self._show(step)
        outcome = self._desk.change(visitor, secret, _new_password(form))
        _log.info("change of a temporary password: %s", type(outcome).__name__)
        return self._go_on(step, outcome, back_to=step)

    def stop(self, what: str, status: int) -> Response:
        """A page that says what is amiss and what to do."""
        page = render_template("link/stop.html", t=self._texts, what=what)
        return make_response(page, status)

    def _register_password(self, token: str, visitor: Visitor) -> Response:
        secret = session.get(_REGISTRATION, "")
        first = self._desk.first_step(visitor, secret, PendingKind.REGISTRATION)
        if first is None:
            return redirect(url_for("link.register", linkToken=token), 303)
        has_come = "new_password" in request.form
        form = NewPasswordForm(_sent() if has_come else None)
        step = Step("register_password", token, form, "new_password", first.card_number)
        if not has_come or not _arrived(form):
            return self._show(step)
        outcome = self._desk.register(visitor, secret, _new_password(form))
        _log.info("first registration: %s", type(outcome).__name__)
        return self._go_on(step, outcome, back_to=Step("register", token, self._identity(first)))

    def _go_on(self, step: Step, outcome: PasswordRecorded, *, back_to: Step) -> Response:
        """After a new password was given: on to LINE, the same page again, or back to an earlier one."""
        if isinstance(outcome, Recognised):
            return self._to_line(step.token, outcome)
        if isinstance(outcome, Flawed):
            return self._show(step, self._flaws(outcome))
        if isinstance(outcome, StartAgain):
            raise NoToken
        return self._refuse(back_to, outcome)

    def _enter(self) -> tuple[str, Visitor]:
        """The link token and the visitor it stands for; raises NoToken."""
        token = request.form.get("linkToken") or request.args.get("linkToken") or ""
        owner = self._desk.owner(token) if token else None
        if owner is None:
            raise NoToken
        return token, Visitor(owner, request.remote_addr or "")

    def _identity(self, first: Pending) -> IdentityForm:
        """The first step again, as it was filled in."""
        written = {"card_number": first.card_number, "name": first.name, "birth_date": str(first.birth_date)}
        return IdentityForm(None, today=self._services.clock.today(), data=written)

    def _show(self, step: Step, problems: Iterable[Problem] = ()) -> Response:
        shown = [*self._mistakes(step.form), *problems]
        html = render_template(f"link/{step.page}.html", t=self._texts, step=step, problems=shown)
        return make_response(html, 422 if shown else 200)

    def _refuse(self, step: Step, outcome: NotRecognised | Waiting) -> Response:
        """The page again with one sentence that is the same whatever was wrong."""
        sentences = [] if isinstance(outcome, Waiting) else [self._texts(f"refused.{step.page}")]
        if outcome.wait:
            sentences.append(self._texts.wait(outcome.wait))
        response = self._show(step, [Problem(step.first_field, "".join(sentences), is_of_field=False)])
        if outcome.wait:
            response.status_code = 429
            response.headers["Retry-After"] = str(ceil(outcome.wait.total_seconds()))
        return response

    def _mistakes(self, form: _Form) -> list[Problem]:
        return [
            Problem(name, self._texts(f"mistake.{name}.{codes[0]}"))
            for name, codes in form.errors.items()
            if name is not None
        ]

    def _flaws(self, outcome: Flawed) -> list[Problem]:
        found = [Problem(_field_of(reason), self._texts(f"flaw.{reason}")) for reason in outcome.reasons]
        return sorted(found, key=lambda problem: problem.field)

    def _to_line(self, token: str, outcome: Recognised) -> Response:
        """On to LINE's dialog, which asks whether the one in this browser is the token's LINE user."""
        query = urlencode({"linkToken": token, "nonce": outcome.nonce})
        joint = "&" if "?" in self._services.link_url else "?"
        return redirect(f"{self._services.link_url}{joint}{query}", 303)


def _sent() -> MultiDict[str, str] | None:
    """The fields of the form that was sent; None when the page is only opened.

    Handed to every form: left alone, Flask-WTF would read a JSON body as one, and stumble over a list.
    """
    return request.form if request.method == "POST" else None


def _arrived(form: _Form) -> bool:
    """Whether a filled-in form came; mistakes stand in `form.errors`. Raises NotFromHere."""
    if request.method != "POST":
        return False
    is_valid = bool(form.validate())
    if form.csrf_token.errors:
        raise NotFromHere
    return is_valid


def _field_of(reason: PasswordReason) -> str:
    return "new_password_again" if reason is PasswordReason.NOT_THE_SAME_TWICE else "new_password"


def _new_password(form: NewPasswordForm) -> NewPassword:
    return NewPassword(form.new_password.data, form.new_password_again.data, form.email.data)
