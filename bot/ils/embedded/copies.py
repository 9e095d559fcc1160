"""Which copy can be set aside for a reservation."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ils.embedded import gathering
from bot.library import Copy, CopyFacts, ReservationState
from bot.rules.reservation import on_shelf
from bot.storage.tables.library import LoanRow, ReservationRow

_SET_ASIDE = (ReservationState.IN_PREPARATION.value, ReservationState.READY.value)


def free_copy(session: Session, title_id: str, pickup_branch: str) -> Copy | None:
    """A loanable copy that stands on the shelf, one at the pickup branch before all others; None: there is none."""
    free = [facts.copy for facts in on_shelf(gathering.copy_facts(session, title_id))]
    return min(free, key=lambda copy: (copy.branch != pickup_branch, copy.barcode), default=None)


def is_free(copies: Iterable[CopyFacts], barcode: str) -> bool:
    """Whether the copy stands on the shelf and may be lent."""
    return barcode in {facts.copy.barcode for facts in on_shelf(tuple(copies))}


def give_copies(session: Session) -> None:
    """Give every reservation that is set aside or ready a copy of its own, where one can be found.

    After an import: the files say that a copy waits for the patron, but not which one.
    """
    lent = (
        select(LoanRow.loan_id)
        .where(LoanRow.barcode == ReservationRow.barcode, LoanRow.returned_on.is_(None))
        .exists()
    )
    wanting = session.scalars(
        select(ReservationRow)
        .where(
            ReservationRow.state.in_(_SET_ASIDE),
            ReservationRow.title_id.is_not(None),
            ReservationRow.barcode.is_(None) | lent,
        )
        .order_by(ReservationRow.placed_at, ReservationRow.reservation_id)
    ).all()
    for row in wanting:
        found = free_copy(session, str(row.title_id), row.pickup_branch)
        row.barcode = found.barcode if found is not None else None
        session.flush()
