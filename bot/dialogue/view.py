"""What a turn may see: gathered by the rim before the dialogue decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.library import LibraryReader
from bot.messages.replies import Json
from bot.policies import Policy
from bot.rules.notice_settings import NoticeSettings


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """A card linked to this LINE account."""

    card_number: str
    in_use: bool
    linked_at: datetime
    """UTC."""
    link_id: str = ""
    """Stands for the link where the card's number must not stand."""


@dataclass(frozen=True, slots=True)
class OtherLink:
    """Another LINE account's link with a card that is linked to this one, too."""

    link_id: str
    linked_at: datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class ButtonRecord:
    """What an opaque button id means, as kept on the server."""

    button_id: str
    line_user_id: str
    card_number: str
    """The card in use when it was made; empty without one."""
    question_id: str
    """The question it answers; empty for a button that begins something."""
    action: str
    args: Mapping[str, Json]
    made_at: datetime
    """UTC."""
    used_at: datetime | None = None
    """UTC; set when it confirmed something."""
    good_until: datetime | None = None
    """UTC; of a button under a notice, which lives longer than others. It may begin something, and confirm nothing."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A theme or an author whose new arrivals the LINE user wants to hear of."""

    watch_id: str
    kind: str
    """`subject` or `author`."""
    words: str


@dataclass(frozen=True, slots=True)
class DeskTalk:
    """A message to the desk that was answered."""

    number: int
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for the LINE user beside the library's record."""

    notices: NoticeSettings = field(default_factory=NoticeSettings)
    watches: tuple[Watch, ...] = ()
    """Oldest first."""
    open_desk_messages: int = 0
    """Messages to the desk that wait for an answer."""
    desk_talk: DeskTalk | None = None
    """The one whose answer the event tells; None where it is gone."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Later volumes to be reserved by themselves, each once the one before it was checked out."""

    follow_up_id: str
    after_title_id: str
    """The volume that is reserved now."""
    later: tuple[str, ...]
    """Title ids of the volumes after it, in their order."""


@dataclass(frozen=True, slots=True)
class View:
    """The record, the policy and the time, as of this turn."""

    library: LibraryReader
    policy: Policy
    now: datetime
    """UTC."""
    today: date
    """In the library's zone."""
    cards: tuple[LinkedCard, ...] = ()
    other_links: tuple[OtherLink, ...] = ()
    """Of the card in use."""
    button: ButtonRecord | None = None
    """The record of the tapped button, whoever it belongs to; None: unknown or forgotten."""
    settings: Mapping[str, Json] = field(default_factory=dict)
    """The LINE user's own settings."""
    cart: tuple[str, ...] = ()
    """Title ids in the cart of the card in use, in the order in which they were put in."""
    follow_ups: tuple[FollowUp, ...] = ()
    """Of the card in use, oldest first."""
    kept: Kept = field(default_factory=Kept)

    def card_in_use(self) -> LinkedCard | None:
        """The linked card that is in use, or None without any."""
        return next((card for card in self.cards if card.in_use), None)
