"""Serves the simulator: one process, a thread a request, so that open streams keep nobody waiting."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator.app import create_app
from simulator.clock import Clock
from simulator.platform import Platform, build
from simulator.settings import Settings


class QuietHandler(WSGIRequestHandler):
    """Writes no access log: addresses carry link tokens."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def address_of(server: BaseWSGIServer) -> str:
    """Where the server is."""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http://{host}:{server.port}"


def make(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server that is bound but does not answer yet; port 0 chooses a free one."""
    server = make_server(host, port, app, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]  # Open streams must not keep the process alive.
    return server


def serve(settings: Settings, clock: Clock, *, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `on_ready` gets the address."""
    platform = build(settings, clock)
    server = make(create_app(platform), host, port)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # `shutdown` waits for the loop that this very thread runs, so another one must call it.
        Thread(target=server.shutdown).start()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    on_ready(address_of(server))
    server.serve_forever(poll_interval=0.1)
    platform.stop()
    server.socket.close()


@contextmanager
def running(settings: Settings, clock: Clock, *, host: str = "127.0.0.1") -> Iterator[tuple[Platform, str]]:
    """A platform that serves in the background at a free port: itself and its address. For tests of any bot."""
    platform = build(settings, clock)
    server = make(create_app(platform), host, 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield platform, address_of(server)
    finally:
        platform.stop()
        server.shutdown()
        thread.join()
        server.socket.close()
