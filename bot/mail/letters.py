"""A letter as a value, as an e-mail with correct headers, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is written."""

    to: str
    """An e-mail address."""
    subject: str
    text: str
    message_id: str
    """The same in every attempt, so that a mail program shows a repeated letter once."""


class MailDelivery(StrEnum):
    """What became of one attempt to send a letter."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The server will never take it: no such address, no address at all."""
    TRY_LATER = "try_later"
    """Not reached, or it asked to try again."""


class Mailer(Protocol):
    """Whoever takes letters."""

    def send(self, letter: Letter) -> MailDelivery:
        """Hand over one letter; waits no longer than its own limit and raises nothing."""
        ...


def composed(letter: Letter, *, sender: str, sender_name: str, at: datetime) -> EmailMessage:
    """The letter as an e-mail of the library. Raises ValueError for an address that is none.

    `Auto-Submitted` keeps holiday answers away (RFC 3834).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = _address(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, charset="utf-8", cte="base64")
    return message


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except Exception:
        # The standard library's parser raises errors of many kinds, and some carry the address.
        raise ValueError("this is no e-mail address") from None
