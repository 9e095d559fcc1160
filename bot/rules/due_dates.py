"""What closed days do to due dates, and to last days of what waits already. By the policy they stay, or move on to the
next day on which the branch is open: for a loan the copy's branch, on the hold shelf the pickup branch.

    DUE-1  stays     closed days move nothing, or the day is none of those that do
    DUE-2  moves_on  a special closed day (台風), for a new due date or that of a loan that runs
    DUE-3  moves_on  any closed day, for a new due date alone
    DUE-4  moves_on  a special closed day, for the last day of what waits on the hold shelf

The last day of what becomes ready now is `bot.rules.pickup`'s matter.
"""

from datetime import date

from bot.policies import Policy
from bot.rules.calendar import Why, day_at, next_open_day


def new_due_on(wanted: date, branch: str, policy: Policy) -> date:
    """The due date that a loan or a renewal gets; `branch`: code of the one that holds the copy, or empty."""
    at = day_at(branch, wanted, policy)
    moves = {"nothing": False, "special_days": at.why is Why.SPECIAL, "closed_days": True}
    if at.is_open or not moves[policy.due_dates.moved_by]:
        return wanted
    return next_open_day(branch, wanted, policy)


def running_due_on(due_on: date, branch: str, policy: Policy) -> date:
    """The due date of a loan that runs, after special days were entered."""
    at = day_at(branch, due_on, policy)
    if at.is_open or at.why is not Why.SPECIAL or policy.due_dates.moved_by == "nothing":
        return due_on
    return next_open_day(branch, due_on, policy)


def running_pickup_by(pickup_by: date, branch: str, policy: Policy) -> date:
    """The last day of what waits on the hold shelf of `branch`, after special days were entered."""
    at = day_at(branch, pickup_by, policy)
    if at.is_open or at.why is not Why.SPECIAL or not policy.pickup.closed_day_moves_on:
        return pickup_by
    return next_open_day(branch, pickup_by, policy)
