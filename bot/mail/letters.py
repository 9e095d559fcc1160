"""A letter as a value, and what became of it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.mail.answers import Refusal


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is written."""

    to: str
    """An e-mail address."""
    subject: str
    text: str
    key: str
    """Makes the Message-ID: the same in every attempt, so that a mail program shows a repeated letter once."""
    html: str = ""
    """The same for programs that show it; empty: text alone."""
    unsubscribe_url: str = ""
    """Where a POST stops letters of this kind (RFC 8058); empty: nothing to stop."""


class MailDelivery(StrEnum):
    """What became of one attempt to send a letter."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """It will never be taken: no such address, no address at all, not wanted."""
    TRY_LATER = "try_later"
    """It asked to try again."""
    NOT_REACHED = "not_reached"
    """Not this letter's fault: no server, or it does not take letters of ours. The next one would fare the same."""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became of one attempt, and why."""

    delivery: MailDelivery
    refusal: Refusal | None = None
    """When refused."""


class MailRound(Protocol):
    """Letters that are handed over one after the other."""

    def send(self, letter: Letter) -> MailOutcome:
        """Hand over one letter; waits no longer than its own limit and raises nothing."""
        ...


class Mailer(Protocol):
    """Whoever takes letters."""

    def round(self) -> AbstractContextManager[MailRound]:
        """A round of letters, over as few connections as can be; none is opened before the first letter."""
        ...
