"""Request bodies: JSON, held against the SDK's model and LINE's limits."""

import re
from typing import Any

from flask import request
from pydantic.v1 import BaseModel

from simulator.api.errors import LineError, invalid
from simulator.limits import Problem, check_messages, check_shape
from simulator.texts import whole

USER_ID = re.compile(r"U[0-9a-f]{32}")
CHAT_ID = re.compile(r"[UCR][0-9a-f]{32}")


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """The body as a JSON object that has the model's shape; its `messages`, if any, within all limits."""
    body = raw_json()
    messages = body.get("messages")
    problems = list(check_shape(model, {**body, "messages": []} if "messages" in body else body, ""))
    if "messages" in model.__fields__:
        problems = [problem for problem in problems if problem.property != "messages"]
        problems += check_messages(messages)
    if problems:
        raise invalid(problems)
    return body


def raw_json() -> dict[str, Any]:
    """The body as a JSON object of any shape."""
    if not request.is_json:
        raise LineError(415, "The media type must be application/json")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise LineError(400, "The request body could not be parsed as a JSON object")
    made: dict[str, Any] = whole(body)
    return made


def must_be_user_id(user_id: str, where: str) -> None:
    """400 for what can't be a user id."""
    if not USER_ID.fullmatch(user_id):
        raise LineError(
            400, f"The property, '{where}', in the request is invalid", details=[Problem("invalid", where)]
        )
