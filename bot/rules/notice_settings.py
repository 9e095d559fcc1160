"""What a patron wants to hear of, and how: what they set themselves, and for the rest the library's policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.library import Contact
from bot.policies import Policy


class Notice(StrEnum):
    """What may be told in LINE of the library's own accord, each with a switch of its own.

    `due`, `hold` and `announcements` are also the values of the slot `notice`.
    """

    DUE = "due"
    """A loan's due date comes near."""
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    RESERVED_BY_OTHER = "reserved_by_other"
    """Somebody reserved what is on loan: it can't be renewed any more."""
    HOLD = "hold"
    """A reservation is ready, declined, or has run out."""
    NEW_ARRIVALS = "new_arrivals"
    """What came in of the themes and authors that are watched."""
    ANNOUNCEMENTS = "announcements"


OUTSIDE: Final = "titles_outside"
"""The setting whether titles may stand where a locked screen shows them."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """As it holds now: for each notice whether it is sent, and how reservations are told of."""

    due: bool = False
    due_today: bool = False
    overdue: bool = False
    reserved_by_other: bool = False
    hold: bool = True
    new_arrivals: bool = True
    announcements: bool = True
    titles_outside: bool = False
    """Titles may stand in the line that a locked screen shows."""
    contact: Contact = Contact.LINE
    """Offered first when something is reserved."""

    def wants(self, notice: Notice) -> bool:
        """Whether this notice is sent."""
        return bool(getattr(self, notice.value))


def settings_of(stored: Mapping[str, Any], policy: Policy) -> NoticeSettings:
    """What a LINE user has set (`stored`, JSON), filled up from the policy. What can't be read is not set."""
    notices = policy.notices
    contact = stored.get("contact")
    return NoticeSettings(
        due=_switch(stored, "due", notices.due_reminder_from_the_start),
        due_today=_switch(stored, "due_today", notices.due_reminder_from_the_start),
        overdue=_switch(stored, "overdue", notices.due_reminder_from_the_start),
        reserved_by_other=_switch(stored, "reserved_by_other", notices.reserved_by_other_from_the_start),
        hold=_switch(stored, "hold", notices.hold_from_the_start),
        # Who watches for something has asked for it; there is nothing to tell anybody else.
        new_arrivals=_switch(stored, "new_arrivals", True),
        announcements=_switch(stored, "announcements", notices.announcements_from_the_start),
        titles_outside=_switch(stored, OUTSIDE, False),
        contact=Contact(contact) if contact in set(Contact) else policy.contact.default,
    )


def _switch(stored: Mapping[str, Any], name: str, usual: bool) -> bool:
    value = stored.get(name)
    return value if isinstance(value, bool) else usual
