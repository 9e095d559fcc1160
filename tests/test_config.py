"""Settings: what is missing or wrong is named, and no secret's value is shown."""

from pathlib import Path

import pytest

from bot.config import ConfigError, load_settings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        "SECRET_KEY",
        "PUBLIC_URL",
        "STAFF_URL",
        "MADOGUCHI_NOW",
        "MADOGUCHI_LIBRARY",
        "LINE_CHANNEL_SECRET",
    ):
        monkeypatch.delenv(name, raising=False)


def test_defaults_are_those_of_the_contract() -> None:
    settings = load_settings()
    assert settings.library == "mito"
    assert settings.database_url.startswith("sqlite:///var/")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.line_api_base_url == "https://api.line.me"
    assert settings.redis_url is None
    assert settings.secret_key is None


def test_settings_come_from_the_environment_and_from_dotenv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MADOGUCHI_LIBRARY=kyoto\nSECRET_KEY=from-file\n")
    monkeypatch.setenv("MADOGUCHI_LIBRARY", "mito")
    settings = load_settings()
    assert settings.library == "mito"
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "from-file"


def test_an_empty_setting_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_NOW", "")
    assert load_settings().now is None


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(ConfigError, match=r"SECRET_KEY, LINE_CHANNEL_SECRET"):
        load_settings().require("SECRET_KEY", "PUBLIC_URL", "LINE_CHANNEL_SECRET")


@pytest.mark.parametrize("value", ["yesterday", "2026-12-01T10:00:00"])
def test_a_start_that_is_no_instant_is_refused_by_name(value: str) -> None:
    with pytest.raises(ConfigError, match="MADOGUCHI_NOW"):
        load_settings(MADOGUCHI_NOW=value)


def test_a_public_address_without_https_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^wrong setting: PUBLIC_URL must be https"):
        load_settings(PUBLIC_URL="http://library.example")
    assert load_settings(PUBLIC_URL="https://library.example")
    assert load_settings(PUBLIC_URL="http://localhost:8000")


def test_no_secret_stands_in_a_printed_setting_or_an_error() -> None:
    settings = load_settings(SECRET_KEY="very-secret", LINE_CHANNEL_SECRET="very-secret")
    assert "very-secret" not in repr(settings)
    with pytest.raises(ConfigError) as error:
        load_settings(SECRET_KEY="very-secret", MADOGUCHI_NOW="very-secret")
    assert "very-secret" not in str(error.value)


def test_the_present_channel_secret_comes_before_the_previous_one() -> None:
    settings = load_settings(LINE_CHANNEL_SECRET="new", LINE_CHANNEL_SECRET_PREVIOUS="old")
    assert settings.channel_secrets() == ("new", "old")


def test_staff_reach_the_console_by_https_too() -> None:
    with pytest.raises(ConfigError, match=r"^wrong setting: STAFF_URL must be https"):
        load_settings(STAFF_URL="http://staff.library.example")
    settings = load_settings(PUBLIC_URL="https://library.example")
    assert settings.staff_address == "https://library.example"
    assert load_settings(STAFF_URL="http://127.0.0.1:8001").staff_address == "http://127.0.0.1:8001"
