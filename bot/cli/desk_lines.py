"""What `madoguchi desk` answers, in words. Whoever reads it stands at the counter and may see card numbers."""

from collections.abc import Iterator, Sequence

from bot.library import Loan, ReservationList
from bot.policies import Policy
from bot.storage.calendar import KeptEntry, SpecialEntry
from bot.wiring import CheckedOut, Closed, Moved, NextInQueue


def checked_out(result: CheckedOut, policy: Policy) -> Iterator[str]:
    """A copy was lent."""
    yield f"{result.barcode}: lent, due on {result.due_on}"
    if result.fulfilled:
        yield f"reservation {result.fulfilled}: fulfilled"
    yield from _freed(result.freed, result.next_in_queue, policy)


def moved(result: Moved, policy: Policy) -> Iterator[str]:
    """A reservation is in another state now."""
    parts = [f"reservation {result.reservation_id}: {result.state.value.replace('_', ' ')}"]
    if result.barcode:
        parts.append(f"copy {result.barcode} for card {result.card_number}")
        parts.append(f"pickup at {_branch(result.pickup_branch, policy)}")
    if result.pickup_by is not None:
        parts.append(f"until {result.pickup_by}")
    yield ", ".join(parts)
    # The copy may have gone straight to the one whom this line is about.
    if result.freed != result.barcode:
        yield from _freed(result.freed, result.next_in_queue, policy)


def _freed(barcode: str, following: NextInQueue | None, policy: Policy) -> Iterator[str]:
    if barcode:
        yield from next_in_queue(barcode, following, policy)


def next_in_queue(barcode: str, following: NextInQueue | None, policy: Policy) -> Iterator[str]:
    """What becomes of a copy that is free now."""
    if following is None:
        yield f"{barcode}: nobody waits for it, back to its shelf"
        return
    yield (
        f"{barcode}: set it aside for reservation {following.reservation_id}, card {following.card_number}, "
        f"pickup at {_branch(following.pickup_branch, policy)}"
    )


def closed(result: Closed, entry: SpecialEntry, policy: Policy) -> Iterator[str]:
    """Days that are otherwise were entered."""
    known = "" if result.is_new else " (entered before)"
    yield f"{_special(result.number, entry, policy)}{known}"
    yield f"due dates moved: {result.moved.due_dates}, last days on the hold shelf moved: {result.moved.last_days}"


def special_entry(kept: KeptEntry, policy: Policy) -> str:
    """One entry, with who made it."""
    return f"{_special(kept.number, kept.entry, policy)}, by {kept.made_by}"


def _special(number: int, entry: SpecialEntry, policy: Policy) -> str:
    where = _branch(entry.branch, policy) if entry.branch else "all branches"
    days = str(entry.first_on) if entry.first_on == entry.last_on else f"{entry.first_on} to {entry.last_on}"
    how = f"open {entry.hours}" if entry.hours else "closed"
    return ", ".join(filter(None, (f"{number}: {where} {how} {days}", entry.reason)))


def record(loans: Sequence[Loan], reservations: ReservationList, policy: Policy) -> Iterator[str]:
    """A patron's loans and reservations."""
    for loan in loans:
        yield f"loan {loan.barcode}: title {loan.title.title_id}, due on {loan.due_on}, renewals {loan.renewals}"
    for item in reservations.reservations:
        title_id = item.title.title_id if item.title is not None else ""
        place = f"place {item.queue_position} of {item.queue_length}"
        until = f", until {item.pickup_by}" if item.pickup_by is not None else ""
        yield (
            f"reservation {item.reservation_id}: title {title_id}, {item.state.value.replace('_', ' ')}, {place}, "
            f"pickup at {_branch(item.pickup_branch, policy)}{until}"
        )
    for requests in reservations.counter_requests:
        yield f"requests for titles not held: {requests.count}, asked for at {_branch(requests.branch, policy)}"
    if not loans and not reservations.count:
        yield "no loans and no reservations"


def _branch(code: str, policy: Policy) -> str:
    branch = policy.branch(code)
    return branch.name if branch is not None else code or "an unknown branch"
