"""What is remembered between two turns of one LINE user: small, typed, versioned, and safe in JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.messages.replies import Json

VERSION = 1
"""Raised when the meaning of a field changes; a state of another version is forgotten."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands. The empty state is a conversation that has not begun."""

    flow: str = ""
    """Name of the flow going on; empty: none."""
    step: str = ""
    data: Mapping[str, Json] = field(default_factory=dict)
    """What the flow has gathered."""
    question_id: str = ""
    """The question that waits for an answer; a button of another question is stale."""
    reminded_of: str = ""
    """The question of which it was said, after an answer beside it, that it still waits: said once for each."""
    asked_at: str = ""
    """ISO instant (UTC) of that question."""
    card_number: str = ""
    """The card the flow acts on."""
    misses: int = 0
    """Messages in a row that were not understood."""
    last_key: str = ""
    """Key of the last thing said, with its variant, so that the same sentence is not said twice in a row."""
    shown: Mapping[str, Json] = field(default_factory=dict)
    """The list shown last, so that 「2番」 and 「もっと見る」 have a meaning: its kind, ids and what it shows."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """In plain text messages: the id of the button behind each number that may be typed."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What stands on the buttons of the question that waits, folded: the id of each. A label of several is not here."""
    wish_labels: Mapping[str, str] = field(default_factory=dict)
    """The same of the buttons of the last answer that answer no question."""
    wish: Mapping[str, Json] = field(default_factory=dict)
    """What was wished for before a card was linked: `intent` and `slots`; taken up again after linking."""
    touched_at: str = ""
    """ISO instant (UTC) of the last turn; left alone for 30 minutes (policy), all is forgotten."""

    def to_json(self) -> dict[str, Any]:
        """As JSON values, with the version."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> "State":
        """The state kept as `value`; the empty one for None or another version."""
        if value is None or value.get("version") != VERSION:
            return cls()
        known = {item.name for item in fields(cls)}
        return cls(**{key: item for key, item in value.items() if key in known})

    def touched(self) -> datetime | None:
        """The instant of the last turn, or None."""
        return datetime.fromisoformat(self.touched_at) if self.touched_at else None
