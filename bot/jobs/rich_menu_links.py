"""Gives each LINE user the menu that is theirs: the patron's to whoever has a card linked, else the default.

The table of changes is the queue. One process at a time works on it (a lease): of two calls to LINE about one
LINE user nobody could say which comes last.
"""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.backoff import PUSHES
from bot.line.api import LineUnavailable, RichMenuApi
from bot.richmenu import PATRONS_FIRST
from bot.storage.engine import reading, writing
from bot.storage.leases import new_owner
from bot.storage.richmenus import MOST_AT_ONCE, Change, MenuChanges, RichMenus
from bot.storage.tasks import TaskLeases

_TASK: Final = "menu_links"
_LEASE: Final = timedelta(minutes=2)
"""Longer than the calls of one round can take."""

_log = structlog.get_logger("bot.jobs.rich_menu_links")


class MenuLinks:
    """Works on the changes."""

    def __init__(self, engine: Engine, line: RichMenuApi, clock: Clock) -> None:
        self._engine = engine
        self._line = line
        self._clock = clock
        self._owner = new_owner()

    def sweep(self) -> bool:
        """Make the changes whose time has come; True: there may be more.

        What LINE does not take waits for another time.
        """
        try:
            return self._round()
        except LineUnavailable as error:
            _log.warning("menus were not linked", why=str(error))
            return False

    def drain(self) -> None:
        """Make every change whose time has come. Raises LineUnavailable."""
        while self._round():
            pass

    def _round(self) -> bool:
        with reading(self._engine) as session:
            if not MenuChanges(session, self._clock).due(1):
                return False
        with writing(self._engine) as session:
            if not TaskLeases(session, self._clock).hold(_TASK, self._owner, _LEASE):
                return False
        try:
            return self._take()
        finally:
            with writing(self._engine) as session:
                TaskLeases(session, self._clock).release(_TASK, self._owner)

    def _take(self) -> bool:
        with reading(self._engine) as session:
            changes = MenuChanges(session, self._clock).due()
            deployed = RichMenus(session, self._clock).deployed().get(PATRONS_FIRST)
        if deployed is None:
            # Nothing was put in place yet, or no longer; a deployment sees to everybody.
            self._settle(changes)
            return len(changes) == MOST_AT_ONCE
        patrons = [change for change in changes if change.has_card and not change.is_blocked]
        guests = [change for change in changes if not change.has_card and not change.is_blocked]
        # To whoever has blocked us LINE gives nothing; their return is a change again.
        self._settle([change for change in changes if change.is_blocked])
        self._call(patrons, lambda users: self._line.link_menu(users, deployed.rich_menu_id))
        self._call(guests, self._line.unlink_menu)
        return len(changes) == MOST_AT_ONCE

    def _call(self, changes: Sequence[Change], call: Callable[[Sequence[str]], None]) -> None:
        if not changes:
            return
        try:
            call([change.line_user_id for change in changes])
        except LineUnavailable:
            failures = max(change.attempts for change in changes) + 1
            jitter = random.random()  # noqa: S311  # Only to be out of step.
            again_at = self._clock.now() + PUSHES.wait(failures, jitter)
            with writing(self._engine) as session:
                MenuChanges(session, self._clock).failed(changes, again_at)
            raise
        self._settle(changes)
        _log.info("menus linked", count=len(changes))

    def _settle(self, changes: Sequence[Change]) -> None:
        if changes:
            with writing(self._engine) as session:
                MenuChanges(session, self._clock).done(changes)
