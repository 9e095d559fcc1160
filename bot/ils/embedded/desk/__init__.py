"""What the counter does to the embedded library: `lending`, `reservations`, `opening`, a look at its `shelves`, and
temporary passwords.

Each use case works within the caller's transaction under the locks of `bot.ils.embedded.locks` (patron, title, then
the reservation's own row), asks the rules, writes history by staff and returns what to tell the librarian. What
can't be done raises DeskError, whose text names no person and no title; an unknown card raises PatronNotFound.
"""

import secrets

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded.desk.book import ReservationBook
from bot.ils.embedded.desk.lending import Lending
from bot.ils.embedded.desk.opening import Opening
from bot.ils.embedded.desk.reservations import Reservations
from bot.ils.embedded.desk.shelves import Shelves
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.library import Actor
from bot.library.desk import (
    CheckedOut,
    Closed,
    DeskError,
    Moved,
    MovedDates,
    NextInQueue,
    Reserved,
    Returned,
)
from bot.policies import Policy
from bot.rules import passwords as password_rules
from bot.storage.calendar import policy_now

__all__ = [
    "CheckedOut",
    "Closed",
    "Desk",
    "DeskError",
    "Moved",
    "MovedDates",
    "NextInQueue",
    "Reserved",
    "Returned",
]

_PASSWORD_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105  # None that is read as another.
_PASSWORD_LENGTH = 8


class Desk:
    """The counter, within `session`'s transaction."""

    def __init__(self, session: Session, policy: Policy, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self.opening = Opening(session, policy, clock)
        self._policy = policy = policy_now(session, policy, clock)
        self.book = ReservationBook(session, clock)
        self.lending = Lending(session, policy, clock, self.book)
        self.reservations = Reservations(session, policy, clock, self.book)
        self.shelves = Shelves(session, self.book)

    def temporary_password(self, card_number: str) -> str:
        """A new temporary password, which replaces the card's password, if any; it is shown this once."""
        password = self._new_password(card_number)
        EmbeddedPasswords(self._session, self._policy, self._clock).set_by_staff(
            card_number, password, temporary=True, actor=Actor.STAFF
        )
        return password

    def _new_password(self, card_number: str) -> str:
        length = max(_PASSWORD_LENGTH, self._policy.password.min_length)
        while True:
            password = "".join(secrets.choice(_PASSWORD_CHARACTERS) for _ in range(length))
            if not password_rules.reasons_against(
                password, password, card_number=card_number, temporary=None, policy=self._policy
            ):
                return password
