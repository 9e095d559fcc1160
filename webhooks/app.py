"""The web application: LINE's webhook, the link pages, health; headers for all, kind words where something fails."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask, Request, Response, make_response, render_template, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from bot.logs import what_broke
from bot.messages.pages import PageTexts
from webhooks.announcements import announcements_blueprint
from webhooks.card import CardServices, card_blueprint
from webhooks.health import Check, health_blueprint
from webhooks.line import PATH as WEBHOOK
from webhooks.line import Store, line_blueprint
from webhooks.link import LinkServices, link_blueprint
from webhooks.link.security import protect
from webhooks.mail import MailServices, mail_blueprint
from webhooks.metrics import metrics_blueprint
from webhooks.request_log import log_requests

_log = structlog.get_logger(__name__)

_POLICY = "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
"""For pages without one of their own: error pages have our style sheet and nothing else."""

_UNLOGGED = frozenset({"health.healthz", "health.readyz", "metrics.metrics", "link.static"})


@dataclass(frozen=True, slots=True)
class AppParts:
    """Everything the application needs from outside."""

    link: LinkServices
    card: CardServices
    mail: MailServices
    secret_key: str
    """Signs the sessions' cookies."""
    channel_secrets: Sequence[str]
    """The channel secrets that webhooks may be signed with."""
    store: Store
    wake: Callable[[Iterable[str]], None]
    checks: Mapping[str, Check]
    """What `/readyz` looks at, by name."""
    metrics: Callable[[], bytes] = bytes
    """The numbers of `/metrics`."""
    metrics_token: str = ""
    """Who shows it sees them; empty: nobody."""
    metrics_open: bool = False
    """Everybody sees them."""


def create_app(parts: AppParts) -> Flask:
    """The application. Where the public address is https, one proxy is taken to stand in front (decision 6)."""
    app = Flask("webhooks", static_folder=None)
    app.secret_key = parts.secret_key
    app.session_interface = _Sessions()
    over_https = parts.link.public_url.startswith("https:")
    if over_https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0, x_host=0)  # type: ignore[method-assign]
    app.register_blueprint(line_blueprint(parts.channel_secrets, parts.store, parts.wake))
    app.register_blueprint(link_blueprint(parts.link))
    app.register_blueprint(card_blueprint(parts.card))
    app.register_blueprint(mail_blueprint(parts.mail))
    app.register_blueprint(announcements_blueprint(parts.link.engine, parts.link.clock))
    app.register_blueprint(health_blueprint(parts.checks))
    app.register_blueprint(
        metrics_blueprint(parts.metrics, token=parts.metrics_token, is_open=parts.metrics_open)
    )
    log_requests(app, unlogged=_UNLOGGED)
    _explain_errors(app, PageTexts(parts.link.policy))

    @app.after_request
    def _protect(response: Response) -> Response:
        if "Content-Security-Policy" in response.headers:
            return response
        return protect(response, policy=_POLICY, over_https=over_https)

    return app


class _Sessions(SecureCookieSessionInterface):
    """Flask's, but for LINE's webhook, which has none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The request's session; None for the webhook."""
        return None if request.path == WEBHOOK else super().open_session(app, request)


def _explain_errors(app: Flask, texts: PageTexts) -> None:
    def explain(error: HTTPException) -> Response:
        response = make_response(error.get_response())
        if response.status_code < 400:
            return response
        if request.accept_mimetypes.best_match(["text/plain", "text/html"]) == "text/plain":
            response.set_data(error.name)
            response.mimetype = "text/plain"
        else:
            response.set_data(render_template("link/stop.html", t=texts, what=_page(response.status_code)))
            response.mimetype = "text/html"
        return response

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return explain(error)
        _log.error("a request failed", **what_broke(error))
        return explain(InternalServerError())


def _page(status: int) -> str:
    """Which page of `texts/pages.toml` explains a status."""
    if status == 404:
        return "not_found"
    return "broken" if status >= 500 else "not_understood"
