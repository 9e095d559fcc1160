"""Performs what a turn decided. Each effect is whole or not done at all: a failure undoes it and nothing else."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.accounts import Friends, Links
from bot.clock import Clock
from bot.dialogue.effects import (
    AddToCart,
    AddWatch,
    Broken,
    CancelReservation,
    ChangeNotices,
    ChangeReservation,
    Effect,
    EndOtherLink,
    EndOtherOutcome,
    KeepSetting,
    RemoveFromCart,
    RenewLoan,
    ReserveTitle,
    Result,
    SettingOutcome,
    StopFollowUp,
    StopWatches,
    SwitchCard,
    SwitchOutcome,
    TellStaff,
    UnlinkCard,
    UnlinkOutcome,
)
from bot.jobs.forgetting import forget_chat
from bot.jobs.kept_effects import KeptEffects
from bot.jobs.own_events import OwnEvents
from bot.jobs.wish_effects import WishEffects
from bot.library import Library, LibraryError, LibraryMisunderstood, LibraryTimedOut
from bot.policies import Policy


class Effects:
    """What one LINE user may change in a turn, within the turn's transaction."""

    def __init__(
        self,
        session: Session,
        clock: Clock,
        library: Library,
        policy: Policy,
        line_user_id: str,
        own_events: OwnEvents,
    ) -> None:
        self._session = session
        self._clock = clock
        self._library = library
        self._line_user_id = line_user_id
        self._own_events = own_events
        self._kept = KeptEffects(session, clock, policy, line_user_id)
        self._links = Links(session, clock)
        self._wishes = WishEffects(session, clock, library, line_user_id)

    def perform(self, effects: Sequence[Effect]) -> tuple[Result, ...]:
        """What became of each, in their order."""
        return tuple(self._one(effect) for effect in effects)

    def _one(self, effect: Effect) -> Result:
        try:
            with self._session.begin_nested():
                return self._do(effect)
        except LibraryError as error:
            return Broken(effect, maybe_done=isinstance(error, LibraryTimedOut | LibraryMisunderstood))

    def _do(self, effect: Effect) -> Result:
        match effect:
            case RenewLoan(card_number, loan_id, expected):
                return self._library.renew(card_number, loan_id, expected_due_on=expected)
            case CancelReservation(card_number, reservation_id):
                return self._library.cancel(card_number, reservation_id)
            case ReserveTitle() | ChangeReservation() | AddToCart() | RemoveFromCart() | StopFollowUp():
                return self._wishes.perform(effect)
            case UnlinkCard(card_number):
                return self._unlink(card_number)
            case EndOtherLink(link_id):
                return self._end_other(link_id)
            case SwitchCard(card_number):
                return SwitchOutcome(card_number, self._links.use(self._line_user_id, card_number))
            case TellStaff() | ChangeNotices() | AddWatch() | StopWatches():
                return self._kept.perform(effect)
            case KeepSetting(name, value):
                Friends(self._session, self._clock).set_setting(self._line_user_id, name, value)
                return SettingOutcome(name, done=True)

    def _unlink(self, card_number: str) -> UnlinkOutcome:
        result = self._links.unlink(self._line_user_id, card_number)
        if result.done:
            forget_chat(self._session, self._clock, self._line_user_id)
        return UnlinkOutcome(card_number, result.done)

    def _end_other(self, link_id: str) -> EndOtherOutcome:
        ended = self._links.end_other(self._line_user_id, link_id)
        if ended is not None:
            # What is kept in the other chat goes in that chat's own turn.
            self._own_events.link_ended(ended.line_user_id, card_number=ended.card_number)
        return EndOtherOutcome(link_id, ended is not None)
