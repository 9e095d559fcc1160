"""Reserves the next volume for whoever left it to us, once the one before was checked out; the sweeper calls it.

One transaction a wish: the reservation, what is left of the wish, and the event that tells the patron are committed
together or not at all. The rules decide as for a wish in the chat.
"""

from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.accounts import Friends
from bot.clock import Clock
from bot.jobs.own_events import OwnEvents
from bot.library import Channel, Contact, Library, LibraryError, PatronNotFound
from bot.storage.engine import reading, writing
from bot.storage.follow_ups import FollowUp, FollowUps

_log = structlog.get_logger("bot.jobs.follow_ups")

_ENDED: Final = "yes"


class FollowUpRunner:
    """Looks at the record for those who wait."""

    def __init__(self, engine: Engine, clock: Clock, open_library: Callable[[Session], Library]) -> None:
        self._engine = engine
        self._clock = clock
        self._open_library = open_library

    def sweep(self) -> None:
        """Look for everybody whose time has come."""
        with reading(self._engine) as session:
            due = FollowUps(session, self._clock).due()
        for follow_up_id in due:
            with writing(self._engine) as session:
                wish = FollowUps(session, self._clock).take(follow_up_id)
                if wish is not None:
                    self._look(session, wish)

    def _look(self, session: Session, wish: FollowUp) -> None:
        FollowUps(session, self._clock).look_later(wish.follow_up_id)
        if not Friends(session, self._clock).is_friend(wish.line_user_id):
            return  # Nobody could be told.
        try:
            with session.begin_nested():
                self._follow(session, wish)
        except PatronNotFound:
            FollowUps(session, self._clock).end(wish.follow_up_id)
        except LibraryError as error:
            # Looked at again later. Reserving it twice is no danger: the rules refuse what is reserved already.
            _log.warning("library did not answer", error=type(error).__name__)

    def _follow(self, session: Session, wish: FollowUp) -> None:
        """The volume is on loan: on. Still reserved: wait. Neither: there is nothing to follow any more."""
        library, follow_ups = self._open_library(session), FollowUps(session, self._clock)
        facts = library.reservation_facts(wish.card_number, wish.after_title_id)
        if facts.on_loan_to_patron:
            self._reserve_next(session, library, wish)
        elif not facts.reserved_by_patron:
            follow_ups.end(wish.follow_up_id)
            self._tell(session, wish, titleId=wish.after_title_id, ended=_ENDED)

    def _reserve_next(self, session: Session, library: Library, wish: FollowUp) -> None:
        follow_ups = FollowUps(session, self._clock)
        following, *later = wish.later
        outcome = library.reserve(
            wish.card_number,
            following,
            pickup_branch=wish.pickup_branch,
            contact=Contact(wish.contact),
            channel=Channel.LINE,
        )
        _log.info("followed up", done=outcome.done, reasons=[reason.value for reason in outcome.reasons])
        if outcome.done:
            follow_ups.moved_on(wish.follow_up_id, after_title_id=following, later=later)
            self._tell(session, wish, titleId=following, later=",".join(later))
        else:
            follow_ups.end(wish.follow_up_id)
            reasons = ",".join(reason.value for reason in outcome.reasons)
            self._tell(session, wish, titleId=following, reasons=reasons)

    def _tell(self, session: Session, wish: FollowUp, **outcome: str) -> None:
        OwnEvents(session, self._clock).followed_up(
            wish.line_user_id, card_number=wish.card_number, outcome=outcome
        )
