"""May this patron reserve this title, and which place in the queue would it be?

Branches, in order of precedence (the numbers stand in the rows of `tests/data/rules/reservation.yaml`):

    RESERVE-1  not_held                    the library does not hold the title
    RESERVE-2  card_expired                after the card's last day
    RESERVE-3  patron_suspended            up to and on the last day of the suspension
    RESERVE-4  material_not_reservable     a kind that can be found but not reserved (Mito: 情報公開)
    RESERVE-5  in_library_use_only         no copy may leave the building, or none is left that could
    RESERVE-6  contest_book_in_season      a book set for the contest, in the summer holidays (Mito)
    RESERVE-7  latest_issue                the newest issue of a magazine (Mito)
    RESERVE-8  on_loan_to_you              the patron has it on loan
    RESERVE-9  already_reserved            the patron waits for it already
    RESERVE-10 long_overdue_single_copy    the one loanable copy is long overdue (Mito)
    RESERVE-11 available_on_shelf          a loanable copy stands on the shelf (Kyoto)
    RESERVE-12 limit_reached               as many active reservations as allowed, counter requests included
    RESERVE-13 no_email_for_mail           メール was chosen and no address is recorded
    RESERVE-14 allowed                     none of these
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.library import (
    Contact,
    CopyFacts,
    CopyStatus,
    CopyUse,
    ReservationFacts,
    ReservationReason,
    ReservationRequest,
    Title,
)
from bot.policies import Policy
from bot.rules.decision import applying, is_card_expired, is_suspended


@dataclass(frozen=True, slots=True)
class ReservationDecision:
    """Whether a title may be reserved today."""

    reasons: tuple[ReservationReason, ...]
    queue_position: int | None
    """The place it would get, from 1; None for what the library does not hold."""
    available: tuple[CopyFacts, ...]
    """Loanable copies that stand on the shelf now."""
    limit: int
    """How many active reservations a patron may have."""
    remaining: int
    """How many the patron may still make, this one included; never below 0."""
    reservable_from: date | None = None
    """With `contest_book_in_season`: the day after the season."""

    @property
    def allowed(self) -> bool:
        """No reason stands against it."""
        return not self.reasons


def decide(
    facts: ReservationFacts, request: ReservationRequest, policy: Policy, today: date
) -> ReservationDecision:
    """Decide on one title, as of `today` (a day in the library's zone)."""
    table = [
        (ReservationReason.NOT_HELD, facts.title is None),
        (ReservationReason.CARD_EXPIRED, is_card_expired(facts.patron, today)),
        (ReservationReason.PATRON_SUSPENDED, is_suspended(facts.patron, today)),
        *_about_title(facts, policy, today),
        (ReservationReason.ON_LOAN_TO_YOU, facts.on_loan_to_patron),
        (ReservationReason.ALREADY_RESERVED, facts.reserved_by_patron),
        *_about_copies(facts, policy, today),
        (ReservationReason.LIMIT_REACHED, facts.active_reservations >= policy.reservation.limit),
        (ReservationReason.NO_EMAIL_FOR_MAIL, request.contact is Contact.MAIL and not facts.patron.email),
    ]
    reasons = applying(table)
    in_season = ReservationReason.CONTEST_BOOK_IN_SEASON in reasons
    return ReservationDecision(
        reasons=reasons,
        queue_position=None if facts.title is None else facts.queue_length + 1,
        available=on_shelf(facts.copies),
        limit=policy.reservation.limit,
        remaining=max(0, policy.reservation.limit - facts.active_reservations),
        reservable_from=_day_after_season(policy, today) if in_season else None,
    )


def on_shelf(copies: tuple[CopyFacts, ...]) -> tuple[CopyFacts, ...]:
    """The loanable copies that stand on the shelf now."""
    return tuple(
        item
        for item in _lendable(copies)
        if item.copy.status is CopyStatus.IN_SERVICE and item.due_on is None and not item.set_aside
    )


def _about_title(
    facts: ReservationFacts, policy: Policy, today: date
) -> list[tuple[ReservationReason, bool]]:
    title = facts.title
    if title is None:
        return []
    rules = policy.reservation
    return [
        (ReservationReason.MATERIAL_NOT_RESERVABLE, title.material not in rules.reservable_materials),
        (ReservationReason.IN_LIBRARY_USE_ONLY, rules.refuse_in_library_use and not _lendable(facts.copies)),
        (ReservationReason.CONTEST_BOOK_IN_SEASON, _is_contest_book_in_season(title, policy, today)),
        (ReservationReason.LATEST_ISSUE, rules.refuse_latest_issue and title.latest_issue),
    ]


def _about_copies(
    facts: ReservationFacts, policy: Policy, today: date
) -> list[tuple[ReservationReason, bool]]:
    rules = policy.reservation
    return [
        (
            ReservationReason.LONG_OVERDUE_SINGLE_COPY,
            rules.refuse_long_overdue_single_copy
            and _is_single_and_long_overdue(facts.copies, policy, today),
        ),
        (
            ReservationReason.AVAILABLE_ON_SHELF,
            rules.only_when_all_on_loan and bool(on_shelf(facts.copies)),
        ),
    ]


def _lendable(copies: tuple[CopyFacts, ...]) -> tuple[CopyFacts, ...]:
    """Copies for loan that are not lost (one in repair comes back); in-library copies are no spare."""
    return tuple(
        item for item in copies if item.copy.use is CopyUse.LOAN and item.copy.status is not CopyStatus.LOST
    )


def _is_contest_book_in_season(title: Title, policy: Policy, today: date) -> bool:
    rules = policy.reservation
    if title.contest_division not in rules.contest_divisions:
        return False
    start, end = rules.contest_season_from, rules.contest_season_until
    return start is not None and end is not None and start <= today.isoformat()[5:] <= end


def _day_after_season(policy: Policy, today: date) -> date | None:
    """The day after this year's season; its last day is `MM-DD` in the policy."""
    last = policy.reservation.contest_season_until
    if last is None:
        return None
    month, day = (int(part) for part in last.split("-"))
    # Counted back from the next month's first day, since 02-29 is not a day of every year.
    return min(date(today.year, month, 1) + timedelta(days=day), _first_of_next_month(today.year, month))


def _first_of_next_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _is_single_and_long_overdue(copies: tuple[CopyFacts, ...], policy: Policy, today: date) -> bool:
    lendable = _lendable(copies)
    if len(lendable) != 1 or lendable[0].due_on is None:
        return False
    return (today - lendable[0].due_on).days > policy.reservation.long_overdue_days
