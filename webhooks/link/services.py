"""What the link pages need from outside."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.accounts.sign_in import AskToConfirm, TellRegistered
from bot.clock import Clock
from bot.library import PasswordDesk
from bot.policies import Policy


@dataclass(frozen=True, slots=True)
class LinkServices:
    """Handed in by whoever builds the web application."""

    engine: Engine
    policy: Policy
    clock: Clock
    passwords: Callable[[Session], PasswordDesk]
    tell_registered: TellRegistered
    ask_to_confirm: AskToConfirm
    link_url: str
    """LINE's account-link dialog (`LINE_LINK_URL`)."""
    public_url: str
    """This server as patrons reach it (`PUBLIC_URL`)."""
