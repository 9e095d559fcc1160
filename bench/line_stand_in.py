"""LINE's Messaging API as far as a bench needs it: takes replies and pushes, and tells when each came."""

import asyncio
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, cast

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_ANSWER = json.dumps({"sentMessages": [{"id": "1", "quoteToken": "q"}]}).encode()


@dataclass
class StandIn:
    """What came in, and who waits for it."""

    port: int = 0
    delay_seconds: float = 0.0
    """How long each call takes."""
    waiting: dict[str, "asyncio.Future[float]"] = field(default_factory=dict)
    """By reply token: becomes the instant at which the reply came."""
    replies: Counter[str] = field(default_factory=Counter)
    """By reply token."""
    pushes: list[str] = field(default_factory=list)
    """LINE users to whom something was pushed."""
    order: list[str] = field(default_factory=list)
    """Reply tokens as they came."""
    server: asyncio.Server | None = None
    open: set[asyncio.Transport] = field(default_factory=set)
    """Connections."""
    said: Counter[str] = field(default_factory=Counter)
    """What was answered, by its first words."""

    async def start(self) -> None:
        """Listen at a free port of loopback."""
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more and hang up."""
        if self.server is not None:
            self.server.close()
        for transport in self.open:
            transport.close()
        await asyncio.sleep(0)  # Closing takes a turn of the loop.

    def expect(self, reply_token: str) -> "asyncio.Future[float]":
        """The instant at which the reply to this token comes."""
        self.waiting[reply_token] = asyncio.get_running_loop().create_future()
        return self.waiting[reply_token]

    def take(self, path: bytes, body: bytes) -> None:
        """Note a call."""
        if path.endswith(b"/reply"):
            sent = json.loads(body)
            self._reply(sent["replyToken"], sent["messages"])
        elif path.endswith(b"/push"):
            self.pushes.append(json.loads(body)["to"])

    def _reply(self, token: str, messages: list[dict[str, Any]]) -> None:
        self.replies[token] += 1
        self.order.append(token)
        first = str(messages[0].get("text") or messages[0].get("altText") or messages[0]["type"])
        self.said[re.sub(r"[0-9]+|『[^』]*』", "*", first.partition("\n")[0])[:40]] += 1
        future = self.waiting.pop(token, None)
        if future is not None and not future.done():
            future.set_result(monotonic())


class _Connection(asyncio.Protocol):
    def __init__(self, world: StandIn) -> None:
        self._world = world
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._world.open.add(self._transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is not None:
            self._world.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, found, body = self._received.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            size = int(length[1]) if length else 0
            if not found or len(body) < size:
                return
            self._received = body[size:]
            self._world.take(head.split(b" ", 2)[1], body[:size])
            asyncio.get_running_loop().call_later(self._world.delay_seconds, self._answer)

    def _answer(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-line-request-id: bench\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(_ANSWER), _ANSWER)
        )
