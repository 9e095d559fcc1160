"""Whether the process lives (`/healthz`), and whether what it stands on answers (`/readyz`)."""

from collections.abc import Callable, Mapping

import structlog
from flask import Blueprint, Response, jsonify

from bot.logs import what_broke

_log = structlog.get_logger(__name__)

Check = Callable[[], bool]
"""Whether one thing is as it should be; raising is as good as no."""


def health_blueprint(checks: Mapping[str, Check]) -> Blueprint:
    """The blueprint of both pages; `checks` by the name under which `/readyz` tells of them."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        found = {name: _holds(name, check) for name, check in checks.items()}
        response = jsonify(ready=all(found.values()), **found)
        response.status_code = 200 if all(found.values()) else 503
        return response

    return blueprint


def _holds(name: str, check: Check) -> bool:
    try:
        return check()
    except Exception as error:
        _log.warning("not ready", what=name, **what_broke(error))
        return False
