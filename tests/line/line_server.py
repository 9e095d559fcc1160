"""A small real HTTP server in LINE's place that answers as it is told and keeps what it was sent."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What the server does with the next request."""

    status: int = 200
    body: str = '{"sentMessages":[]}'
    reset: bool = False
    """Read the request, then cut the connection."""
    delay_seconds: float = 0.0


@dataclass
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class LineServer:
    """Where it is, what it was sent, and what it will answer."""

    url: str
    answer: Answer = field(default_factory=Answer)
    requests: list[Request] = field(default_factory=list)


@contextmanager
def line_server() -> Iterator[LineServer]:
    """A server on a free port of loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    world = LineServer(f"http://127.0.0.1:{server.server_port}")
    server.world = world  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        world: LineServer = self.server.world  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        world.requests.append(Request(self.command, self.path, headers, body))
        answer = world.answer
        self.close_connection = True
        if answer.reset:
            # No lingering: the other side gets a reset instead of an orderly end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        time.sleep(answer.delay_seconds)
        payload = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("x-line-request-id", "request-1")
        self.send_header("Connection", "close")
        self.end_headers()
        with suppress(ConnectionError):  # Who asked may have waited long enough.
            self.wfile.write(payload)

    do_GET = do_POST = _handle  # noqa: N815  # The names of the base class.

    def finish(self) -> None:
        """The connection may be gone already."""
        if not self.wfile.closed and self.connection.fileno() >= 0:
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The base class's name.
        """Quiet."""
