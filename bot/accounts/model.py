"""The values that accounts hand out. They are translated by the pages and by the turn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from bot.library import PasswordReason


@dataclass(frozen=True, slots=True)
class Link:
    """A card linked to a LINE user."""

    link_id: str
    """Stands for the link where neither the card nor the LINE user may be named."""
    line_user_id: str
    card_number: str
    in_use: bool
    linked_at: datetime
    """UTC."""


class LinkOutcome(StrEnum):
    """How an account link ended."""

    LINKED = "linked"
    ALREADY_LINKED = "already_linked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What became of the nonce that LINE brought back."""

    outcome: LinkOutcome
    link: Link | None = None
    """None when it failed."""
    tell: tuple[str, ...] = ()
    """LINE user ids already linked to the card: they are told of the new link and may end it."""


@dataclass(frozen=True, slots=True)
class UnlinkResult:
    """What became of a wish to unlink."""

    done: bool
    """False: there was no such link."""
    in_use: Link | None = None
    """The card that is in use now; None without any."""


@dataclass(frozen=True, slots=True)
class EndedLink:
    """A link of a card, ended by another LINE user of the same card."""

    line_user_id: str
    """Whose link it was: to be told, and what was kept for it to be forgotten."""
    card_number: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is on the link pages."""

    line_user_id: str
    """The LINE user whom the link token was issued to."""
    address: str
    """IP address; empty if unknown."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The card's holder: LINE's dialog follows, with this nonce."""

    nonce: str


@dataclass(frozen=True, slots=True)
class MustChange:
    """The temporary password is right and must be changed now; `secret` opens the form."""

    secret: str


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """Card and password (or name and birth date) do not go together; nobody is told why."""

    wait: timedelta
    """How long the next try must wait; zero: not at all."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Too early after earlier failures: nothing was looked at."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class Flawed:
    """The new password is not accepted; nothing was recorded."""

    reasons: tuple[PasswordReason, ...]


@dataclass(frozen=True, slots=True)
class StartAgain:
    """The form was begun too long ago, in another browser or by another LINE user."""


SignedIn: TypeAlias = Recognised | MustChange | NotRecognised | Waiting
PasswordRecorded: TypeAlias = Recognised | Flawed | NotRecognised | Waiting | StartAgain
