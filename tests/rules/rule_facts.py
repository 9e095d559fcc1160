"""Facts for the rules, made from what a case says differs from one that nothing stands against."""

from datetime import UTC, date, datetime
from typing import Any

from bot.library import (
    CancellationFacts,
    ChangeFacts,
    Channel,
    Contact,
    ContestDivision,
    Copy,
    CopyFacts,
    CopyStatus,
    CopyUse,
    Loan,
    Material,
    Patron,
    PickupFacts,
    RenewalFacts,
    Reservation,
    ReservationChange,
    ReservationFacts,
    ReservationRequest,
    ReservationState,
    SeriesFacts,
    Title,
)

CARD = "0012345678"
OTHER_CARD = "0087654321"
TODAY = date(2026, 11, 24)
LENT_UNTIL = date(2100, 1, 1)
"""Due date of a copy on loan whose case says nothing of it: not overdue on any day."""


def a_patron(**differs: Any) -> Patron:
    """A patron in good standing, without an e-mail address."""
    return Patron(**{"card_number": CARD, "name": "水戸 花子"} | differs)


def a_title(**differs: Any) -> Title:
    """An ordinary book."""
    return Title(**{"title_id": "t1", "title": "こころ", "author": "夏目漱石"} | differs)


def a_loan(**differs: Any) -> Loan:
    """A loan of two weeks that is due on TODAY."""
    usual = {
        "loan_id": "l1",
        "card_number": CARD,
        "title": a_title(),
        "barcode": "c1",
        "branch": "chuo",
        "checked_out_on": date(2026, 11, 10),
        "due_on": TODAY,
    }
    return Loan(**usual | differs)


def a_reservation(**differs: Any) -> Reservation:
    """A queued reservation made over LINE."""
    usual = {
        "reservation_id": "r1",
        "card_number": CARD,
        "title": a_title(),
        "placed_at": datetime(2026, 11, 1, 3, 0, tzinfo=UTC),
        "pickup_branch": "tobu",
        "contact": Contact.LINE,
        "state": ReservationState.QUEUED,
        "channel": Channel.LINE,
    }
    return Reservation(**usual | differs)


def a_copy(doing: str, number: int = 1) -> CopyFacts:
    """A copy by what it is doing: `on_shelf`, `on_loan [due date]`, `set_aside`, `in_library`, `lost`, `in_repair`."""
    kind, _, due = doing.partition(" ")
    copy = Copy(
        barcode=f"c{number}",
        title_id="t1",
        branch="chuo",
        use=CopyUse.IN_LIBRARY if kind == "in_library" else CopyUse.LOAN,
        status=CopyStatus(kind) if kind in {"lost", "in_repair"} else CopyStatus.IN_SERVICE,
    )
    assert kind in {"on_shelf", "on_loan", "set_aside", "in_library", "lost", "in_repair"}, kind
    due_on = date.fromisoformat(due) if due else LENT_UNTIL
    return CopyFacts(copy, due_on if kind == "on_loan" else None, set_aside=kind == "set_aside")


def renewal_facts(
    *,
    loan: bool = True,
    queued_by_others: int = 0,
    expires_on: date | None = None,
    suspended_until: date | None = None,
    **loan_differs: Any,
) -> RenewalFacts:
    """Facts for renewing `a_loan`; `loan=False`: there is none."""
    patron = a_patron(expires_on=expires_on, suspended_until=suspended_until)
    return RenewalFacts(patron, a_loan(**loan_differs) if loan else None, queued_by_others)


def reservation_case(
    *,
    held: bool = True,
    copies: tuple[str, ...] | list[str] = ("on_loan",),
    queue: int = 0,
    active: int = 0,
    counter_requests: int = 0,
    on_loan_to_patron: bool = False,
    reserved_by_patron: bool = False,
    contact: str = "line",
    contest: str | None = None,
    material: str = "book",
    latest_issue: bool = False,
    **patron_differs: Any,
) -> tuple[ReservationFacts, ReservationRequest]:
    """Facts and wish for reserving a book whose one copy is on loan; `held=False`: the library has no such title."""
    title = a_title(
        material=Material(material),
        latest_issue=latest_issue,
        contest_division=ContestDivision(contest) if contest else None,
    )
    facts = ReservationFacts(
        patron=a_patron(**patron_differs),
        title=title if held else None,
        copies=tuple(a_copy(doing, number) for number, doing in enumerate(copies, 1)) if held else (),
        on_loan_to_patron=on_loan_to_patron,
        reserved_by_patron=reserved_by_patron,
        active_reservations=active + counter_requests,
        queue_length=queue,
    )
    return facts, ReservationRequest("tobu", Contact(contact))


def cancellation_facts(
    *, state: str = "queued", pickup_branch: str = "tobu", of_another: bool = False, exists: bool = True
) -> CancellationFacts:
    """Facts for cancelling one's own reservation, another patron's, or none."""
    owner = OTHER_CARD if of_another else CARD
    found = a_reservation(card_number=owner, state=ReservationState(state), pickup_branch=pickup_branch)
    return CancellationFacts(CARD, found if exists else None)


def change_case(
    *, contact: str = "line", email: str = "", **reservation: Any
) -> tuple[ChangeFacts, ReservationChange]:
    """Facts and wish for changing one's own reservation, another patron's, or none."""
    found = cancellation_facts(**reservation).reservation
    return ChangeFacts(a_patron(email=email), found), ReservationChange("seibu", Contact(contact))


def series_facts(
    *, held: bool = True, one_author: bool = True, title: dict[str, str], others: list[dict[str, str]]
) -> SeriesFacts:
    """A title and what else may belong to it."""
    own = a_title(**title)
    return SeriesFacts(
        own if held else None, (own, *(a_title(**other) for other in others)), series_of_one_author=one_author
    )


def pickup_facts(*, state: str = "ready", pickup_by: date | None = None) -> PickupFacts:
    """Facts for picking up a reserved item."""
    return PickupFacts(a_reservation(state=ReservationState(state), pickup_by=pickup_by))
