"""A line in the log for each request: the rule that it met and never its address, which may hold a token or a
card's number.
"""

from collections.abc import Collection
from time import monotonic

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger(__name__)


def log_requests(app: Flask, *, unlogged: Collection[str | None], below: str = "") -> None:
    """Log the application's requests, but for the endpoints in `unlogged`. `below`: the path that it is mounted at."""

    @app.before_request
    def _begin() -> None:
        g.began = monotonic()

    @app.after_request
    def _end(response: Response) -> Response:
        if request.endpoint not in unlogged:
            _log.info(
                "http",
                method=request.method,
                rule=f"{below}{request.url_rule.rule}" if request.url_rule else "none",
                status=response.status_code,
                seconds=round(monotonic() - g.began, 3) if "began" in g else None,
            )
        return response
