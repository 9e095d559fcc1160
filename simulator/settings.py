"""The simulator's settings: secrets from the environment, the rest from the command line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

WEBHOOK_URL = "SIMULATOR_WEBHOOK_URL"
CHANNEL_ID = "SIMULATOR_CHANNEL_ID"
CHANNEL_SECRET = "SIMULATOR_CHANNEL_SECRET"  # noqa: S105  # The name of a setting.
CHANNEL_ACCESS_TOKEN = "SIMULATOR_CHANNEL_ACCESS_TOKEN"  # noqa: S105  # The name of a setting.

REDELIVERY_SECONDS = (1.0, 3.0, 10.0, 30.0)
"""Waits before each redelivery. LINE does not publish its own; these are short enough to watch."""


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the simulated channel is like."""

    webhook_url: str
    channel_secret: str
    channel_access_token: str
    channel_id: str = ""
    """With it and the secret, short-lived tokens are issued; empty: none are."""
    account_name: str = "図書館の窓口"
    """Shown at the head of the chat and in the account-link dialog."""
    redelivery_seconds: tuple[float, ...] = REDELIVERY_SECONDS
    """Empty: the console's switch for redelivery is off."""
    monthly_quota: int | None = None
    """Messages a month that pushes may use; None: without limit."""
    rate_limits: bool = True
    """Whether calls beyond LINE's documented rates are answered with 429."""


def from_environment(environment: Mapping[str, str] = os.environ, **more: object) -> Settings:
    """Settings from the environment, and `more` of them by name. Raises SettingsError."""
    names = (WEBHOOK_URL, CHANNEL_SECRET, CHANNEL_ACCESS_TOKEN)
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise SettingsError(f"set {', '.join(missing)} in the environment: the bot's own webhook and channel")
    url = environment[WEBHOOK_URL]
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingsError(
            f"{WEBHOOK_URL} must be a whole address such as http://127.0.0.1:8000/line/webhook"
        )
    more = {"channel_id": environment.get(CHANNEL_ID, ""), **more}
    return Settings(url, environment[CHANNEL_SECRET], environment[CHANNEL_ACCESS_TOKEN], **more)  # type: ignore[arg-type]
