"""Signed webhooks as LINE sends them."""

import hmac
import itertools
import json
from base64 import b64encode
from collections.abc import Sequence
from time import time
from typing import Any

SECRET = "bench-channel-secret"  # noqa: S105  # Of a channel that is nowhere.
PATH = "/line/webhook"

_numbers = itertools.count(1)


def line_user_id(number: int) -> str:
    """The LINE user of the patron with this number (see `bench.record`)."""
    return f"U{number:032x}"


def text_event(patron: int, text: str) -> dict[str, Any]:
    """A message written now; its reply token tells it from all others."""
    number = next(_numbers)
    now = time()
    return {
        "type": "message",
        "mode": "active",
        "timestamp": round(now * 1000),
        "source": {"type": "user", "userId": line_user_id(patron)},
        "webhookEventId": f"01BENCH{round(now):X}{number:X}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{number:032x}",
        "message": {"type": "text", "id": f"5{number:017d}", "quoteToken": "q" * 88, "text": text},
    }


def request(host: str, events: Sequence[dict[str, Any]], path: str = PATH) -> bytes:
    """The HTTP request with these events, ready to be sent."""
    body = json.dumps({"destination": "U" + "0" * 32, "events": events}, ensure_ascii=False).encode()
    signature = b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: LineBotWebhook/2.0\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nx-line-signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
