"""Settings, read once from the environment or `.env` and frozen. The names are fixed by contract.

A missing or wrong setting is a `ConfigError` that names it; no secret's value stands in any message.
"""

from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LINE_API = "https://api.line.me"
LINE_DATA_API = "https://api-data.line.me"
LINE_LINK_DIALOG = "https://access.line.me/dialog/bot/accountLink"

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ConfigError(Exception):
    """A setting is missing or wrong; the text names each one and says what to do."""


class Settings(BaseSettings):
    """Everything that is set from outside."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    library: str = Field("mito", validation_alias="MADOGUCHI_LIBRARY")
    database_url: str = Field("sqlite:///var/madoguchi.sqlite3", validation_alias="DATABASE_URL")
    redis_url: str | None = Field(None, validation_alias="REDIS_URL")
    line_channel_secret: SecretStr | None = Field(None, validation_alias="LINE_CHANNEL_SECRET")
    line_channel_secret_previous: SecretStr | None = Field(
        None, validation_alias="LINE_CHANNEL_SECRET_PREVIOUS"
    )
    line_channel_access_token: SecretStr | None = Field(None, validation_alias="LINE_CHANNEL_ACCESS_TOKEN")
    line_channel_id: str | None = Field(None, validation_alias="LINE_CHANNEL_ID")
    line_api_base_url: str = Field(LINE_API, validation_alias="LINE_API_BASE_URL")
    line_data_api_base_url: str = Field(LINE_DATA_API, validation_alias="LINE_DATA_API_BASE_URL")
    line_link_url: str = Field(LINE_LINK_DIALOG, validation_alias="LINE_LINK_URL")
    public_url: str = Field("http://127.0.0.1:8000", validation_alias="PUBLIC_URL")
    staff_url: str | None = Field(None, validation_alias="STAFF_URL")
    secret_key: SecretStr | None = Field(None, validation_alias="SECRET_KEY")
    smtp_url: SecretStr | None = Field(None, validation_alias="SMTP_URL")
    metrics_token: SecretStr | None = Field(None, validation_alias="METRICS_TOKEN")
    database_pool_size: int = Field(10, ge=1, le=200, validation_alias="DATABASE_POOL_SIZE")
    lease_seconds: float = Field(30, ge=1, le=600, validation_alias="LEASE_SECONDS")
    now: datetime | None = Field(None, validation_alias="MADOGUCHI_NOW")

    @field_validator("now")
    @classmethod
    def _now_has_a_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a zone, as in 2026-12-01T10:00:00+09:00")
        return value

    @model_validator(mode="after")
    def _addresses_are_safe(self) -> Self:
        for name, address in (("PUBLIC_URL", self.public_url), ("STAFF_URL", self.staff_address)):
            if urlsplit(address).scheme != "https" and not _is_loopback(address):
                raise ValueError(f"{name} must be https except on loopback")
        return self

    @property
    def staff_address(self) -> str:
        """The server as staff reach their console, which is at `/staff/` there."""
        return self.staff_url or self.public_url

    def is_on_loopback(self) -> bool:
        """Whether patrons are on this very machine: a demo, a test, a developer."""
        return _is_loopback(self.public_url)

    def channel_secrets(self) -> tuple[str, ...]:
        """The channel secrets that sign webhooks, the present one first."""
        secrets = (self.line_channel_secret, self.line_channel_secret_previous)
        return tuple(secret.get_secret_value() for secret in secrets if secret is not None)

    def require(self, *names: str) -> None:
        """Raise ConfigError naming every one of the environment variables `names` that is not set."""
        fields = {str(field.validation_alias): key for key, field in type(self).model_fields.items()}
        missing = [name for name in names if not getattr(self, fields[name])]
        if missing:
            raise ConfigError(
                f"missing setting: {', '.join(missing)}. Set it in the environment or in a file named .env"
            )


def _is_loopback(address: str) -> bool:
    return (urlsplit(address).hostname or "") in _LOOPBACK


def load_settings(**overrides: object) -> Settings:
    """The settings, `overrides` by environment name winning over the environment.

    Raises ConfigError naming each wrong setting and why, without its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # The names are checked by the model itself.
    except ValidationError as error:
        problems = [
            ": ".join([*map(str, item["loc"]), item["msg"].removeprefix("Value error, ")])
            for item in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise ConfigError("wrong setting: " + "; ".join(problems)) from None
