"""`madoguchi serve` as a process: it answers, refuses a second one, and stops when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from test_commands import SECRETS, SETTINGS

from bot.storage.engine import open_engine
from bot.storage.migrate import upgrade
from webhooks.server import PATIENCE_SECONDS, THREADS

pytestmark = pytest.mark.process

SECRET_VALUES = {name: f"a very secret {name}" for name in SECRETS}


@dataclass
class Serving:
    """A running server."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    address: str = ""
    staff_address: str = ""
    lines: list[str] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text."""
        return self._open(Request(self.address + path))  # noqa: S310  # Loopback.

    def post(self, path: str, body: bytes) -> tuple[int, str]:
        """Status and text."""
        return self._open(Request(self.address + path, body))  # noqa: S310  # Loopback.

    def wait_until_it_serves(self) -> None:
        """Read its log until it says where it is."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            if "address" in line:
                self.address = json.loads(line)["address"]
                return
        raise AssertionError("".join(self.lines))

    def child(self) -> int:
        """The process that serves; its parent watches over it."""
        [pid] = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(pid)

    def _open(self, request: Request) -> tuple[int, str]:
        try:
            with urlopen(request, timeout=20) as response:  # noqa: S310  # Loopback.
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self, name: signal.Signals) -> int:
        """Tell it to stop and wait; returns the exit status."""
        self.process.send_signal(name)
        assert self.process.stderr is not None
        self.lines += self.process.stderr.read().splitlines()
        return self.process.wait(timeout=30)


def serve(folder: Path, environment: dict[str, str], *more: str) -> "subprocess.Popen[str]":
    """`madoguchi serve` at a free port."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--port", "0", *more],
        cwd=folder,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running(folder: Path, *more: str, url: str = "") -> Iterator[Serving]:
    """A server that has begun to serve a database: that of `url`, or one of its own in `folder`."""
    url = url or f"sqlite:///{folder}/x.sqlite3"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    nowhere = {"LINE_API_BASE_URL": "http://127.0.0.1:1", "DATABASE_URL": url}
    # The package is found wherever the tests run from.
    environment = inherited | SECRET_VALUES | nowhere | {"PYTHONPATH": os.pathsep.join(sys.path)}
    server = Serving(serve(folder, environment, *more), environment)
    try:
        server.wait_until_it_serves()
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
        server.process.communicate(timeout=40)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for the tests that leave it running; the staff console has a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(tmp_path_factory.mktemp("serving"), "--staff-port", str(port)) as server:
        server.staff_address = f"http://127.0.0.1:{port}"
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Serving]:
    """A server for one test alone."""
    with running(tmp_path) as server:
        yield server


def test_it_answers_on_all_its_paths(serving: Serving) -> None:
    assert serving.get("/healthz") == (200, "ok")
    status, text = serving.get("/readyz")
    assert (status, json.loads(text)) == (
        200,
        {"ready": True, "database": True, "library": True, "workers": True},
    )
    assert serving.get("/link")[0] == 403
    assert serving.post("/line/webhook", b"{}")[0] == 401
    assert serving.get("/staff/")[0] == 404


def test_the_console_is_at_its_own_port_and_nothing_else_is(serving: Serving) -> None:
    console = replace(serving, address=serving.staff_address)
    for path in ("/staff/", "/staff", "/"):
        status, page = console.get(path)
        assert (status, "サインイン" in page) == (200, True), path
    for path in ("/link", "/healthz", "/line/webhook", "/staffx"):
        assert console.get(path)[0] == 404, path
    assert serving.get("/staff/sign-in")[0] == 404


def test_those_who_begin_a_request_and_stop_hold_nobody_up_for_long(serving: Serving) -> None:
    headers = b"POST /line/webhook HTTP/1.1\r\nHost: x\r\n"
    body = headers + b"Content-Length: 1000\r\n\r\n{"
    place = urlsplit(serving.address)
    with ExitStack() as stalled:
        for number in range(THREADS):
            connection = stalled.enter_context(socket.create_connection((place.hostname, place.port)))
            connection.sendall(headers if number % 2 else body)
        began = monotonic()
        assert serving.get("/healthz") == (200, "ok")
        assert monotonic() - began < 3 * PATIENCE_SECONDS


def test_a_serving_process_that_dies_is_replaced(serving: Serving) -> None:
    assert serving.get("/healthz")[0] == 200
    os.kill(serving.child(), signal.SIGKILL)
    status, text = serving.get("/readyz")
    assert (status, json.loads(text)["workers"]) == (200, True)


def test_a_second_one_on_the_same_database_is_refused(serving: Serving, tmp_path: Path) -> None:
    assert_refused(serve(tmp_path, serving.environment))
    assert serving.get("/healthz")[0] == 200


def assert_refused(second: "subprocess.Popen[str]") -> None:
    """It ends at once and says why."""
    try:
        _, errors = second.communicate(timeout=40)
    finally:
        second.kill()
        second.wait()
    assert second.returncode == 1
    [line] = errors.splitlines()
    assert "DATABASE_URL" in line


def test_it_stops_when_it_is_told_to_and_frees_the_database(own_server: Serving, tmp_path: Path) -> None:
    own_server.get("/link?linkToken=NMZTNuVrPTqlr2IF8Bnymkb7rXfYv5EY")
    own_server.post("/line/webhook", b"{}")
    assert own_server.stop(signal.SIGTERM) == 0
    assert_nothing_secret_in(own_server.lines)
    next_one = serve(tmp_path, own_server.environment)
    assert next_one.stderr is not None
    assert any("address" in line for line in iter(next_one.stderr.readline, ""))
    next_one.send_signal(signal.SIGINT)
    next_one.communicate(timeout=30)
    assert next_one.returncode == 0


@pytest.mark.postgres
def test_on_postgresql_a_second_one_is_refused_even_after_the_serving_process_was_replaced(
    tmp_path: Path, postgres_url: str
) -> None:
    with running(tmp_path, url=postgres_url) as server:
        assert server.get("/readyz")[0] == 200
        first = server.child()
        os.kill(first, signal.SIGTERM)
        deadline = monotonic() + 30
        while Path(f"/proc/{first}").exists():
            assert monotonic() < deadline
        assert server.get("/readyz")[0] == 200
        assert_refused(serve(tmp_path, server.environment))


def assert_nothing_secret_in(lines: list[str]) -> None:
    """Every line is JSON; requests are told by their rule, and no secret stands anywhere."""
    entries = [json.loads(line) for line in lines]
    assert [entry["rule"] for entry in entries if entry["event"] == "http"] == ["/link", "/line/webhook"]
    for secret in [*SECRET_VALUES.values(), "NMZTNuVrPTqlr2IF8Bnymkb7rXfYv5EY"]:
        assert secret not in "".join(lines)
