"""The nouns of a library, as frozen values.

A branch is known here by its code alone; its name, phone and hours are policy (`bot.policies`).
Days are `date` in the library's own zone, instants are aware `datetime` in UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Material(StrEnum):
    """What kind of thing a title is; `public_document` is 情報公開 in Mito's guide."""

    BOOK = "book"
    KAMISHIBAI = "kamishibai"
    MAGAZINE = "magazine"
    AUDIOVISUAL = "audiovisual"
    PUBLIC_DOCUMENT = "public_document"


class CopyUse(StrEnum):
    """Whether a copy may leave the building."""

    LOAN = "loan"
    IN_LIBRARY = "in_library"


class CopyStatus(StrEnum):
    """Whether a copy is there to be used at all."""

    IN_SERVICE = ""
    LOST = "lost"
    IN_REPAIR = "in_repair"


class ContestDivision(StrEnum):
    """Division of 青少年読書感想文全国コンクール that a book is set for."""

    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior_high"
    HIGH_SCHOOL = "high_school"


class ReservationState(StrEnum):
    """Where a reservation is in its life; the transitions are in `bot.rules.reservation_life`."""

    QUEUED = "queued"
    IN_PREPARATION = "in_preparation"
    READY = "ready"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DECLINED = "declined"


ACTIVE_STATES = frozenset({ReservationState.QUEUED, ReservationState.IN_PREPARATION, ReservationState.READY})
"""The states that count towards the limit, the queue and `already_reserved`."""


class Channel(StrEnum):
    """Where a reservation was placed."""

    WEB = "web"
    LINE = "line"
    COUNTER = "counter"


class Contact(StrEnum):
    """How a patron wants to hear that a reservation is ready."""

    LINE = "line"
    MAIL = "mail"
    NONE = "none"


class Actor(StrEnum):
    """Who made a change, for the history."""

    PATRON = "patron"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Patron:
    """A person with a library card."""

    card_number: str
    name: str
    name_kana: str = ""
    birth_date: date | None = None
    email: str = ""
    """Empty where none is recorded."""
    home_branch: str = ""
    """Branch code, or empty."""
    phone: str = ""
    expires_on: date | None = None
    """Last day on which the card is valid; None: it does not expire."""
    suspended_until: date | None = None
    """Last day of a suspension, that day included; None: not suspended."""


@dataclass(frozen=True, slots=True)
class Title:
    """A work as the catalogue has it (a bibliographic record)."""

    title_id: str
    title: str
    title_kana: str = ""
    author: str = ""
    author_kana: str = ""
    publisher: str = ""
    published: str = ""
    """As printed, usually a year."""
    isbn: str = ""
    material: Material = Material.BOOK
    subjects: tuple[str, ...] = ()
    series: str = ""
    volume: str = ""
    issue: str = ""
    latest_issue: bool = False
    """True for the newest issue of a magazine."""
    contest_division: ContestDivision | None = None
    arrived_on: date | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """One physical item of a title."""

    barcode: str
    title_id: str
    branch: str
    """Code of the branch that holds it."""
    use: CopyUse = CopyUse.LOAN
    call_number: str = ""
    shelf: str = ""
    status: CopyStatus = CopyStatus.IN_SERVICE


@dataclass(frozen=True, slots=True)
class Loan:
    """One copy lent to one patron."""

    loan_id: str
    card_number: str
    title: Title
    barcode: str
    branch: str
    """Code of the branch that holds the copy; empty for an interlibrary loan of unknown place."""
    checked_out_on: date
    due_on: date
    renewals: int = 0
    """How many times it has been renewed."""
    interlibrary: bool = False
    """Borrowed from another library (相互貸借; Kyoto's 他館から取り寄せた図書)."""
    returned_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Not yet returned."""
        return self.returned_on is None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A patron's place in the queue of a title."""

    reservation_id: str
    card_number: str
    title: Title | None
    """None for a counter request for a title that is not held."""
    placed_at: datetime
    """UTC."""
    pickup_branch: str
    contact: Contact
    state: ReservationState
    channel: Channel
    queue_position: int | None = None
    """From 1 among all active reservations of the title, oldest first; None once closed."""
    queue_length: int | None = None
    """All active reservations of the title; None once closed."""
    ready_on: date | None = None
    """The day the item came to the hold shelf."""
    pickup_by: date | None = None
    """Last day on which it can be picked up."""
    barcode: str = ""
    """The copy set aside for it; empty while queued."""
    placed_at_branch: str = ""
    """Branch code where a counter reservation was asked for."""
    request_text: str = ""
    """What was asked for at the counter when the title is not held."""

    @property
    def is_active(self) -> bool:
        """Queued, in preparation or ready."""
        return self.state in ACTIVE_STATES


@dataclass(frozen=True, slots=True)
class CounterRequests:
    """Requests made at a counter for titles not held: they count, but the list can't show them."""

    branch: str
    """Branch code where they were asked for; empty if unknown."""
    count: int


@dataclass(frozen=True, slots=True)
class ReservationList:
    """A patron's active reservations, as far as a list can show them."""

    reservations: tuple[Reservation, ...]
    """Active ones with a title: ready first, then in preparation, then queued; oldest first within each."""
    counter_requests: tuple[CounterRequests, ...] = ()

    @property
    def count(self) -> int:
        """Everything that counts towards the limit."""
        return len(self.reservations) + sum(requests.count for requests in self.counter_requests)


@dataclass(frozen=True, slots=True)
class TitleQuery:
    """What to look for; the filled fields must all match.

    Matching is exact, then partial, and by reading in kana, width and case folded.
    """

    words: str = ""
    """Title or author or subject, whichever matches."""
    title: str = ""
    author: str = ""
    subject: str = ""
    isbn: str = ""
    """10 or 13 digits without hyphens."""


@dataclass(frozen=True, slots=True)
class TitlePage:
    """One page of a search, best match first."""

    titles: tuple[Title, ...]
    total: int
    offset: int = 0
