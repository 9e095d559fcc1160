"""Runs a web application under gunicorn: processes, each with several threads. It knows nothing of what it serves."""

import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

THREADS = 8
"""Requests handled at the same time; a webhook needs a few milliseconds of one."""

GRACE_SECONDS = 30
"""How long a stopping server waits for what it has in hand."""

PATIENCE_SECONDS = 5
"""How long a sender may be silent within a request, so that a few who begin one and stop do not hold all threads.
Whoever drips on is the business of the proxy in front, which hands over whole requests."""


class _Application(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types.
    """gunicorn's form of a program that configures itself."""

    def __init__(self, build: Callable[[], Flask], options: dict[str, object]) -> None:
        self._build = build
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._build()


class _Logger(Logger):  # type: ignore[misc]  # gunicorn ships no types.
    """gunicorn's own lines go where all others go."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def serve(
    build: Callable[[], Flask],
    *,
    places: Sequence[tuple[str, int]],
    processes: int = 1,
    threads: int = THREADS,
    on_ready: Callable[[Sequence[str]], None],
    on_exit: Callable[[], None],
) -> None:
    """Serve until SIGINT or SIGTERM, which finish what is in hand.

    `places`: hosts and ports to listen at. `build` is called in each serving process, after the fork; `on_ready` gets
    the addresses (port 0: the chosen one) and `on_exit` is called in each serving process when it ends. No access log
    is written: it would hold link tokens.
    """
    options: dict[str, object] = {
        "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in places],
        "workers": processes,
        "worker_class": "gthread",
        "threads": threads,
        "graceful_timeout": GRACE_SECONDS,
        "loglevel": "warning",
        "logger_class": _Logger,
        "control_socket_disable": True,
        "when_ready": lambda arbiter: _ready(arbiter, on_ready),
        "worker_exit": lambda _arbiter, _worker: on_exit(),
    }
    _Application(build, options).run()


def _ready(arbiter: Any, on_ready: Callable[[Sequence[str]], None]) -> None:
    limit = struct.pack("ll", PATIENCE_SECONDS, 0)
    for listener in arbiter.LISTENERS:
        # gunicorn reads from blocking sockets; what it accepts inherits this limit from the listening one.
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    on_ready([_address_of(listener) for listener in arbiter.LISTENERS])


def _address_of(listener: Any) -> str:
    host, port = listener.sock.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
