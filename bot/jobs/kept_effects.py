"""Performs the changes of what is kept for a LINE user beside the library's record."""

from typing import TypeAlias

from sqlalchemy.orm import Session

from bot.accounts.settings import Settings
from bot.accounts.watches import Watches
from bot.clock import Clock
from bot.dialogue.effects import (
    AddWatch,
    ChangeNotices,
    KeptOutcome,
    StopWatches,
    TellStaff,
    TellStaffOutcome,
)
from bot.policies import Policy
from bot.storage.desk_messages import DeskMessages

KeptEffect: TypeAlias = TellStaff | ChangeNotices | AddWatch | StopWatches


class KeptEffects:
    """What one LINE user may change of their own, within the turn's transaction."""

    def __init__(self, session: Session, clock: Clock, policy: Policy, line_user_id: str) -> None:
        self._session = session
        self._clock = clock
        self._policy = policy
        self._line_user_id = line_user_id

    def perform(self, effect: KeptEffect) -> TellStaffOutcome | KeptOutcome:
        """What became of it; how many there may be is looked at here once more."""
        who, watches = self._line_user_id, Watches(self._session, self._clock)
        match effect:
            case TellStaff():
                return self._tell_staff(effect)
            case ChangeNotices(changes):
                Settings(self._session, self._clock).change(who, changes)
                return KeptOutcome(done=True)
            case AddWatch(kind, words):
                return KeptOutcome(watches.add(who, kind, words, most=self._policy.notices.watches))
            case StopWatches(watch_ids):
                return KeptOutcome(watches.stop(who, watch_ids))

    def _tell_staff(self, effect: TellStaff) -> TellStaffOutcome:
        number = DeskMessages(self._session, self._clock).add(
            self._line_user_id,
            card_number=effect.card_number,
            text=effect.text,
            message_id=effect.message_id,
            most=self._policy.desk.open_messages,
        )
        return TellStaffOutcome(number or 0, number is not None)
