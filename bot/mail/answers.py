"""What a mail server's answer means: later or never, and why never. Pure.

Codes of RFC 5321 (4.2), and of RFC 3463 where the server says them, too: "550 5.1.1 no such user".
"""

import re
from enum import StrEnum
from typing import Final

FINAL: Final = 500
"""From here on an answer is final."""

_ENHANCED: Final = re.compile(r"\s*[45]\.(\d{1,3})\.(\d{1,3})\b")


class Refusal(StrEnum):
    """Why a letter will never be taken."""

    NO_ADDRESS = "no_address"
    """What is recorded is no address that mail can go to."""
    UNKNOWN_MAILBOX = "unknown_mailbox"
    """The server knows no such mailbox, or it was given up."""
    MAILBOX_FULL = "mailbox_full"
    NOT_WANTED = "not_wanted"
    """Kept out by a filter or a setting: the owner's own, or their provider's against us."""
    NO_SERVER = "no_server"
    """No mail server is set (SMTP_URL): nobody was asked."""
    OTHER = "other"


_BY_CODE: Final = {
    550: Refusal.UNKNOWN_MAILBOX,
    551: Refusal.UNKNOWN_MAILBOX,
    552: Refusal.MAILBOX_FULL,
    553: Refusal.UNKNOWN_MAILBOX,
    554: Refusal.NOT_WANTED,
}


def is_final(code: int) -> bool:
    """Whether it is of no use to try again."""
    return code >= FINAL


def refusal_of(code: int, text: bytes | str) -> Refusal:
    """Why a final answer refuses. The enhanced status says it best; else the code has to do."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    enhanced = _ENHANCED.match(said)
    if enhanced is None:
        return _BY_CODE.get(code, Refusal.OTHER)
    subject, detail = int(enhanced[1]), int(enhanced[2])
    match subject:
        case 1:
            return Refusal.UNKNOWN_MAILBOX
        case 2:
            return Refusal.MAILBOX_FULL if detail in {2, 3} else Refusal.UNKNOWN_MAILBOX
        case 7:
            return Refusal.NOT_WANTED
        case _:
            return Refusal.OTHER
