"""What the mail pages need from outside."""

from dataclasses import dataclass

from sqlalchemy import Engine

from bot.clock import Clock
from bot.policies import Policy


@dataclass(frozen=True, slots=True)
class MailServices:
    """Handed in by whoever builds the web application."""

    engine: Engine
    policy: Policy
    clock: Clock
    public_url: str
    """This server as patrons reach it (`PUBLIC_URL`)."""
