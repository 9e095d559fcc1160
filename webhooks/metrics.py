"""Numbers for Prometheus at `/metrics`; not for the public."""

import hmac
from collections.abc import Callable

from flask import Blueprint, Response, abort, request

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_blueprint(render: Callable[[], bytes], *, token: str, is_open: bool) -> Blueprint:
    """The blueprint of the page: for whoever shows `token` as a bearer token (empty: for nobody), or for all.

    Everybody else is told that there is no such page.
    """
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        if not is_open and not _shows(token):
            abort(404)
        return Response(render(), content_type=_TYPE)

    return blueprint


def _shows(token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and is_right
