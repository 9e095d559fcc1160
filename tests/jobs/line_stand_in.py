"""A small real HTTP server that keeps LINE's promises and breaks them when told to.

Reply tokens work once; a push is accepted once under a retry key; what is accepted is kept by chat.
"""

import json
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Message = dict[str, Any]


@dataclass
class LineStandIn:
    """What arrived, and what goes wrong next.

    Faults, one a request to reply or push: `lost` (accepted, the connection is cut), `500` (not accepted),
    `500 accepted`, `429`, `400` (the messages are refused), `401`, `hang` (accepted, answered once `go_on` is set),
    `hang before` (the same, not accepted).
    """

    url: str = ""
    faults: deque[str] = field(default_factory=deque)
    replies: list[tuple[str, list[Message]]] = field(default_factory=list)
    """Accepted, by reply token."""
    pushes: list[tuple[str, list[Message]]] = field(default_factory=list)
    """Accepted, by LINE user."""
    bodies: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Of every request: path, retry key, body."""
    dead_tokens: set[str] = field(default_factory=set)
    retry_keys: set[str] = field(default_factory=set)
    gives_link_tokens: bool = True
    strangers: set[str] = field(default_factory=set)
    """LINE users whose profile is not shown: they blocked us. Pushes to them are accepted all the same."""
    shows_profiles: bool = True
    profiles: list[str] = field(default_factory=list)
    """Whose profile was asked for."""
    link_tokens: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set when a request hangs."""
    go_on: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def texts(self) -> list[str]:
        """Everything that was accepted, as one string a message."""
        messages = [message for _, sent in (*self.replies, *self.pushes) for message in sent]
        return [json.dumps(message, ensure_ascii=False) for message in messages]

    def buttons(self) -> list[str]:
        """The ids of the buttons of what was accepted last, replies before pushes."""
        return re.findall(r'"type": "postback", "label": "[^"]*", "data": "([^"]*)"', self.texts()[-1])

    def answer(self, path: str, retry_key: str, body: bytes) -> tuple[int, dict[str, Any], str]:
        """Status, JSON and what to do with the connection (`cut`, `hang` or nothing)."""
        with self.lock:
            self.bodies.append((path, retry_key, body))
            if path.endswith("/linkToken"):
                self.link_tokens += 1
                if not self.gives_link_tokens:
                    return 500, {"message": "internal"}, ""
                return 200, {"linkToken": f"link-token-{self.link_tokens}"}, ""
            fault = self.faults.popleft() if self.faults else ""
            if fault in {"500", "429", "401"}:
                return int(fault), {"message": "not now"}, ""
            if fault == "400":
                details = [{"message": "bad", "property": "messages[0]"}]
                return 400, {"message": "The request body has 1 error(s)", "details": details}, ""
            if fault == "hang before":
                return 500, {"message": "internal"}, "hang"
            status, said = self._accept(path, retry_key, json.loads(body))
            if fault == "500 accepted":
                return 500, {"message": "internal"}, ""
            return status, said, {"lost": "cut", "hang": "hang"}.get(fault, "")

    def _accept(self, path: str, retry_key: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/reply"):
            token = request["replyToken"]
            if token in self.dead_tokens:
                return 400, {"message": "Invalid reply token"}
            self.dead_tokens.add(token)
            self.replies.append((token, request["messages"]))
        elif retry_key in self.retry_keys:
            return 409, {"message": "The retry key is already accepted"}
        else:
            self.retry_keys.add(retry_key)
            self.pushes.append((request["to"], request["messages"]))
        return 200, {"sentMessages": [{"id": "1"}]}


@contextmanager
def line_stand_in() -> Iterator[LineStandIn]:
    """A server on a free port of loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    world = LineStandIn(f"http://127.0.0.1:{server.server_port}")
    server.world = world  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield world
    finally:
        world.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A profile."""
        world: LineStandIn = self.server.world  # type: ignore[attr-defined]
        who = self.path.rpartition("/")[2]
        with world.lock:
            world.profiles.append(who)
        if not world.shows_profiles:
            self._say(500, {"message": "internal"})
        elif who in world.strangers:
            self._say(404, {"message": "Not found"})
        else:
            self._say(200, {"userId": who, "displayName": "友だち"})

    def do_POST(self) -> None:
        world: LineStandIn = self.server.world  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, said, then = world.answer(self.path, self.headers.get("X-Line-Retry-Key", ""), body)
        self.close_connection = True
        if then == "hang":
            world.arrived.set()
            world.go_on.wait(30)
        if then == "cut":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self._say(status, said)

    def _say(self, status: int, said: dict[str, Any]) -> None:
        payload = json.dumps(said).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.send_header("x-line-request-id", "request-1")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(payload)
        except OSError:
            self.close_connection = True  # The other side was killed meanwhile.

    def finish(self) -> None:
        """The connection may be gone already."""
        if not self.wfile.closed and self.connection.fileno() >= 0:
            try:
                super().finish()
            except OSError:
                self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The base class's name.
        """Quiet."""
