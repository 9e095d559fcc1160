"""Who is there and what has been said: people, chats, messages. In memory, behind one lock.

It decides nothing: what a person may do is `people`'s matter, what the bot may do is the API's.
Every change raises the revision of its chat, so that a phone can ask for what is new.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from threading import Condition
from typing import Any

from simulator.clock import Clock, millis
from simulator.ids import new_group_id, new_message_id, new_room_id, new_user_id
from simulator.statistics import Request

BOT = "bot"
"""The sender of what the official account says."""
SYSTEM = ""
"""The sender of a line such as 「ブロックしました」, which only the phone shows."""


class Kind(StrEnum):
    """What a chat is to LINE."""

    USER = "user"
    GROUP = "group"
    ROOM = "room"
    """A talk of several without a name of its own; people who are no group yet."""


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
    language: str = "ja"
    """A BCP 47 tag; empty: the person did not agree to its being told."""

    @property
    def is_reachable(self) -> bool:
        """Whether what the bot sends arrives."""
        return self.is_friend and not self.has_blocked


@dataclass(slots=True, eq=False)
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
    event: dict[str, Any] | None = None
    """The webhook event that told the bot of it."""
    request: Request | None = None
    """The call that brought it, if it is counted."""
    seq: int = 0
    """Its number among the messages of that call, from 1."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person did in a chat, so that it can be done again in a test."""

    user_id: str
    at: int
    kind: str
    """`said`, `sent` (other than text), `tapped`, or what else was done: `follow`, `block`, …"""
    value: Any
    """The text, the message, the action."""
    before: int
    """So many lines were in the chat before."""


@dataclass(slots=True)
class Chat:
    """The talk between the account and one person, or in a group."""

    id: str
    """The id of the user, the group or the room."""
    name: str
    members: list[str]
    kind: Kind = Kind.USER
    has_bot: bool = True
    entries: list[Entry] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    revision: int = 0
    loading_until: int = 0
    """Milliseconds since 1970: the waiting animation ends then at the latest."""
    used_quick_reply: str = ""
    """The message whose quick replies were tapped away."""

    @property
    def is_group(self) -> bool:
        """Whether several talk here."""
        return self.kind is not Kind.USER


class State:
    """All people and chats. Take `locked()` around what must be seen or changed together."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._revision = 0
        self._revision_of_all = 0
        self.is_closed = False
        self._by_number: dict[int, Person] = {}
        self._entries: dict[str, tuple[str, Entry]] = {}
        self._by_read_token: dict[str, tuple[str, Entry]] = {}
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
        """The revision, once it is beyond `revision`, or `seconds` have passed, or all is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._revision > revision or self.is_closed, timeout=seconds)
            return self._revision

    def close(self) -> None:
        """Nobody is to wait any longer."""
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()

    def add_person(self, name: str) -> Person:
        """A new phone with an empty chat; not yet a friend."""
        with self._changed:
            number = len(self.people) + 1
            person = Person(number, new_user_id(), name or f"利用者{number}")
            self.people[person.user_id] = self._by_number[number] = person
            self._open(Chat(person.user_id, person.name, [person.user_id]))
            return person

    def add_group(self, name: str, members: list[str], kind: Kind = Kind.GROUP) -> Chat:
        """A group (or room) of people into which the account can be invited."""
        with self._changed:
            new_id = new_room_id() if kind is Kind.ROOM else new_group_id()
            return self._open(Chat(new_id, name, members, kind, has_bot=False))

    def person(self, number: int) -> Person | None:
        """The person with that number (from 1), if any."""
        return self._by_number.get(number)

    def say(self, chat_id: str, sender: str, message: dict[str, Any], message_id: str = "") -> Entry:
        """Add a line to a chat."""
        with self._changed:
            return self._say(chat_id, sender, message, message_id or new_message_id())

    def say_all(
        self, chat_id: str, messages: Sequence[dict[str, Any]], request: Request | None
    ) -> list[Entry]:
        """Add the messages of one call of the bot, together."""
        with self._changed:
            entries = [self._say(chat_id, BOT, message, new_message_id()) for message in messages]
            for seq, entry in enumerate(entries, 1):
                entry.request, entry.seq = request, seq
            return entries

    def _say(self, chat_id: str, sender: str, message: dict[str, Any], message_id: str) -> Entry:
        chat = self.chats[chat_id]
        entry = Entry(message_id, sender, millis(self._clock.now()), message)
        entry.revision = self.touch(chat_id)
        chat.entries.append(entry)
        self._entries[message_id] = (chat_id, entry)
        if token := message.get("markAsReadToken"):
            self._by_read_token[token] = (chat_id, entry)
        if sender == BOT:
            chat.loading_until = 0
        return entry

    def people_numbered(self, most: int | None, also: Collection[int] = ()) -> list[Person]:
        """The first `most` people (None: all), and those with the numbers `also`."""
        with self._changed:
            first = list(islice(self._by_number.values(), most))
            more = [self._by_number[number] for number in also if number in self._by_number]
            return list({person.number: person for person in (*first, *more)}.values())

    def note_act(self, chat_id: str, user_id: str, kind: str, value: Any = None) -> None:
        """Remember what a person does; told before its line is added."""
        with self._changed:
            chat = self.chats[chat_id]
            chat.acts.append(Act(user_id, millis(self._clock.now()), kind, value, len(chat.entries)))

    def entry(self, chat_id: str, entry_id: str) -> Entry | None:
        """A line of a chat by its id."""
        where, entry = self._entries.get(entry_id, ("", None))
        return entry if where == chat_id else None

    def find(self, entry_id: str) -> Entry | None:
        """A line of any chat by its id."""
        return self._entries.get(entry_id, ("", None))[1]

    def find_by_read_token(self, token: str) -> tuple[Chat, Entry] | None:
        """The message with this `markAsReadToken`, and its chat."""
        chat_id, entry = self._by_read_token.get(token, ("", None))
        return (self.chats[chat_id], entry) if entry else None

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
            self._revision += 1
            self._revision_of_all = self._revision
            self._changed.notify_all()

    def revision_of(self, chat: Chat) -> int:
        """The last revision that meant something for this chat."""
        return max(chat.revision, self._revision_of_all)

    def _open(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        self.touch(chat.id)
        return chat
