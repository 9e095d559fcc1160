"""May this patron change where this reservation is picked up, and how they are told?

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/change.yaml`):

    CHANGE-1 not_yours          there is none, or it belongs to another card
    CHANGE-2 already_closed     picked up, cancelled, run out or declined
    CHANGE-3 ready_for_pickup   it waits on the hold shelf: phone the pickup branch
    CHANGE-4 in_preparation     a copy is set aside, or on its way to the branch
    CHANGE-5 no_email_for_mail  メール was chosen and no address is recorded
    CHANGE-6 allowed            none of these: it is queued
"""

from dataclasses import dataclass

from bot.library import ChangeFacts, ChangeReason, Contact, ReservationChange, ReservationState
from bot.rules.decision import applying


@dataclass(frozen=True, slots=True)
class ChangeDecision:
    """Whether a reservation may be changed by its patron."""

    reasons: tuple[ChangeReason, ...]
    phone_branch: str
    """Code of the branch to phone where it may not: the pickup branch; empty if that is not to be told."""

    @property
    def allowed(self) -> bool:
        """No reason stands against it."""
        return not self.reasons


def decide(facts: ChangeFacts, wished: ReservationChange) -> ChangeDecision:
    """Decide on one reservation. Of another patron's nothing is told but that it is not theirs."""
    reservation = facts.reservation
    if reservation is None or reservation.card_number != facts.patron.card_number:
        return ChangeDecision((ChangeReason.NOT_YOURS,), "")
    reasons = applying(
        [
            (ChangeReason.ALREADY_CLOSED, not reservation.is_active),
            (ChangeReason.READY_FOR_PICKUP, reservation.state is ReservationState.READY),
            (ChangeReason.IN_PREPARATION, reservation.state is ReservationState.IN_PREPARATION),
            (
                ChangeReason.NO_EMAIL_FOR_MAIL,
                wished.contact is Contact.MAIL and not facts.patron.email,
            ),
        ]
    )
    return ChangeDecision(reasons, reservation.pickup_branch)
