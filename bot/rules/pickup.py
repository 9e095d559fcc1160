"""Until when a reserved item is kept, when the patron is told, and whether it can be picked up.

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/pickup.yaml`):

    PICKUP-1  not_ready       it is not on the hold shelf (waiting, in preparation, picked up, cancelled, declined)
    PICKUP-2  pickup_expired  after its last day, released or not
    PICKUP-3  allowed         none of these

And when it became ready (rows of `tests/data/rules/keeping.yaml`):

    PICKUP-4  notified_on  the day it became ready (Kyoto), or the next day the pickup branch is open (Mito)
    PICKUP-5  pickup_by    a week after the notice; with 連絡不要 / 不要 after the day it became ready
    PICKUP-6  pickup_by    a last day on which the branch is closed becomes the next open one (assumption)
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.library import Contact, PickupFacts, PickupReason, Reservation, ReservationState
from bot.policies import Policy
from bot.rules.calendar import next_open_day
from bot.rules.decision import applying


@dataclass(frozen=True, slots=True)
class PickupDecision:
    """Whether a reserved item can be picked up today."""

    reasons: tuple[PickupReason, ...]

    @property
    def allowed(self) -> bool:
        """No reason stands against it."""
        return not self.reasons


def decide(facts: PickupFacts, today: date) -> PickupDecision:
    """Decide on one reservation; `pickup_by` on the reservation decides, not the policy's days."""
    reservation = facts.reservation
    was_ready = reservation.state in {ReservationState.READY, ReservationState.EXPIRED}
    reasons = applying(
        [
            (PickupReason.NOT_READY, not was_ready),
            (PickupReason.PICKUP_EXPIRED, has_run_out(reservation, today)),
        ]
    )
    return PickupDecision(reasons)


def has_run_out(reservation: Reservation, today: date) -> bool:
    """Kept until its last day and not picked up: released already, or still to be released."""
    if reservation.state is ReservationState.READY:
        return reservation.pickup_by is not None and today > reservation.pickup_by
    return reservation.state is ReservationState.EXPIRED


def notified_on(ready_on: date, pickup_branch: str, policy: Policy) -> date:
    """The day on which the patron is told that an item which became ready on `ready_on` waits."""
    if policy.pickup.notice == "at_once":
        return ready_on
    return next_open_day(pickup_branch, ready_on + timedelta(days=1), policy)


def pickup_by(ready_on: date, pickup_branch: str, contact: Contact, policy: Policy) -> date:
    """The last day on which it is kept."""
    start = ready_on if contact is Contact.NONE else notified_on(ready_on, pickup_branch, policy)
    last = start + timedelta(days=policy.pickup.keep_days)
    return next_open_day(pickup_branch, last, policy) if policy.pickup.closed_day_moves_on else last
