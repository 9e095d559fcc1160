"""Sending: reply, push, multicast, broadcast, narrowcast, validation."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from linebot.v3.messaging import models

from simulator.api.bodies import CHAT_ID, json_body, must_be_user_id
from simulator.api.errors import LineError, invalid, not_found
from simulator.limits import Problem
from simulator.narrowcasts import NoSuchRecipient, TooFewFriends
from simulator.platform import Platform
from simulator.sending import Call, QuotaUsedUp, Sent

RETRY_KEY = "X-Line-Retry-Key"
RECIPIENTS = 500
UNIT = re.compile(r"[A-Za-z0-9_]{1,30}")


def add_to(blueprint: Blueprint, platform: Platform) -> None:
    """Add the calls to the blueprint."""
    for add in (_add_to_one, _add_to_many, _add_narrowcast, _add_validation):
        add(blueprint, platform)


def _add_to_one(blueprint: Blueprint, platform: Platform) -> None:
    sending = platform.sending

    @blueprint.post("/v2/bot/message/reply")
    def reply() -> Response:
        if RETRY_KEY in request.headers:
            raise LineError(400, "The retry key is not supported for this endpoint")
        body = json_body(models.ReplyMessageRequest)
        sent = sending.reply(body["replyToken"], body["messages"])
        if sent is None:
            raise LineError(400, "Invalid reply token")
        return jsonify(sentMessages=sent)

    @blueprint.post("/v2/bot/message/push")
    def push() -> Response:
        body = json_body(models.PushMessageRequest)
        _must_be_known(body["to"], platform)
        call = Call("push", g.request_id, _unit(body))
        sent = _once(platform, lambda: sending.send(call, [body["to"]], body["messages"]))
        return jsonify(sentMessages=sent)


def _add_to_many(blueprint: Blueprint, platform: Platform) -> None:
    sending = platform.sending

    @blueprint.post("/v2/bot/message/multicast")
    def multicast() -> Response:
        body = json_body(models.MulticastRequest)
        if not 1 <= len(body["to"]) <= RECIPIENTS:
            raise LineError(400, f"The property, to, must have 1 to {RECIPIENTS} user IDs")
        for at, user_id in enumerate(body["to"]):
            must_be_user_id(user_id, f"to[{at}]")
        with platform.state.locked():
            known = [user_id for user_id in body["to"] if user_id in platform.state.people]
        call = Call("multicast", g.request_id, _unit(body))
        _once(platform, lambda: sending.send(call, known, body["messages"]))
        return jsonify({})

    @blueprint.post("/v2/bot/message/broadcast")
    def broadcast() -> Response:
        body = json_body(models.BroadcastRequest)
        call = Call("broadcast", g.request_id)
        _once(platform, lambda: sending.send(call, sending.friends(), body["messages"]))
        return jsonify({})


def _add_narrowcast(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.post("/v2/bot/message/narrowcast")
    def narrowcast() -> tuple[Response, int]:
        body = json_body(models.NarrowcastRequest)
        try:
            _once(platform, lambda: platform.narrowcasts.send(g.request_id, body))
        except TooFewFriends:
            raise LineError(403, "Not enough friends to choose among them by attributes") from None
        except NoSuchRecipient:
            raise LineError(
                400, "The recipient is invalid", details=[Problem("invalid", "recipient")]
            ) from None
        return jsonify({}), 202

    @blueprint.get("/v2/bot/message/progress/narrowcast")
    def narrowcast_progress() -> Response:
        found = platform.narrowcasts.progress(request.args.get("requestId", ""))
        if found is None:
            raise not_found()
        return jsonify(found)


def _add_validation(blueprint: Blueprint, platform: Platform) -> None:
    @blueprint.post("/v2/bot/message/validate/<any(reply, push, multicast, narrowcast, broadcast):kind>")
    def validate(kind: str) -> Response:  # All kinds are checked alike.
        json_body(models.ValidateMessageRequest)
        return jsonify({})


def _once(platform: Platform, send: Callable[[], Sent]) -> Sent:
    """Send, once for each retry key; 409 where the key was accepted before."""
    key = request.headers.get(RETRY_KEY)
    if key is not None and not platform.sending.retry_keys.is_well_formed(key):
        raise LineError(400, "The retry key must be a UUID in hexadecimal")
    try:
        if key is None:
            return send()
        accepted, is_new = platform.sending.retry_keys.accept(key, g.request_id, send)
    except QuotaUsedUp:
        raise LineError(429, "You have reached your monthly limit.") from None
    if is_new:
        return accepted.sent_messages
    more: dict[str, Any] = {"sentMessages": accepted.sent_messages} if request.path.endswith("/push") else {}
    raise LineError(
        409,
        "The retry key is already accepted",
        headers={"x-line-accepted-request-id": accepted.request_id},
        more=more,
    )


def _unit(body: dict[str, Any]) -> str:
    """The aggregation unit that a request names; at most one."""
    units = body.get("customAggregationUnits") or []
    if len(units) > 1 or not all(UNIT.fullmatch(unit) for unit in units):
        raise invalid(
            [Problem("must be one name of 1 to 30 of A-Z, a-z, 0-9 and _", "customAggregationUnits")]
        )
    return units[0] if units else ""


def _must_be_known(chat_id: str, platform: Platform) -> None:
    with platform.state.locked():
        chat = platform.state.chats.get(chat_id)
        if not CHAT_ID.fullmatch(chat_id):
            raise LineError(400, "The property, 'to', in the request body is invalid")
        if chat is None or not chat.has_bot:
            raise LineError(400, "Failed to send messages")
