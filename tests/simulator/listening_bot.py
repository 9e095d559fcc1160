"""A bot of few words: a real HTTP server that keeps what its webhook gets and answers as it is told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import make_server

from simulator.server import QuietHandler

WAIT_SECONDS = 60


@dataclass(frozen=True)
class Received:
    """One webhook request."""

    body: bytes
    headers: dict[str, str]
    at: float

    @property
    def events(self) -> list[dict[str, Any]]:
        """Its events."""
        events: list[dict[str, Any]] = json.loads(self.body)["events"]
        return events


@dataclass
class ListeningBot:
    """What arrived, in order; `answer` decides the status of each answer."""

    url: str = ""
    answer: Callable[[Received], int] = lambda _: 200
    received: list[Received] = field(default_factory=list)
    _arrived: Condition = field(default_factory=Condition)

    def hook(self) -> Response:
        """The webhook."""
        got = Received(request.get_data(), {k.lower(): v for k, v in request.headers.items()}, monotonic())
        with self._arrived:
            self.received.append(got)
            self._arrived.notify_all()
        return Response(status=self.answer(got))

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events so far."""
        with self._arrived:
            return [event for got in self.received for event in got.events]

    def wait_for(self, count: int, kind: str = "") -> list[dict[str, Any]]:
        """The events (of one kind) once there are `count` of them."""

        def wanted() -> list[dict[str, Any]]:
            return [event for event in self.events if kind in ("", event["type"])]

        with self._arrived:
            assert self._arrived.wait_for(lambda: len(wanted()) >= count, WAIT_SECONDS), self.events
            return wanted()


@contextmanager
def listening() -> Iterator[ListeningBot]:
    """A running bot at a free port."""
    bot = ListeningBot()
    app = Flask("bot")
    app.add_url_rule("/line/webhook", view_func=bot.hook, methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    bot.url = f"http://127.0.0.1:{server.port}/line/webhook"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield bot
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
