"""What a flow is handed in a turn: the event, the view, what was said before, and the wording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.dialogue.events import Event
from bot.dialogue.state import State
from bot.dialogue.view import View
from bot.intents import UNDERSTOOD, Intent, Reading
from bot.library import LibraryReader
from bot.messages.replies import Json
from bot.messages.wording import Wording
from bot.policies import Policy


@dataclass(frozen=True, slots=True)
class Scene:
    """One turn as a flow sees it."""

    event: Event
    view: View
    state: State
    say: Wording
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Of the wish that this turn is about, by words or by a button."""

    @property
    def policy(self) -> Policy:
        """The library's policy."""
        return self.view.policy

    @property
    def library(self) -> LibraryReader:
        """The record, read-only."""
        return self.view.library

    @property
    def today(self) -> date:
        """The day in the library's zone."""
        return self.view.today

    @property
    def card_number(self) -> str:
        """The card in use; empty without one."""
        card = self.view.card_in_use()
        return card.card_number if card else ""

    @property
    def is_old(self) -> bool:
        """Whether the event waited so long (an outage) that it must confirm nothing."""
        limit = timedelta(minutes=self.policy.conversation.old_event_minutes)
        return self.view.now - self.event.at > limit

    def branch_name(self, code: str) -> str:
        """A branch as patrons say it, or empty for an unknown one."""
        branch = self.policy.branch(code)
        return branch.name if branch else ""

    def branch_full_name(self, code: str) -> str:
        """A branch's full name; the main branch's for an unknown code."""
        return (self.policy.branch(code) or self.policy.counter).full_name

    def branch_phone(self, code: str) -> str:
        """A branch's phone; the main branch's for an unknown code."""
        return (self.policy.branch(code) or self.policy.counter).phone


@dataclass(frozen=True, slots=True)
class Answer:
    """What the patron gave a question: words, or a button of that very question."""

    chosen: Mapping[str, Json] = field(default_factory=dict)
    """Arguments of the tapped button; empty for words."""
    text: str = ""
    reading: Reading | None = None
    """Of the words; None for a button."""
    in_time: bool = True
    """False: older than the question, or kept waiting by an outage; it confirms nothing."""

    @property
    def intent(self) -> Intent | None:
        """What the words mean, where they were understood."""
        understood = self.reading is not None and self.reading.confidence >= UNDERSTOOD
        return self.reading.intent if self.reading and understood else None

    def slot(self, name: str) -> Any:
        """A slot of the words, or None."""
        return self.reading.slots.get(name) if self.reading else None
