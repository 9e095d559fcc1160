"""Webhooks as the bot gets them: signed, in LINE's shape, in order, again when they were not answered."""

import base64
import hashlib
import hmac
import json
import re

from conftest import SECRET, Line

ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def test_a_message_arrives_signed_and_in_lines_shape(line: Line) -> None:
    person = line.friend()
    event = line.says(person, "貸出状況")
    got = line.bot.received[-1]
    digest = hmac.new(SECRET.encode(), got.body, hashlib.sha256).digest()
    assert got.headers["x-line-signature"] == base64.b64encode(digest).decode()
    assert got.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(got.body)["destination"] == line.platform.bot_user_id
    assert ULID.fullmatch(event["webhookEventId"])
    assert event["source"] == {"type": "user", "userId": person.user_id}
    assert event["timestamp"] == int(line.clock.now().timestamp() * 1000)
    assert event["message"]["text"] == "貸出状況"
    assert {"id", "quoteToken", "markAsReadToken"} <= set(event["message"])
    assert (event["mode"], event["deliveryContext"]) == ("active", {"isRedelivery": False})
