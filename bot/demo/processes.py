"""The two processes of the demo, the counter and the LINE simulator, talking over real HTTP."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from bot.clock import SystemClock
from bot.demo.menus import put_menus_in_place
from bot.demo.world import World
from bot.line.api import LineUnavailable

HOST = "127.0.0.1"
START_SECONDS = 60
"""How long a process may take until it answers."""

STOP_SECONDS = 10
"""How long a process may take to end."""

_POLL_SECONDS = 0.1


class DemoError(Exception):
    """The demo could not start; the text says which part and what to do."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the demo's two servers are."""

    phone: str
    """The simulator, with the phone page at its root."""
    counter: str
    """The bot's own server."""


def choose_addresses(port: int) -> Addresses:
    """The phone at `port` (0: any free one), the counter at a free port beside it."""
    phone = port or _free_port()
    if not _is_free(phone):
        raise DemoError(f"port {phone} is in use; choose another one with --port (or make demo PORT=...)")
    return Addresses(phone=f"http://{HOST}:{phone}", counter=f"http://{HOST}:{_free_port()}")


@contextlib.contextmanager
def running(
    world: World, addresses: Addresses, start: datetime | None
) -> Iterator[tuple[subprocess.Popen[bytes], ...]]:
    """Both processes, started and answering; both are stopped at the end. Raises DemoError.

    `start` (aware): the instant that the clocks of both show at first; None: the true time.
    The counter writes its log to `world.log_file`, so that the terminal keeps what a person needs.
    """
    secret, token = secrets.token_hex(16), secrets.token_urlsafe(32)
    environment = _bot_environment(world, addresses, secret=secret, token=token, start=start)
    # What patrons do stands in the log, though not who they are: it is its owner's alone.
    with os.fdopen(os.open(world.log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
        counter = _start(
            [sys.executable, "-m", "bot", "serve", "--host", HOST, "--port", _port(addresses.counter)],
            environment,
            log,
        )
    phone = _start(
        _simulator_command(world, addresses, _offset_seconds(start)),
        _simulator_environment(addresses, secret, token),
    )
    try:
        _wait_for(counter, f"{addresses.counter}/healthz", "the counter", f"see {world.log_file}")
        _wait_for(phone, addresses.phone, "the LINE simulator", "see above")
        _put_menus_in_place(world, environment)
        yield counter, phone
    finally:
        # Both are told before either is waited for: an impatient second Ctrl-C must leave none running.
        for process in (counter, phone):
            process.terminate()
        for process in (counter, phone):
            _wait_for_end(process)


def _put_menus_in_place(world: World, environment: Mapping[str, str]) -> None:
    try:
        put_menus_in_place(world, environment)
    except LineUnavailable as error:
        raise DemoError(f"the menus could not be put in place: {error}") from None


def _bot_environment(
    world: World, addresses: Addresses, *, secret: str, token: str, start: datetime | None
) -> dict[str, str]:
    # The demo brings its own settings; those of a real library in .env or the environment must not reach it.
    inherited = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "SMTP_URL"}}
    settings = {
        "MADOGUCHI_LIBRARY": str(world.policy_file),
        "DATABASE_URL": world.database_url,
        "REDIS_URL": "",
        "SMTP_URL": "",
        "LINE_CHANNEL_SECRET": secret,
        "LINE_CHANNEL_SECRET_PREVIOUS": "",
        "LINE_CHANNEL_ACCESS_TOKEN": token,
        "LINE_API_BASE_URL": addresses.phone,
        "LINE_DATA_API_BASE_URL": addresses.phone,
        "LINE_LINK_URL": f"{addresses.phone}/dialog/bot/accountLink",
        "PUBLIC_URL": addresses.counter,
        "SECRET_KEY": secrets.token_hex(32),
        "MADOGUCHI_NOW": start.isoformat() if start else "",
    }
    return inherited | settings


def _simulator_command(world: World, addresses: Addresses, offset_seconds: int) -> list[str]:
    command = [sys.executable, "-m", "simulator", "--host", HOST, "--port", _port(addresses.phone)]
    command += ["--name", world.library_name]
    return [*command, "--clock-offset-seconds", str(offset_seconds)] if offset_seconds else command


def _offset_seconds(start: datetime | None) -> int:
    return round(SystemClock.starting_at(start).shift.total_seconds())


def _simulator_environment(addresses: Addresses, secret: str, token: str) -> dict[str, str]:
    # Secrets go by the environment: a command line can be read by everybody on the machine.
    return os.environ | {
        "SIMULATOR_WEBHOOK_URL": f"{addresses.counter}/line/webhook",
        "SIMULATOR_CHANNEL_SECRET": secret,
        "SIMULATOR_CHANNEL_ACCESS_TOKEN": token,
    }


def _start(
    command: list[str], environment: Mapping[str, str], log: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    # A process group of its own, so that Ctrl-C reaches only the demo, which stops both in order.
    return subprocess.Popen(command, env=dict(environment), stderr=log, start_new_session=True)  # noqa: S603  # Our own modules.


def _wait_for(process: subprocess.Popen[bytes], url: str, what: str, where: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoError(f"{what} stopped while starting (exit status {process.returncode}); {where}")
        with contextlib.suppress(URLError, OSError), urlopen(url, timeout=5):  # noqa: S310  # Our own address.
            return
        time.sleep(_POLL_SECONDS)
    raise DemoError(f"{what} did not answer within {START_SECONDS} seconds")


def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _port(address: str) -> str:
    return address.rpartition(":")[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
