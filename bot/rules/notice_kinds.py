"""What the library tells of its own accord, kind by kind, and what is the same for all notices of a kind.

When each is told is `notice_timing`'s matter, whether a patron wants it `notice_settings`'s.
"""

from enum import StrEnum
from typing import Final

from bot.rules.notice_settings import Notice, NoticeSettings


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


URGENT: Final = frozenset({NoticeKind.READY})
"""Sent before all others, from the part of the month's messages that is kept for them; after a look whether the LINE
user still has the library as a friend; and where nobody could be reached, the desk phones."""

SWITCH_OF: Final = {
    NoticeKind.READY: Notice.HOLD,
    NoticeKind.PICKUP_SOON: Notice.HOLD,
    NoticeKind.PICKUP_PASSED: Notice.HOLD,
    NoticeKind.DECLINED: Notice.HOLD,
    NoticeKind.ENDED_BY_LIBRARY: Notice.HOLD,
    NoticeKind.CLOSURE_MOVED: None,
    NoticeKind.DUE_SOON: Notice.DUE,
    NoticeKind.DUE_TODAY: Notice.DUE_TODAY,
    NoticeKind.OVERDUE: Notice.OVERDUE,
    NoticeKind.RESERVED_BY_OTHER: Notice.RESERVED_BY_OTHER,
    NoticeKind.NEW_ARRIVALS: Notice.NEW_ARRIVALS,
}
"""The setting by which a LINE user wants a kind or not; None: told to everybody whom it concerns."""

ASKED_FOR: Final = frozenset(
    {NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE, NoticeKind.RESERVED_BY_OTHER}
)
"""Told to those alone who have a switch turned on; of anybody else's they are not even raised."""


def is_wanted(kind: NoticeKind, settings: NoticeSettings) -> bool:
    """Whether a LINE user with these settings wants to hear of a kind."""
    switch = SWITCH_OF[kind]
    return switch is None or settings.wants(switch)
