"""Notices as values, the record that is read before they are told, and whom they can reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from bot.library import Patron, RenewalFacts, Reservation, Title
from bot.messages.look import Look
from bot.rules.notice_kinds import NoticeKind
from bot.rules.notice_settings import NoticeSettings


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Something to be told. Card (or LINE user), kind, subject and day are its key."""

    kind: NoticeKind
    card_number: str
    """Empty only where it is told to one LINE user."""
    subject: str
    """Id of the loan, reservation or title that it is about."""
    day: date
    """The day in the life of its subject: ready since, due on, arrived on."""
    not_before: datetime
    """Quiet hours are kept beside it."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """JSON: what the record does not tell later. It is forgotten once the notice is over."""
    line_user_id: str = ""


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice that waits."""

    notice_id: int
    kind: NoticeKind
    card_number: str
    line_user_id: str
    subject: str
    day: date
    facts: Mapping[str, Any]
    rung: int
    """How many ways to reach the patron have failed."""


class Way(StrEnum):
    """How a patron can be reached; each is a rung of a ladder."""

    LINE = "line"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A LINE user, with all the cards that are linked."""

    line_user_id: str
    card_numbers: tuple[str, ...]
    is_friend: bool
    """False: they blocked the library's account."""
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    look: Look = field(default_factory=Look)


@dataclass(frozen=True, slots=True)
class MailTo:
    """Where letters about a card go."""

    email: str
    confirmed: bool
    """Titles may be told."""
    stopped: frozenset[str] = frozenset()
    """Kinds of letters that are not wanted there."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the library's record says of the subjects of some notices, read in one go. What is gone is not in it."""

    reservations: Mapping[str, Reservation] = field(default_factory=dict)
    loans: Mapping[str, RenewalFacts] = field(default_factory=dict)
    titles: Mapping[str, Title] = field(default_factory=dict)
    patrons: Mapping[str, Patron] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One notice as it is told: with what it is about."""

    notice: KeptNotice
    rung: int
    """Of the ladder on which it is told now."""
    title: Title | None
    """None: a request for something that is not held."""
    reservation: Reservation | None = None
    loan: RenewalFacts | None = None

    @property
    def kind(self) -> NoticeKind:
        """Its kind."""
        return self.notice.kind


ORDER: Final[Sequence[NoticeKind]] = tuple(NoticeKind)
"""Within a message: what is ready comes first, what is merely of interest last."""


def in_order(items: Sequence[Item]) -> tuple[Item, ...]:
    """As they are told: by kind, then by the day that matters, then as they were raised."""
    return tuple(
        sorted(items, key=lambda item: (ORDER.index(item.kind), item.notice.day, item.notice.notice_id))
    )
