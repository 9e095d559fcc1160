"""The console's application: its cookie, its headers, who may see what, and what is shown where something is amiss."""

from typing import Any, Final

import structlog
from flask import Flask, Response, make_response, render_template
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.logs import what_broke
from webhooks.link.security import protect
from webhooks.request_log import log_requests
from webhooks.staff.access import StaffUser, guard, open_to_all
from webhooks.staff.accounts import accounts_blueprint
from webhooks.staff.announcements import announcements_blueprint
from webhooks.staff.audit import audit_blueprint
from webhooks.staff.cards import cards_blueprint
from webhooks.staff.closures import closures_blueprint
from webhooks.staff.desk import desk_blueprint
from webhooks.staff.home import home_blueprint
from webhooks.staff.insight import insight_blueprint
from webhooks.staff.lists import lists_blueprint
from webhooks.staff.messages import messages_blueprint
from webhooks.staff.navigation import entries_for
from webhooks.staff.services import StaffServices
from webhooks.staff.sign_in import sign_in_blueprint
from webhooks.staff.texts import say
from webhooks.staff.uploads import let_files_in
from webhooks.staff.when import When

_log = structlog.get_logger(__name__)

LARGEST_FORM: Final = 64 * 1024
"""Bytes of a form; a view that takes files sets its own limit on the request."""

CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Our own style sheet, scripts and pictures; nothing inline runs, nothing from elsewhere."""

_SUBJECTS: Final = (
    *(
        sign_in_blueprint,
        home_blueprint,
        desk_blueprint,
        announcements_blueprint,
        messages_blueprint,
        lists_blueprint,
        cards_blueprint,
    ),
    *(closures_blueprint, insight_blueprint, accounts_blueprint, audit_blueprint),
)
"""A blueprint a subject."""

_PAGES: Final = {400: "not_from_here", 403: "not_allowed", 404: "not_found", 413: "too_large"}


def create_staff_app(services: StaffServices) -> Flask:
    """The application. Where its address is https, one proxy is taken to stand in front (decision 6)."""
    app = Flask("webhooks.staff", static_folder="static", template_folder="templates")
    app.secret_key = services.secret_key
    if services.over_https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0, x_host=0)  # type: ignore[method-assign]
    _configure(app, over_https=services.over_https)
    open_to_all(app.view_functions["static"])
    log_requests(app, unlogged={"static"}, below="/staff")
    _know_who(app, services)
    guard(app)
    let_files_in(app)
    CSRFProtect(app)
    for subject in _SUBJECTS:
        app.register_blueprint(subject(services))
    _explain_errors(app)
    _fill_pages(app, services)

    @app.after_request
    def _protect(response: Response) -> Response:
        return protect(response, policy=CONTENT_POLICY, over_https=services.over_https)

    return app


def _configure(app: Flask, *, over_https: bool) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="__Host-madoguchi-staff" if over_https else "madoguchi-staff",
        SESSION_COOKIE_SECURE=over_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        # The token lives as long as the session; our pages send no referrer that could be compared.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )


def _know_who(app: Flask, services: StaffServices) -> None:
    """The session in the database decides; Flask-Login carries its token in the cookie."""
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types.
    def _load(token: str) -> StaffUser | None:
        found = services.sign_in.who(token)
        return StaffUser(token, found) if found is not None else None


def _fill_pages(app: Flask, services: StaffServices) -> None:
    when = When(services.policy, services.clock)
    app.add_template_filter(when.day, "day")
    app.add_template_filter(when.moment, "moment")

    @app.context_processor
    def _common() -> dict[str, Any]:
        is_in = current_user.is_authenticated and current_user.stage.is_whole
        return {
            "library": services.policy.name,
            "policy": services.policy,
            "account": current_user.account if current_user.is_authenticated else None,
            "navigation": entries_for(current_user.account.roles) if is_in else (),
            "say": say,
        }


def _explain_errors(app: Flask) -> None:
    def explain(error: HTTPException) -> Response:
        response = make_response(error.get_response())
        if response.status_code < 400:
            return response
        what = _PAGES.get(response.status_code, "broken" if response.status_code >= 500 else "not_understood")
        response.set_data(render_template("staff/stop.html", what=what))
        response.mimetype = "text/html"
        return response

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return explain(error)
        _log.error("a request failed", **what_broke(error))
        return explain(InternalServerError())
