"""Closing and opening on days that the calendar has otherwise. A closure moves the dates that fall into it (`moving`);
taken back, it shortens nothing that was told.
"""

from typing import Final

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded.desk.moving import DateMover
from bot.library import Actor
from bot.library.desk import Closed, DeskError, DeskProblem, MovedDates
from bot.policies import Policy
from bot.storage.calendar import Closures, KeptEntry, SpecialEntry, policy_now

LONGEST_REASON: Final = 100
"""Characters of a reason: it stands in a line of a card."""


class Opening:
    """The days on which branches are open, within `session`'s transaction; `policy` as its file says."""

    def __init__(self, session: Session, policy: Policy, clock: Clock) -> None:
        self._session = session
        self._policy = policy
        self._clock = clock
        self._closures = Closures(session, clock)

    def list(self) -> tuple[KeptEntry, ...]:
        """What staff entered and holds today or later, in the order in which it was entered."""
        return self._closures.list()

    def enter(self, entry: SpecialEntry, *, by: str) -> Closed:
        """Close, or open at other hours; `by`: who enters it, for the record. The same again changes nothing.

        Raises DeskError for an unknown branch, and where it ends before it begins or is past.
        """
        self._refuse(entry)
        try:
            number, is_new = self._closures.add(entry, by=by)
        except ValueError:
            raise DeskError(DeskProblem.WRONG_HOURS) from None
        return Closed(number, is_new, self.move_dates(Actor.STAFF))

    def withdraw(self, number: int, *, by: str) -> KeptEntry:
        """Take an entry back. Raises DeskError where it is not in force."""
        taken_back = self._closures.remove(number, by=by)
        if taken_back is None:
            raise DeskError(DeskProblem.NO_CLOSURE)
        return taken_back

    def move_dates(self, actor: Actor = Actor.SYSTEM) -> MovedDates:
        """Move what lies in a closure: also what came into it by a renewal or an import at the same moment."""
        return DateMover(
            self._session, policy_now(self._session, self._policy, self._clock), self._clock
        ).move(actor)

    def _refuse(self, entry: SpecialEntry) -> None:
        if entry.branch and self._policy.branch(entry.branch) is None:
            raise DeskError(DeskProblem.NO_BRANCH)
        if entry.last_on < entry.first_on:
            raise DeskError(DeskProblem.ENDS_BEFORE_IT_BEGINS)
        if len(entry.reason) > LONGEST_REASON:
            text = f"the reason has {len(entry.reason)} characters; {LONGEST_REASON} are the most"
            raise DeskError(DeskProblem.REASON_TOO_LONG, text)
        if entry.last_on < self._clock.today():
            raise DeskError(DeskProblem.IS_PAST)
