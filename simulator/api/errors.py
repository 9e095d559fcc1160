"""LINE's errors: a status, a sentence, details."""

from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify

from simulator.limits import Problem


class LineError(Exception):
    """Ends a call with an error answer."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: Iterable[Problem] = (),
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = list(details)
        self.headers = headers or {}
        self.more = more or {}


def invalid(problems: Iterable[Problem]) -> LineError:
    """400 with a detail for each problem."""
    found = list(problems)
    return LineError(400, f"The request body has {len(found)} error(s)", details=found)


def not_found() -> LineError:
    """404."""
    return LineError(404, "Not found")


def answer(error: LineError) -> Response:
    """The error as LINE sends it."""
    body: dict[str, Any] = {"message": error.message}
    if error.details:
        body["details"] = [detail._asdict() for detail in error.details]
    response = jsonify(body | error.more)
    response.status_code = error.status
    response.headers.update(error.headers)
    return response
