"""What browsers are told about the link pages, and the settings of the session's cookie."""

from urllib.parse import urlsplit

from flask import Response
from flask.sansio.app import App

HSTS_SECONDS = 365 * 24 * 60 * 60


def content_security_policy(link_url: str) -> str:
    """Nothing but our own style sheet; forms go to us and, by redirect, to LINE's dialog.

    Chromium holds a redirect after a form to `form-action`, too: without LINE's origin it stops there.
    """
    parts = urlsplit(link_url)
    dialog = f"{parts.scheme}://{parts.netloc}"
    return (
        "default-src 'none'; style-src 'self'; "
        f"form-action 'self' {dialog}; frame-ancestors 'none'; base-uri 'none'"
    )


def protect(response: Response, *, policy: str, over_https: bool) -> Response:
    """Set the headers that keep tokens and passwords out of caches, frames and other sites' hands."""
    headers = response.headers
    headers["Content-Security-Policy"] = policy
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["X-Robots-Tag"] = "noindex"
    headers["Cache-Control"] = "no-store"
    if over_https:
        headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
    return response


def set_up_cookie(app: App, *, over_https: bool) -> None:
    """The session's cookie: out of reach of scripts and, but for following a link, of other sites."""
    app.config.update(
        # On one machine other servers' cookies reach us, too, whatever their port: the name is our own.
        SESSION_COOKIE_NAME="__Host-madoguchi" if over_https else "madoguchi",
        SESSION_COOKIE_SECURE=over_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
