"""What the library tells of its own accord, kind by kind, and what is the same for all notices of a kind.

When each is told is `notice_timing`'s matter, whether a patron wants it `notice_settings`'s.
"""

from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """One kind of notice; the values stand in the database and may stand in a log."""

    READY = "ready"
    """A reserved item waits on the hold shelf."""
    PICKUP_SOON = "pickup_soon"
    """Its last day comes near."""
    PICKUP_PASSED = "pickup_passed"
    """Its last day has passed: the reservation was released."""
    DECLINED = "declined"
    """The library can't supply it."""
    ENDED_BY_LIBRARY = "ended_by_library"
    """It was cancelled by staff or by the library's own system."""
    CLOSURE_MOVED = "closure_moved"
    """A sudden closure moved a last day or a due date."""
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    RESERVED_BY_OTHER = "reserved_by_other"
    """Somebody reserved what the patron has on loan: it can't be renewed any more."""
    NEW_ARRIVALS = "new_arrivals"
    """Something came in that the patron watches for; told of a LINE user, not of a card."""


OF_RESERVATIONS: Final = frozenset(
    {
        NoticeKind.READY,
        NoticeKind.PICKUP_SOON,
        NoticeKind.PICKUP_PASSED,
        NoticeKind.DECLINED,
        NoticeKind.ENDED_BY_LIBRARY,
    }
)
"""Their way is the contact that was chosen for the reservation; with 連絡不要 none of them is told."""

URGENT: Final = frozenset({NoticeKind.READY})
"""Sent before all others, from the part of the month's messages that is kept for them; after a look whether the LINE
user still has the library as a friend; and where nobody could be reached, the desk phones."""
