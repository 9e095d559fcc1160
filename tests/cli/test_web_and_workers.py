"""`serve` in two processes and `worker` in two, on PostgreSQL and Redis, from a signed webhook to the reply at LINE.

Their logs and numbers are read, too: one id leads from the webhook to LINE's request id, and nothing personal is there.
"""

import hmac
import json
import os
import re
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from servers import RedisServer
from test_commands import SETTINGS

from simulator.clock import ShiftedClock
from simulator.platform import Platform
from simulator.server import running as simulated
from simulator.settings import Settings as SimulatorSettings

pytestmark = [pytest.mark.process, pytest.mark.postgres, pytest.mark.redis]

SECRET, CHANNEL_ID, METRICS_TOKEN = "channel-secret-of-this-test", "1234567890", "metrics-token-of-this-test"
PATIENCE_SECONDS = 60
SAID = ("こんにちは", "図書館は何時まで", "『こころ』を予約したい", "ありがとう")


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        assert monotonic() < deadline, "it did not happen in time"
        sleep(0.02)


@dataclass
class Command:
    """A running `madoguchi …`."""

    process: subprocess.Popen[str]
    log: Path
    lines: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> list[dict[str, Any]]:
        """Its log so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def wait_for(self, event: str) -> dict[str, Any]:
        """Its first line of this kind."""
        until(lambda: any(line["event"] == event for line in self.read()) or self.process.poll() is not None)
        return next(line for line in self.read() if line["event"] == event)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@dataclass
class Counter:
    """Web and workers, and LINE on the other side."""

    platform: Platform
    environment: dict[str, str]
    folder: Path
    web: Command
    workers: list[Command]
    metrics_port: int

    @property
    def address(self) -> str:
        """Of the web server."""
        return str(self.web.wait_for("serving")["address"])

    def get(self, path: str, token: str = "") -> tuple[int, str]:
        """Status and text."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return opened(Request(self.address + path, headers=headers))  # noqa: S310  # Loopback.

    def texts(self, chat_id: str) -> list[str]:
        """What the bot said in a chat, whole messages as JSON."""
        with self.platform.state.locked():
            entries = list(self.platform.state.chats[chat_id].entries)
        return [json.dumps(entry.message, ensure_ascii=False) for entry in entries if entry.sender == "bot"]


def opened(request: Request) -> tuple[int, str]:
    """Status and text."""
    try:
        with urlopen(request, timeout=20) as response:  # noqa: S310  # Loopback.
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@contextmanager
def command(folder: Path, environment: dict[str, str], name: str, *words: str) -> Iterator[Command]:
    """One, stopped at the end."""
    log = folder / f"{name}.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words], cwd=folder, env=environment, stderr=stream, text=True
        )
    try:
        yield Command(process, log)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def counter(tmp_path: Path, postgres_url: str, redis_server: RedisServer) -> Iterator[Counter]:
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    port, metrics_port = free_port(), free_port()
    settings = SimulatorSettings(
        f"http://127.0.0.1:{port}/line/webhook",
        SECRET,
        "unused-token",
        channel_id=CHANNEL_ID,
        monthly_quota=200,
    )
    with ExitStack() as stack:
        platform, line_url = stack.enter_context(simulated(settings, ShiftedClock()))
        environment = inherited | {
            "DATABASE_URL": postgres_url,
            "REDIS_URL": redis_server.url,
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ID": CHANNEL_ID,
            "LINE_API_BASE_URL": line_url,
            "SECRET_KEY": "secret-key-of-this-test",
            "PUBLIC_URL": "https://counter.example.jp",
            "METRICS_TOKEN": METRICS_TOKEN,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        web_words = ("serve", "--port", str(port), "--processes", "2", "--threads", "4")
        web = stack.enter_context(command(tmp_path, environment, "web", *web_words))
        first = ("worker", "--threads", "2", "--metrics-port", str(metrics_port))
        workers = [
            stack.enter_context(command(tmp_path, environment, "worker-1", *first)),
            stack.enter_context(command(tmp_path, environment, "worker-2", "worker", "--threads", "2")),
        ]
        web.wait_for("serving")
        for worker in workers:
            worker.wait_for("working")
        yield Counter(platform, environment, tmp_path, web, workers, metrics_port)


def deliver(counter: Counter, user: str, words: str, number: int, secret: str = SECRET) -> int:
    """A webhook as LINE sends it; returns the status."""
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(datetime.now(UTC).timestamp() * 1000),
        "webhookEventId": f"01JGEXAMPLE000000000000{number:03}",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": user},
        "replyToken": f"reply-token-{number}",
        "message": {"type": "text", "id": str(number), "quoteToken": "q", "text": words},
    }
    body = json.dumps({"destination": "U0", "events": [event]}).encode()
    signature = b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    address = f"{counter.address}/line/webhook"
    return opened(Request(address, body, {"X-Line-Signature": signature}))[0]  # noqa: S310  # Loopback.


def test_a_patron_is_answered_and_all_stop_when_told_to(counter: Counter) -> None:
    person = counter.platform.state.person(1)
    assert person is not None
    chat = counter.platform.state.chats[person.user_id]
    counter.platform.people.follow(person)
    for number, words in enumerate(SAID, 1):
        counter.platform.people.send(person, chat, {"type": "text", "text": words})
        until(lambda number=number: len(counter.texts(person.user_id)) >= number + 1)  # type: ignore[misc]
    assert_ready(counter)
    assert_another_form_is_refused(counter)
    assert deliver(counter, person.user_id, "こんにちは", 1, secret="wrong") == 401
    assert_numbers_are_shown_to_those_who_may_see_them(counter)
    assert [process.stop() for process in (*counter.workers, counter.web)] == [0, 0, 0]
    logged = [line for process in (counter.web, *counter.workers) for line in process.read()]
    assert_one_id_leads_from_webhook_to_line(logged)
    assert_nothing_personal_in(json.dumps(logged, ensure_ascii=False), person.user_id)


def assert_ready(counter: Counter) -> None:
    """Everything answers."""
    status, text = counter.get("/readyz")
    assert (status, json.loads(text)) == (
        200,
        {"ready": True, "database": True, "library": True, "queue": True},
    )


def assert_another_form_is_refused(counter: Counter) -> None:
    """A serve that does all by itself must not run beside workers: it would take over what they have in hand."""
    alone = {name: value for name, value in counter.environment.items() if name != "REDIS_URL"}
    with command(counter.folder, alone, "alone", "serve", "--port", "0") as refused:
        assert refused.process.wait(PATIENCE_SECONDS) == 1
        assert "DATABASE_URL" in refused.log.read_text()


def assert_numbers_are_shown_to_those_who_may_see_them(counter: Counter) -> None:
    """`/metrics` of the web processes together, and of a worker."""
    assert counter.get("/metrics")[0] == 404
    assert counter.get("/metrics", "wrong")[0] == 404
    status, web = counter.get("/metrics", METRICS_TOKEN)
    assert status == 200
    assert value(web, "madoguchi_webhook_events_total") == len(SAID) + 1
    assert value(web, "madoguchi_inbox_waiting") == 0
    assert value(web, "madoguchi_line_quota_left") == 200
    assert 'madoguchi_http_seconds_count{rule="/line/webhook",status="401"} 1.0' in web
    address = f"http://127.0.0.1:{counter.metrics_port}/metrics"
    status, worker = opened(Request(address))  # Loopback.
    assert status == 200
    for name in ("turn", "parse", "reply", "line_send"):
        assert f"# TYPE madoguchi_{name}_seconds histogram" in worker


def value(text: str, name: str) -> float:
    """One number without labels."""
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert found is not None, text
    return float(found[1])


def assert_one_id_leads_from_webhook_to_line(logged: list[dict[str, Any]]) -> None:
    """Each event's id stands at its webhook, its turn, and its answer, which bears LINE's request id."""
    stored = [event_id for line in logged for event_id in line.get("event_ids", ())]
    assert len(set(stored)) == len(SAID) + 1
    for event_id in stored:
        mine = [line for line in logged if line.get("event_id") == event_id]
        assert [line["event"] for line in mine].count("turn") == 1
        [attempt] = [line for line in mine if line["event"] == "attempt"]
        [call] = [line for line in mine if line["event"] == "line.reply"]
        assert attempt["line_request_id"] == call["line_request_id"] != ""


def assert_nothing_personal_in(text: str, line_user_id: str) -> None:
    """What was said and who said it, and no secret."""
    for secret in (
        line_user_id,
        SECRET,
        METRICS_TOKEN,
        "secret-key-of-this-test",
        "reply-token",
        "こころ",
        *SAID,
    ):
        assert secret not in text
