"""The ways to a patron, one after the other: LINE, e-mail, and for what is ready the desk's telephone.

What is told of a reservation begins with the contact that was chosen for it. Where no way is left the notice is over;
a ready item of which nobody heard is on the desk's call list the same day.
"""

from typing import Final

from bot.library import Contact
from bot.notices.model import Item, Way
from bot.rules.notice_kinds import URGENT, NoticeKind

_USUAL: Final = (Way.LINE, Way.MAIL)
_BY_CONTACT: Final = {
    Contact.LINE: _USUAL,
    Contact.MAIL: (Way.MAIL, Way.LINE),
    Contact.NONE: (),
}


def ways(item: Item) -> tuple[Way, ...]:
    """The ways of a notice, the first first."""
    if item.kind is NoticeKind.NEW_ARRIVALS:
        return (Way.LINE,)
    return _BY_CONTACT[item.reservation.contact] if item.reservation is not None else _USUAL


def is_phoned(kind: NoticeKind) -> bool:
    """Whether the desk phones where no way of writing reached anybody."""
    return kind in URGENT
