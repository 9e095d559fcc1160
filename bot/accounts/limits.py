"""How long things live and how many tries there are. The seeds are silent here; all numbers are ours.

A wait grows with each failure in a row, so that a slip of the finger costs nothing, guessing takes years,
and a patron whom a stranger has kept out is let in again within the hour.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LINK_TOKEN_LIFE = timedelta(minutes=9)
"""LINE's own limit is 10 minutes; the last one is left for LINE's dialog."""

NONCE_LIFE = timedelta(minutes=10)

PENDING_LIFE = timedelta(minutes=10)

CARD_PAGE_LIFE = timedelta(minutes=10)
"""From sending the address: long enough to walk from the shelf to the counter."""

CARD_PAGE_OPENINGS = 10
"""A phone loads a page anew when it is turned to again; an address that was passed on runs dry."""

KEPT = timedelta(days=1)
"""How long tokens, nonces and keys stay in the database after they were made; half-done forms go when they end."""


class TryKind(StrEnum):
    """What a failed try counts against."""

    SIGN_IN_CARD = "sign_in_card"
    REGISTRATION_CARD = "registration_card"
    LINE_USER = "line_user"
    ADDRESS = "address"
    MAIL_LINK = "mail_link"
    """An address from which links were opened that stand in no letter of ours."""
    STAFF_PASSWORD = "staff_password"  # noqa: S105  # A name, no password.
    STAFF_CODE = "staff_code"
    STAFF_ADDRESS = "staff_address"


@dataclass(frozen=True, slots=True)
class Limit:
    """Failures without a wait, the waits after each further one, and when all are forgotten."""

    free: int
    waits: tuple[timedelta, ...]
    """The last one repeats."""
    forgotten_after: timedelta
    """Since the last failure; not shorter than the longest wait."""

    def wait_after(self, failures: int) -> timedelta:
        """How long the next try must wait after so many failures in a row."""
        if failures < self.free:
            return timedelta(0)
        return self.waits[min(failures - self.free, len(self.waits) - 1)]


_GROWING = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60))

LIMITS = {
    TryKind.SIGN_IN_CARD: Limit(free=4, waits=_GROWING, forgotten_after=timedelta(days=1)),
    # Name and birth date are no secrets among relatives: few tries, then the counter.
    TryKind.REGISTRATION_CARD: Limit(free=5, waits=(timedelta(days=7),), forgotten_after=timedelta(days=7)),
    TryKind.LINE_USER: Limit(free=8, waits=_GROWING, forgotten_after=timedelta(days=1)),
    # Many patrons share one address: a library's wireless network, a mobile carrier.
    TryKind.ADDRESS: Limit(free=30, waits=_GROWING, forgotten_after=timedelta(days=1)),
    TryKind.MAIL_LINK: Limit(free=30, waits=_GROWING, forgotten_after=timedelta(days=1)),
    TryKind.STAFF_PASSWORD: Limit(free=4, waits=_GROWING, forgotten_after=timedelta(days=1)),
    # Three codes of a million are right at any moment: with an hour's wait a guess would take decades.
    TryKind.STAFF_CODE: Limit(free=4, waits=_GROWING, forgotten_after=timedelta(days=7)),
    # A whole desk may sit behind one address; patrons' failures count apart from theirs.
    TryKind.STAFF_ADDRESS: Limit(free=20, waits=_GROWING, forgotten_after=timedelta(days=1)),
}
