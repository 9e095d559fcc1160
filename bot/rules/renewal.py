"""May this loan be renewed, and until when?

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/renewal.yaml`):

    RENEW-1  not_on_loan            this patron has no such open loan
    RENEW-2  card_expired           after the card's last day
    RENEW-3  patron_suspended       up to and on the last day of the suspension
    RENEW-4  overdue                after the due date; on the due date itself it is still allowed
    RENEW-5  reserved_by_other      another patron's queued reservation on the title
    RENEW-6  interlibrary_loan      borrowed from another library
    RENEW-7  renewal_limit_reached  renewed as often as the policy allows
    RENEW-8  checkout_day           on the day of checkout, where the policy refuses it (Kyoto)
    RENEW-9  no_gain                the new due date would not be later than the present one (assumption)
    RENEW-10 allowed                none of these
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.library import Loan, RenewalFacts, RenewalReason
from bot.policies import Policy
from bot.rules import due_dates
from bot.rules.decision import applying, is_card_expired, is_suspended


@dataclass(frozen=True, slots=True)
class RenewalDecision:
    """Whether a loan may be renewed today."""

    reasons: tuple[RenewalReason, ...]
    new_due_on: date | None
    """The due date a renewal today gives, or would give; None without a loan."""
    helps_from: date | None = None
    """With `no_gain`: the first day on which a renewal gives a later due date."""

    @property
    def allowed(self) -> bool:
        """No reason stands against it."""
        return not self.reasons


def decide(facts: RenewalFacts, policy: Policy, today: date) -> RenewalDecision:
    """Decide on one loan, as of `today` (a day in the library's zone)."""
    loan = facts.loan if facts.loan is not None and facts.loan.is_open else None
    standing = [
        (RenewalReason.NOT_ON_LOAN, loan is None),
        (RenewalReason.CARD_EXPIRED, is_card_expired(facts.patron, today)),
        (RenewalReason.PATRON_SUSPENDED, is_suspended(facts.patron, today)),
    ]
    if loan is None:
        return RenewalDecision(applying(standing), None)
    gains_nothing = _gains_nothing(loan, policy, today)
    reasons = applying(
        [
            *standing,
            (RenewalReason.OVERDUE, is_overdue(loan, today)),
            (RenewalReason.RESERVED_BY_OTHER, facts.queued_by_others > 0),
            (RenewalReason.INTERLIBRARY_LOAN, loan.interlibrary),
            (RenewalReason.RENEWAL_LIMIT_REACHED, loan.renewals >= policy.renewal.limit),
            (RenewalReason.CHECKOUT_DAY, _is_refused_checkout_day(loan, policy, today)),
            (RenewalReason.NO_GAIN, gains_nothing),
        ]
    )
    helps_from = _helps_from(loan, policy) if gains_nothing else None
    return RenewalDecision(reasons, due_on_after_renewal(policy, today, loan.branch), helps_from)


def due_on_after_renewal(policy: Policy, today: date, branch: str = "") -> date:
    """The due date that a renewal on `today` gives; `branch`: code of the one that holds the copy, or empty.

    Mito: a period of 15 days from the day of the request, which counts (assumption).
    Kyoto: two weeks after it. Closed days may move it on (`bot.rules.due_dates`).
    """
    return due_dates.new_due_on(today + timedelta(days=policy.renewal.days_gained), branch, policy)


def is_overdue(loan: Loan, today: date) -> bool:
    """After the due date."""
    return today > loan.due_on


def is_due_soon(loan: Loan, policy: Policy, today: date) -> bool:
    """Due within the policy's days from `today`, and not overdue."""
    return 0 <= (loan.due_on - today).days <= policy.renewal.due_soon_days


def _is_refused_checkout_day(loan: Loan, policy: Policy, today: date) -> bool:
    return not policy.renewal.allowed_on_checkout_day and today <= loan.checked_out_on


def _gains_nothing(loan: Loan, policy: Policy, today: date) -> bool:
    return policy.renewal.refuse_no_gain and due_on_after_renewal(policy, today, loan.branch) <= loan.due_on


def _helps_from(loan: Loan, policy: Policy) -> date:
    """The first day whose new due date is later than the present one; never after the present one."""
    first = loan.due_on - timedelta(days=policy.renewal.days_gained - 1)
    # A due date that closed days move on helps from some days earlier.
    while due_on_after_renewal(policy, first - timedelta(days=1), loan.branch) > loan.due_on:
        first -= timedelta(days=1)
    return first
