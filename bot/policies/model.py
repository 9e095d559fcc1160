"""The typed model of a policy file: it refuses unknown keys, missing ones, wrong types, values out of range.

A policy is numbers, dates, words and named options, never code. Lengths say their unit in their name.
Every value that a rule decides by or a text states stands here once. How the settings fit together is
seen to in `bot.policies.contradictions`.
"""

import unicodedata
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from bot.library import Contact, ContestDivision, Material, ReservationState
from bot.policies.announcements import AnnouncementPolicy
from bot.policies.calendar import Calendar, DueDates, SpecialDays
from bot.policies.insight import InsightPolicy
from bot.policies.mail import Mailbox, MailPolicy
from bot.policies.menu import MenuColours
from bot.policies.notices import Notices
from bot.policies.section import BranchCode, Days, Filled, Minutes, MonthDay, PositiveDays, Section
from bot.policies.staff import StaffPolicy

WebAddress = Annotated[str, Field(pattern=r"^(https://[!-~]+)?$", max_length=1000)]
"""A page's address in ASCII, as LINE takes it, or empty."""
Phone = Annotated[str, Field(pattern=r"^0\d{1,4}-\d{1,4}-\d{3,4}$")]
CodabarLetter = Literal["A", "B", "C", "D"]

_FromText = Field(strict=False)
"""TOML has no enums: a named option arrives as a string."""


class Branch(Section):
    """One library building of the library."""

    code: BranchCode
    name: Filled
    """As patrons say it: 東部."""
    kana: Filled
    """Its reading in hiragana."""
    full_name: Filled
    other_names: Annotated[tuple[Filled, ...], Field(strict=False)] = ()
    """What else patrons call it: 府立."""
    phone: Phone
    address: str = ""
    """Empty: not said."""
    map_url: WebAddress = ""
    """A page with a map; empty: no button."""

    def is_called(self, word: str) -> bool:
        """Whether `word` names this branch: its code, name or reading, with or without 図書館 or 館."""
        names = (self.code, self.name, self.kana, self.full_name, *self.other_names)
        return _branch_key(word) in {_branch_key(name) for name in names}


class Renewal(Section):
    """Renewing a loan."""

    limit: Annotated[int, Field(ge=1, le=99)]
    """How often a loan may be renewed."""
    period_days: PositiveDays
    first_day_counts: bool
    """True: the day of the request is the first of `period_days`."""
    period_words: Filled
    """The new period in the library's own words, for questions about the rule."""
    allowed_on_checkout_day: bool
    refuse_no_gain: bool
    can_be_undone: bool
    due_soon_days: Days
    """A loan due within so many days is due soon (期限が近い)."""

    @property
    def days_gained(self) -> int:
        """Days from the day of the request to the new due date."""
        return self.period_days - 1 if self.first_day_counts else self.period_days


class ReservationPolicy(Section):
    """Reserving a title."""

    limit: Annotated[int, Field(ge=1, le=999)]
    reservable_materials: Annotated[
        tuple[Annotated[Material, _FromText], ...], Field(min_length=1, strict=False)
    ]
    only_when_all_on_loan: bool
    """True: what stands on the shelf is not reserved but told where it stands (Kyoto)."""
    refuse_in_library_use: bool
    refuse_latest_issue: bool
    refuse_long_overdue_single_copy: bool
    long_overdue_days: PositiveDays
    """Long overdue: more days than these past the due date."""
    contest_divisions: Annotated[tuple[Annotated[ContestDivision, _FromText], ...], Field(strict=False)]
    """Divisions whose books can't be reserved in the season; empty: the rule is off."""
    contest_season_from: MonthDay | None = None
    contest_season_until: MonthDay | None = None


class Pickup(Section):
    """Picking up what was reserved."""

    branches: Annotated[tuple[BranchCode, ...], Field(min_length=1, strict=False)]
    """Where it can be picked up, in the order in which they are offered."""
    place: str
    """Where in the building, as said to the patron (1階カウンター); empty: not said."""
    keep_days: PositiveDays
    """From the day of the notice; where no notice is wished, from the day it became ready."""
    keep_words: Filled
    """How long it is kept, in the library's own words."""
    notice: Literal["at_once", "next_open_day"]
    """When the patron is told: as soon as it is ready, or on the next day the branch is open."""
    closed_day_moves_on: bool
    """A last day on which the branch is closed becomes the next open one."""


class Cancellation(Section):
    """Cancelling a reservation in chat."""

    cancellable_states: Annotated[
        tuple[Annotated[ReservationState, _FromText], ...], Field(min_length=1, strict=False)
    ]

    @field_validator("cancellable_states")
    @classmethod
    def _only_before_ready(cls, value: tuple[ReservationState, ...]) -> tuple[ReservationState, ...]:
        allowed = {ReservationState.QUEUED, ReservationState.IN_PREPARATION}
        if not set(value) <= allowed:
            raise ValueError("only queued and in_preparation can be cancelled by the patron")
        return value


class ContactPolicy(Section):
    """How a patron hears that a reservation is ready."""

    default: Annotated[Contact, _FromText]
    mail_sender: Mailbox
    mail_costs_are_the_patrons: bool
    address_used_for_library_messages: bool


class PasswordPolicy(Section):
    """The library's own password, with which a card is linked."""

    first_registration: Literal["by_patron", "at_counter"]
    """Who makes the first one: the patron with name and birth date, or the counter (a temporary one)."""
    min_length: Annotated[int, Field(ge=4, le=64)]
    max_length: Annotated[int, Field(ge=8, le=256)]
    letters_and_digits: bool
    """Letters and digits must both be in it."""
    application_form: str
    """The form that the counter asks for before it gives a temporary password; empty: none."""
    lost_password_help: Literal["counter", "counter_or_website"]
    """Where a lost password is replaced; never by registering again."""


class CardPage(Section):
    """The page that shows a card with its barcode."""

    barcode: Literal["codabar", "code39", "code128", "qr"]
    """As printed on the library's cards; codabar is NW-7."""
    start: CodabarLetter = "A"
    stop: CodabarLetter = "A"
    """The letters around the number in a codabar; the reader is set up for them."""
    line_id: Annotated[str, Field(pattern=r"^(@[a-z0-9._-]{3,20})?$")] = ""
    """The library's account in LINE (`@…`), by which a page leads back to the chat; empty: as LINE tells it."""


class DeskPolicy(Section):
    """Messages to the desk (職員に伝える)."""

    open_messages: Annotated[int, Field(ge=1, le=99)]
    """How many messages of one LINE user may wait for their answer."""
    longest_message: Annotated[int, Field(ge=50, le=1000)]
    """Characters of one message."""
    answer_words: Filled
    """When an answer can be expected, as said to the patron."""


class Conversation(Section):
    """How long things in the chat live, in minutes."""

    forgotten_after_minutes: Minutes
    button_minutes: Minutes
    old_event_minutes: Minutes
    """An event older than this when its turn comes confirms nothing."""


class Ebooks(Section):
    """E-books and audiobooks."""

    offered: bool
    who: str
    """Who may use them, as said to the patron."""
    guide: str
    """Where it is explained."""


class Retention(Section):
    """How long what is kept for a patron lives, in days."""

    conversation_days: PositiveDays
    messages_days: PositiveDays
    history_person_days: PositiveDays
    cart_days: PositiveDays
    """Since a title was put into the cart."""
    follow_up_days: PositiveDays
    """Since it was asked for that a later volume follow, or since the last one was reserved by that."""
    desk_messages_days: PositiveDays
    """Of a message to the desk, answered or not, from the day it was sent."""
    notices_days: PositiveDays
    """That something was told, without what it was; as long as it could be told a second time."""
    calendar_days: PositiveDays
    """Of what staff changed over the calendar, once it is past or was taken back."""


class Sayings(Section):
    """Which of the guide's remarks are said."""

    shelf_race: bool
    """Someone may borrow it from the shelf before the library gets to it; phone to have it today."""
    series_order: bool
    """The order of volumes can't be chosen."""
    may_decline: bool
    """The library may decline a reservation after it was accepted."""
    renewal_is_final: bool
    """A renewal can't be undone."""
    hidden_counter_requests: bool
    """Requests at the counter for titles not held count, but the list can't show them."""


class Words(Section):
    """The library's own words for things."""

    card_number: Filled
    reservation: Filled
    reserve: Filled
    cart: Filled
    """Where titles are gathered to be reserved together: 予約カート, 予約候補."""
    counter: Filled
    """The counting word after a number: 点, 冊."""
    pickup_by: Filled
    no_contact: Filled
    renewed: Filled


class Policy(Section):
    """Everything that one library decided for itself."""

    name: Filled
    zone_name: Annotated[str, Field(alias="zone")]
    website: Annotated[str, Field(pattern=r"^https://")]
    main_branch: BranchCode
    renewal: Renewal
    due_dates: DueDates
    reservation: ReservationPolicy
    pickup: Pickup
    cancellation: Cancellation
    contact: ContactPolicy
    mail: MailPolicy
    password: PasswordPolicy
    notices: Notices
    card: CardPage
    menu: MenuColours
    desk: DeskPolicy
    conversation: Conversation
    ebooks: Ebooks
    retention: Retention
    staff: StaffPolicy
    announcements: AnnouncementPolicy
    insight: InsightPolicy
    sayings: Sayings
    words: Words
    calendar: Calendar | None = None
    special_days: Annotated[tuple[SpecialDays, ...], Field(strict=False)] = ()
    """Days that are otherwise than the calendar says; the later in the list goes before the earlier."""
    branches: Annotated[tuple[Branch, ...], Field(alias="branch", min_length=1, strict=False)]

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days the library counts."""
        return ZoneInfo(self.zone_name)

    def branch(self, code: str) -> Branch | None:
        """The branch with this code, or None."""
        return next((branch for branch in self.branches if branch.code == code), None)

    def branch_called(self, word: str) -> Branch | None:
        """The branch that `word` names (東部, とうぶ図書館, tobu), or None."""
        return next((branch for branch in self.branches if branch.is_called(word)), None)

    @property
    def counter(self) -> Branch:
        """The main branch: who to phone when nothing else is named."""
        branch = self.branch(self.main_branch)
        assert branch is not None  # noqa: S101  # Seen to when the policy was read.
        return branch

    @property
    def pickup_branches(self) -> tuple[Branch, ...]:
        """The branches where a reservation can be picked up, in the order of the policy."""
        return tuple(found for code in self.pickup.branches if (found := self.branch(code)) is not None)

    @field_validator("zone_name")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("there is no such time zone") from None
        return value


def _branch_key(word: str) -> str:
    """Width, case, spaces, kana and a trailing 図書館 or 館 do not matter in a branch's name."""
    folded = "".join(unicodedata.normalize("NFKC", word).lower().split())
    hiragana = "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in folded)
    for ending in ("図書館", "としょかん", "館"):
        if hiragana.endswith(ending) and hiragana != ending:
            return hiragana.removesuffix(ending)
    return hiragana
