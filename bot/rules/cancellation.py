"""May this patron cancel this reservation in chat?

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/cancellation.yaml`):

    CANCEL-1 not_yours         there is none, or it belongs to another card
    CANCEL-2 already_closed    picked up, cancelled, run out or declined
    CANCEL-3 ready_for_pickup  it waits on the hold shelf: phone the pickup branch
    CANCEL-4 in_preparation    set aside, where the policy does not let the patron cancel then (Mito)
    CANCEL-5 allowed           none of these
"""

from dataclasses import dataclass

from bot.library import CancellationFacts, CancellationReason, ReservationState
from bot.policies import Policy
from bot.rules.decision import applying


@dataclass(frozen=True, slots=True)
class CancellationDecision:
    """Whether a reservation may be cancelled by its patron."""

    reasons: tuple[CancellationReason, ...]
    phone_branch: str
    """Code of the branch to phone where it may not: the pickup branch; empty if that is not to be told."""

    @property
    def allowed(self) -> bool:
        """No reason stands against it."""
        return not self.reasons


def decide(facts: CancellationFacts, policy: Policy) -> CancellationDecision:
    """Decide on one reservation. Of another patron's nothing is told but that it is not theirs."""
    reservation = facts.reservation
    if reservation is None or reservation.card_number != facts.card_number:
        return CancellationDecision((CancellationReason.NOT_YOURS,), "")
    states = policy.cancellation.cancellable_states
    reasons = applying(
        [
            (CancellationReason.ALREADY_CLOSED, not reservation.is_active),
            (CancellationReason.READY_FOR_PICKUP, reservation.state is ReservationState.READY),
            (
                CancellationReason.IN_PREPARATION,
                reservation.state is ReservationState.IN_PREPARATION
                and ReservationState.IN_PREPARATION not in states,
            ),
        ]
    )
    return CancellationDecision(reasons, reservation.pickup_branch)
