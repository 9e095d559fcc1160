"""Every command: help in plain words, exit status 0, 1 or 2, and failures in one line that names what to mend."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Context
from click.testing import CliRunner, Result

from bot.cli import main
from bot.policies import bundled_policy_text

COMMANDS = main.list_commands(Context(main))
SECRETS = {"LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t", "SECRET_KEY": "k"}
SETTINGS = [
    "MADOGUCHI_LIBRARY",
    "DATABASE_URL",
    "REDIS_URL",
    "LINE_CHANNEL_SECRET",
    "LINE_CHANNEL_SECRET_PREVIOUS",
    "LINE_CHANNEL_ACCESS_TOKEN",
    "LINE_CHANNEL_ID",
    "LINE_API_BASE_URL",
    "LINE_DATA_API_BASE_URL",
    "LINE_LINK_URL",
    "PUBLIC_URL",
    "STAFF_URL",
    "SECRET_KEY",
    "SMTP_URL",
    "MADOGUCHI_NOW",
]


@pytest.fixture(autouse=True)
def _a_machine_without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def run(*arguments: str, **settings: str) -> Result:
    """The command, in this process."""
    return CliRunner().invoke(main, arguments, env=dict(settings))


def assert_explained(result: Result, *named: str) -> None:
    """It failed with one line that names these, and without a trace."""
    assert result.exit_code == 1, result.output
    [line] = result.stderr.strip().splitlines()
    assert line.startswith("madoguchi: ")
    for name in named:
        assert name in line
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [[], *[[name] for name in COMMANDS]], ids=["madoguchi", *COMMANDS])
def test_every_command_has_help_and_needs_no_setting_for_it(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 4


def test_the_help_names_every_command_with_what_it_does() -> None:
    listed = run("--help").output
    for name in COMMANDS:
        assert f"\n  {name} " in listed


@pytest.mark.parametrize(
    "arguments",
    [
        ["extend"],
        ["--nonsense"],
        ["serve", "--port", "high"],
        ["serve", "--port", "70000"],
        ["serve", "extra"],
        ["migrate", "--now"],
        ["parse", "--today", "tomorrow"],
        ["demo", "--library", "osaka"],
        ["check", "extra"],
        ["import"],
        ["desk", "nonsense"],
        ["dead-letters", "nonsense"],
        ["dead-letters", "retry", "--all", "7"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_status_2(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_migrate_makes_the_tables_and_may_be_run_again(tmp_path: Path) -> None:
    for _ in range(2):
        result = run("migrate")
        assert (result.exit_code, result.output) == (0, "the database is up to date\n")
    assert (tmp_path / "var/madoguchi.sqlite3").exists()


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("not an address", ["DATABASE_URL"]),
        ("oracle9://x", ["DATABASE_URL"]),
        ("mysql://127.0.0.1/x", ["DATABASE_URL"]),
        ("sqlite:////proc/nowhere/x.sqlite3", ["DATABASE_URL", "/proc/nowhere"]),
        ("sqlite:////proc/self", ["DATABASE_URL"]),
        ("postgresql://someone:very-secret@127.0.0.1:1/x", ["DATABASE_URL"]),
    ],
)
@pytest.mark.parametrize("command", [["migrate"], ["serve", "--port", "0"]], ids=" ".join)
def test_a_database_that_can_not_be_used_is_explained(command: list[str], url: str, named: list[str]) -> None:
    result = run(*command, DATABASE_URL=url, **SECRETS)
    assert_explained(result, *named)
    assert "very-secret" not in result.output


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, ["LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "SECRET_KEY"]),
        ({"SECRET_KEY": "k"}, ["LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"]),
        ({**SECRETS, "SECRET_KEY": ""}, ["SECRET_KEY"]),
        ({"SECRET_KEY": "k", "LINE_CHANNEL_ID": "1"}, ["LINE_CHANNEL_SECRET"]),
        ({**SECRETS, "DATABASE_POOL_SIZE": "0"}, ["DATABASE_POOL_SIZE"]),
        ({**SECRETS, "PUBLIC_URL": "http://library.example"}, ["PUBLIC_URL"]),
        ({**SECRETS, "MADOGUCHI_NOW": "soon"}, ["MADOGUCHI_NOW"]),
        ({**SECRETS, "SMTP_URL": "mailbox"}, ["SMTP_URL"]),
        ({**SECRETS, "MADOGUCHI_LIBRARY": "nowhere.toml"}, ["nowhere.toml", "mito"]),
        (SECRETS, ["madoguchi migrate"]),
    ],
)
def test_serve_does_not_start_with_a_setting_missing_or_wrong(
    settings: dict[str, str], named: list[str]
) -> None:
    assert_explained(run("serve", "--port", "0", **settings), *named)


def test_more_than_one_web_process_needs_redis() -> None:
    assert_explained(run("serve", "--port", "0", "--processes", "2", **SECRETS), "REDIS_URL")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, ["LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN"]),
        (SECRETS, ["REDIS_URL"]),
        ({**SECRETS, "REDIS_URL": "redis://127.0.0.1:1"}, ["madoguchi migrate"]),
    ],
)
def test_a_worker_does_not_start_with_a_setting_missing(settings: dict[str, str], named: list[str]) -> None:
    assert_explained(run("worker", **settings), *named)


def test_a_redis_address_that_is_none_is_explained() -> None:
    run("migrate")
    assert_explained(run("worker", **{**SECRETS, "REDIS_URL": "somewhere"}), "REDIS_URL")


def test_serve_wants_two_ports_for_two_addresses() -> None:
    result = run("serve", "--port", "8000", "--staff-port", "8000", **SECRETS)
    assert result.exit_code == 2
    assert "--staff-port must be another one" in result.stderr


def test_serve_does_not_start_with_a_mistake_in_the_policy(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(bundled_policy_text("mito").replace("limit = 1 ", "limit = 0 ", 1), encoding="utf-8")
    result = run("serve", "--port", "0", MADOGUCHI_LIBRARY=str(file), **SECRETS)
    assert_explained(result, "ours.toml", "renewal.limit")


@pytest.mark.parametrize("place", [["--port", "{taken}"], ["--host", "no-such-host.invalid", "--port", "0"]])
def test_serve_says_when_it_can_not_listen(place: list[str], taken_port: int) -> None:
    run("migrate")
    result = run("serve", *[word.format(taken=taken_port) for word in place], **SECRETS)
    assert_explained(result, "--port")


def test_a_database_that_is_busy_too_long_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_arguments: object, **_more: object) -> None:
        raise TimeoutError("the database is busy")

    monkeypatch.setattr("bot.cli.database.upgrade", busy)
    assert_explained(run("migrate"), "the database is busy", "try again")
