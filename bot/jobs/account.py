"""Looks now and then under which id LINE's users find the library's account: pages lead back to its chat by it."""

from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import Engine

from bot.clock import Clock
from bot.line.api import BotInfo
from bot.storage.engine import writing
from bot.storage.tasks import SharedValues, keep_account_id

LOOK_EVERY: Final = timedelta(days=1)
"""It changes when the library buys another id, if ever."""


class KnowsAccount(Protocol):
    """LINE, as far as it is asked here."""

    def bot_info(self) -> BotInfo:
        """This bot as LINE knows it. Raises LineUnavailable."""
        ...


class AccountLook:
    """Asks LINE and keeps the answer."""

    def __init__(self, engine: Engine, line: KnowsAccount, clock: Clock) -> None:
        self._engine = engine
        self._line = line
        self._clock = clock

    def look(self) -> None:
        """Once. Raises LineUnavailable."""
        basic_id = self._line.bot_info().basic_id
        with writing(self._engine) as session:
            keep_account_id(SharedValues(session, self._clock), basic_id)
