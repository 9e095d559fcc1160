"""Dockerfile and compose.yaml, as far as they can be looked at without Docker."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.main import main
from bot.config import Settings

ROOT = Path(__file__).parents[1]
OURS = ("migrate", "web", "worker")
OTHERS = ("postgres", "redis")

_FLOATING = re.compile(r"(^|:)(latest|stable|slim|alpine)?$")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, in order, with what follows each."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]


def last(name: str) -> str:
    """What the last instruction of this name says: that of the image that runs."""
    return [rest for instruction, rest in instructions() if instruction == name][-1]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def copied() -> list[str]:
    """What the Dockerfile takes from this folder."""
    copies = [rest.split() for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    return [source for *sources, _ in copies for source in sources]


def test_everything_that_is_copied_is_there_and_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored  # Nothing but what is named: no .env, no database.
    for source in copied():
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied())


def test_all_packages_of_the_distribution_are_copied() -> None:
    assert set(copied()) >= {"bot", "webhooks", "simulator", "pyproject.toml", "requirements.lock"}


def test_the_base_image_is_of_one_minor_version() -> None:
    [base] = [rest for name, rest in instructions() if name == "ARG"]
    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.\d+-slim-\w+", base)
    assert {rest.split()[0] for name, rest in instructions() if name == "FROM"} == {"${PYTHON_IMAGE}"}


def test_what_is_installed_is_checked_against_the_hashes_of_the_lock() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and " install " in rest]
    assert len(installs) == 2
    for install in installs:
        assert "--require-hashes -r requirements.lock" in install or "--no-deps --no-index" in install


def test_it_runs_as_a_numbered_user_who_owns_nothing() -> None:
    user = last("USER")
    assert re.fullmatch(r"\d+:\d+", user)
    assert "0" not in user.split(":")
    # All that is copied belongs to root, as it does where no --chown is given.
    assert not [rest for name, rest in instructions() if name in {"COPY", "ADD"} and "--chown" in rest]


def test_it_starts_the_command_and_nothing_else() -> None:
    assert json.loads(last("ENTRYPOINT")) == ["madoguchi"]
    assert_understood(json.loads(last("CMD")))
    assert "/healthz" in last("HEALTHCHECK")


def test_no_secret_is_set_in_the_image() -> None:
    secret = re.compile(r"SECRET|TOKEN|PASSWORD|_URL|KEY")
    assert not [rest for name, rest in instructions() if name in {"ENV", "ARG"} and secret.search(rest)]


@pytest.mark.parametrize("name", OURS)
def test_each_service_of_ours_runs_a_command_that_there_is(compose: dict[str, Any], name: str) -> None:
    assert_understood(compose["services"][name]["command"])


def test_there_are_these_services_and_ours_share_one_image(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, *OTHERS}
    assert len({compose["services"][name]["image"] for name in OURS}) == 1


def test_each_setting_that_is_handed_in_is_one_and_no_secret_has_a_value(compose: dict[str, Any]) -> None:
    known = {str(field.validation_alias): field for field in Settings.model_fields.values()}
    for name in OURS:
        environment = compose["services"][name]["environment"]
        assert set(environment) <= set(known)
        for setting, value in environment.items():
            if "SecretStr" in str(known[setting].annotation):
                assert re.fullmatch(rf"\$\{{{setting}:[?-][^}}]*\}}", value)


def test_what_is_needed_to_start_is_asked_for_by_name(compose: dict[str, Any]) -> None:
    environment = compose["services"]["web"]["environment"]
    for setting in ("SECRET_KEY", "LINE_CHANNEL_SECRET", "PUBLIC_URL"):
        assert environment[setting].startswith(f"${{{setting}:?")


@pytest.mark.parametrize("name", [*OURS, *OTHERS])
def test_each_service_is_started_again_and_writes_nowhere_but_where_it_must(
    compose: dict[str, Any], name: str
) -> None:
    service = compose["services"][name]
    assert service["restart"] in {"unless-stopped", "on-failure"}
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    if name in OTHERS:
        assert not _FLOATING.search(service["image"])


def test_only_the_web_is_reached_and_only_from_this_machine(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])
    assert all(services[name]["networks"] == ["back"] for name in OTHERS)
    assert compose["networks"]["back"]["internal"] is True


def test_web_and_worker_wait_for_the_tables_and_the_servers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name in ("web", "worker"):
        conditions = {other: wait["condition"] for other, wait in services[name]["depends_on"].items()}
        assert conditions == {
            "migrate": "service_completed_successfully",
            "postgres": "service_healthy",
            "redis": "service_healthy",
        }
    assert all("test" in services[name]["healthcheck"] for name in OTHERS)


def test_each_volume_that_is_used_is_declared(compose: dict[str, Any]) -> None:
    used = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])


def assert_understood(arguments: list[str]) -> None:
    """The command takes these arguments (nothing is run)."""
    with main.make_context("madoguchi", list(arguments), resilient_parsing=False) as context:
        command = main.get_command(context, arguments[0])
        assert command is not None, f"no command {arguments[0]}"
        with command.make_context(arguments[0], arguments[1:], parent=context):
            pass
