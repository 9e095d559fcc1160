"""The simulator as the process that people start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from simulated_line import ask

from simulator.__main__ import main

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "SIMULATOR_WEBHOOK_URL": "http://127.0.0.1:9/line/webhook",
    "SIMULATOR_CHANNEL_SECRET": "s",
    "SIMULATOR_CHANNEL_ACCESS_TOKEN": "t",
}


def start(*arguments: str, **settings: str) -> subprocess.Popen[str]:
    """The process with these settings and no others of the simulator's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIMULATOR_")}
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=inherited | settings, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_though_a_phone_is_open(how: signal.Signals) -> None:
    process = start("--port", "0", "--clock-offset-seconds", "86400", **SETTINGS)
    assert process.stdout
    assert process.stderr
    try:
        address = process.stdout.readline().rpartition(" ")[2].strip()
        stream = ask("GET", f"{address}/simulator/feed", preload_content=False)
        assert b"data" in next(stream.stream(20))
        process.send_signal(how)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("missing", SETTINGS)
def test_a_missing_setting_is_named(missing: str) -> None:
    said = refused(**{name: value for name, value in SETTINGS.items() if name != missing})
    assert missing in said
    assert said.count("\n") == 1


def test_a_webhook_address_that_is_none_is_named() -> None:
    said = refused(**SETTINGS | {"SIMULATOR_WEBHOOK_URL": "127.0.0.1:8000/line/webhook"})
    assert "SIMULATOR_WEBHOOK_URL" in said


def refused(**settings: str) -> str:
    """What the command says when it does not start with these settings and no others."""
    given = {name: settings.get(name) for name in SETTINGS}
    result = CliRunner().invoke(main, ["--port", "0"], env=given)
    assert result.exit_code == 1
    return result.stderr
