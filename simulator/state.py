"""Who is there and what has been said: people, chats, messages. In memory, behind one lock.

It decides nothing: what a person may do is `people`'s matter, what the bot may do is the API's.
Every change raises the revision of its chat, so that a phone can ask for what is new.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Condition
from typing import Any

from simulator.clock import Clock, millis
from simulator.ids import new_group_id, new_message_id, new_user_id

BOT = "bot"
"""The sender of what the official account says."""
SYSTEM = ""
"""The sender of a line such as 「ブロックしました」, which only the phone shows."""


class Arrival(StrEnum):
    """What became of a person's message on its way to the bot."""

    SENDING = "sending"
    READ = "read"
    FAILED = "failed"


@dataclass(slots=True)
class Person:
    """Somebody with a phone."""

    number: int
    user_id: str
    name: str
    is_friend: bool = False
    has_blocked: bool = False

    @property
    def is_reachable(self) -> bool:
        """Whether what the bot sends arrives."""
        return self.is_friend and not self.has_blocked


@dataclass(slots=True)
class Entry:
    """One line of a chat."""

    id: str
    sender: str
    """A user id, BOT or SYSTEM."""
    at: int
    """Milliseconds since 1970, by the simulator's clock."""
    message: dict[str, Any]
    """A LINE message object as it was sent; for a person's, the message of the event."""
    revision: int = 0
    arrival: Arrival | None = None
    """None: not on its way to a bot (the bot's own, or a line of the system)."""
    is_unsent: bool = False


@dataclass(slots=True)
class Chat:
    """The talk between the account and one person, or in a group."""

    id: str
    """The user id or the group id."""
    name: str
    members: list[str]
    is_group: bool = False
    has_bot: bool = True
    entries: list[Entry] = field(default_factory=list)
    revision: int = 0
    loading_until: int = 0
    """Milliseconds since 1970: the waiting animation ends then at the latest."""
    used_quick_reply: str = ""
    """The message whose quick replies were tapped away."""


class State:
    """All people and chats. Take `locked()` around what must be seen or changed together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._revision = 0
        self.people: dict[str, Person] = {}
        self.chats: dict[str, Chat] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else sees or changes anything inside; may be nested."""
        with self._changed:
            yield

    @property
    def revision(self) -> int:
        """Grows with every change."""
        return self._revision

    def wait_beyond(self, revision: int, seconds: float) -> int:
        """The revision, once it is beyond `revision` or `seconds` have passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._revision > revision, timeout=seconds)
            return self._revision

    def add_person(self, name: str) -> Person:
        """A new phone with an empty chat; not yet a friend."""
        with self._changed:
            number = len(self.people) + 1
            person = Person(number, new_user_id(), name or f"利用者{number}")
            self.people[person.user_id] = person
            self._open(Chat(person.user_id, person.name, [person.user_id]))
            return person

    def add_group(self, name: str, members: list[str]) -> Chat:
        """A group of people into which the account can be invited."""
        with self._changed:
            return self._open(Chat(new_group_id(), name, members, is_group=True, has_bot=False))

    def person(self, number: int) -> Person | None:
        """The person with that number (from 1), if any."""
        with self._changed:
            return next((person for person in self.people.values() if person.number == number), None)

    def say(self, chat_id: str, sender: str, message: dict[str, Any], message_id: str = "") -> Entry:
        """Add a line to a chat."""
        with self._changed:
            chat = self.chats[chat_id]
            entry = Entry(message_id or new_message_id(), sender, millis(self._clock.now()), message)
            entry.revision = self.touch(chat_id)
            chat.entries.append(entry)
            if sender == BOT:
                chat.loading_until = 0
            return entry

    def entry(self, chat_id: str, entry_id: str) -> Entry | None:
        """A line of a chat by its id."""
        with self._changed:
            entries = self.chats[chat_id].entries
            return next((entry for entry in reversed(entries) if entry.id == entry_id), None)

    def change_entry(self, chat_id: str, entry: Entry) -> None:
        """Tell the phones that a line has changed."""
        with self._changed:
            entry.revision = self.touch(chat_id)

    def touch(self, chat_id: str) -> int:
        """Tell the phones that something about a chat has changed; returns the new revision."""
        with self._changed:
            self._revision += 1
            self.chats[chat_id].revision = self._revision
            self._changed.notify_all()
            return self._revision

    def touch_all(self) -> None:
        """Tell every phone to look again."""
        with self._changed:
            for chat_id in self.chats:
                self.touch(chat_id)

    def _open(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        self.touch(chat.id)
        return chat
