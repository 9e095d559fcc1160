"""What a patron wants to hear of, and how: what they set themselves, and for the rest the library's policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.library import Contact
from bot.policies import Policy


class Notice(StrEnum):
    """What may be told in LINE of the library's own accord; the values are those of the slot `notice`."""

    DUE = "due"
    """A loan's due date comes near."""
    HOLD = "hold"
    """A reservation is ready, declined, or has run out."""
    ANNOUNCEMENTS = "announcements"


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """As it holds now: for each notice whether it is sent, and how reservations are told of."""

    due: bool = False
    hold: bool = True
    announcements: bool = True
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
        hold=_switch(stored, "hold", notices.hold_from_the_start),
        announcements=_switch(stored, "announcements", notices.announcements_from_the_start),
        contact=Contact(contact) if contact in set(Contact) else policy.contact.default,
    )


def _switch(stored: Mapping[str, Any], name: str, usual: bool) -> bool:
    value = stored.get(name)
    return value if isinstance(value, bool) else usual
