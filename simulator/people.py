"""What the people at the phones do, and the events that come of it."""

import re
from collections.abc import Mapping
from typing import Any

from simulator import events
from simulator.clock import Clock
from simulator.contents import Content, Contents
from simulator.delivery import Delivery
from simulator.ids import new_message_id
from simulator.phone_messages import NotPossible, check_message
from simulator.state import SYSTEM, Arrival, Chat, Entry, Person, State
from simulator.statistics import Statistics
from simulator.tokens import LinkTokens, ReplyTokens

TAPPABLE = frozenset({"postback", "message", "datetimepicker", "richmenuswitch", "uri"})
"""Actions of which something comes: an event, or (of a link) a number in the statistics."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class People:
    """Every act changes the chat at once and sends its event in the background."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        delivery: Delivery,
        reply_tokens: ReplyTokens,
        link_tokens: LinkTokens,
        contents: Contents,
        statistics: Statistics,
    ) -> None:
        self._state = state
        self._clock = clock
        self._delivery = delivery
        self._reply_tokens = reply_tokens
        self._link_tokens = link_tokens
        self._contents = contents
        self._statistics = statistics

    def follow(self, person: Person) -> None:
        """Add the account as a friend, or unblock it."""
        with self._state.locked():
            if person.is_reachable:
                raise NotPossible(f"{person.name} is a friend already")
            was_blocked = person.has_blocked
            person.is_friend, person.has_blocked = True, False
            self._state.note_act(person.user_id, person.user_id, "follow")
            said = "ブロックを解除しました" if was_blocked else "友だちに追加しました"
            self._note(person.user_id, said)
            self._tell(person.user_id, person, "follow", follow={"isUnblocked": was_blocked})

    def crowd(self, count: int) -> list[Person]:
        """So many people who are friends already; nobody is told of them. For tests with thousands."""
        with self._state.locked():
            people = [self._state.add_person("") for _ in range(count)]
            for person in people:
                person.is_friend = True
            return people

    def block(self, person: Person) -> None:
        """Block the account: nothing that it sends arrives any more."""
        with self._state.locked():
            if not person.is_reachable:
                raise NotPossible(f"{person.name} is no friend")
            person.has_blocked = True
            self._state.note_act(person.user_id, person.user_id, "block")
            self._note(person.user_id, "ブロックしました")
            self._tell(person.user_id, person, "unfollow")

    def speak(self, person: Person, language: str) -> None:
        """Choose the language of the phone, a BCP 47 tag; empty: it is not told."""
        if language and not LANGUAGE.fullmatch(language):
            raise NotPossible(f"{language!r} is no language tag such as ja, en or zh-TW")
        with self._state.locked():
            person.language = language
            self._state.touch(person.user_id)

    def send(
        self, person: Person, chat: Chat, message: Mapping[str, Any], content: Content | None = None
    ) -> Entry:
        """Send a message to the account or into a group; `content`: the person's own photo or file, else a sample."""
        checked = check_message(message, content)
        with self._state.locked():
            self._must_reach(person, chat)
            if checked["type"] == "text":
                self._state.note_act(chat.id, person.user_id, "said", checked["text"])
            else:
                self._state.note_act(chat.id, person.user_id, "sent", checked)
            return self._send(person, chat, checked, content)

    def tap(
        self,
        person: Person,
        chat: Chat,
        action: Mapping[str, Any],
        params: Mapping[str, str] | None = None,
        message_id: str = "",
    ) -> None:
        """Tap a button: `action` is its LINE action object; `params` is what a picker or a tab adds.

        `message_id`: the message on which it stands, if it is known; taps on links are counted with it.
        """
        kind = action.get("type")
        if kind not in TAPPABLE:
            raise NotPossible(f"an action of type {kind} sends nothing to the bot")
        with self._state.locked():
            if kind == "uri":
                self._count_link(person, chat, str(action.get("uri")), message_id)
                return
            self._must_reach(person, chat)
            self._state.note_act(chat.id, person.user_id, "tapped", dict(action))
            self._use_quick_reply(chat)
            shown = (
                action.get("text") if kind == "message" else action.get("displayText") or action.get("text")
            )
            if kind == "message":
                self._send(person, chat, {"type": "text", "text": str(shown or "")})
                return
            entry = None
            if shown:
                entry = self._state.say(chat.id, person.user_id, {"type": "text", "text": shown})
            postback: dict[str, Any] = {"data": action.get("data", "")}
            if params:
                postback["params"] = dict(params)
            if chat.has_bot:
                self._tell(chat.id, person, "postback", entry, postback=postback)

    def unsend(self, person: Person, chat: Chat, entry_id: str) -> None:
        """Take a message back."""
        with self._state.locked():
            entry = self._state.entry(chat.id, entry_id)
            if entry is None or entry.sender != person.user_id or "id" not in entry.message:
                raise NotPossible("only an own message that is still there can be taken back")
            entry.is_unsent, entry.message, entry.event = True, {"type": "text", "text": ""}, None
            self._contents.forget(entry_id)
            self._state.change_entry(chat.id, entry)
            if chat.has_bot:
                self._tell(chat.id, person, "unsend", unsend={"messageId": entry_id})

    def invite(self, chat: Chat, *, joins: bool) -> None:
        """Invite the account into a group, or remove it."""
        with self._state.locked():
            if not chat.is_group or chat.has_bot == joins:
                raise NotPossible("the account can join a group once, and leave it once it is in")
            chat.has_bot = joins
            self._note(chat.id, "アカウントが参加しました" if joins else "アカウントが退会しました")
            self._tell(chat.id, None, "join" if joins else "leave")

    def join(self, person: Person, chat: Chat) -> None:
        """A person comes into a group."""
        with self._state.locked():
            if not chat.is_group or person.user_id in chat.members:
                raise NotPossible(f"{person.name} can't join this chat")
            chat.members.append(person.user_id)
            self._note(chat.id, f"{person.name}さんが参加しました")
            if chat.has_bot:
                self._tell(chat.id, None, "memberJoined", joined=_members(person))

    def leave(self, person: Person, chat: Chat) -> None:
        """A person goes out of a group; the last one takes the group along."""
        with self._state.locked():
            if not chat.is_group or person.user_id not in chat.members:
                raise NotPossible(f"{person.name} is not in this group")
            chat.members.remove(person.user_id)
            self._note(chat.id, f"{person.name}さんが退会しました")
            if chat.has_bot:
                self._tell(chat.id, None, "memberLeft", left=_members(person))

    def agree_to_link(self, link_token: str, nonce: str, as_user: str) -> bool | None:
        """End the account-link dialog; True: linked, False: not this user's token, None: no such token."""
        owner = self._link_tokens.take(link_token)
        if owner is None:
            return None
        at = self._clock.now()
        if owner != as_user:
            failed = events.event("accountLink", at, None, "", link={"result": "failed", "nonce": nonce})
            self._delivery.enqueue(owner, failed)
            return False
        with self._state.locked():
            self._state.note_act(owner, owner, "link")
            self._note(owner, "アカウントを連携しました")
            self._tell(owner, self._state.people[owner], "accountLink", link={"result": "ok", "nonce": nonce})
        return True

    def _send(
        self, person: Person, chat: Chat, message: Mapping[str, Any], content: Content | None = None
    ) -> Entry:
        made = events.user_message(new_message_id(), message)
        if content:
            self._contents.keep(made["id"], content)
        entry = self._state.say(chat.id, person.user_id, made, made["id"])
        if chat.has_bot:
            self._tell(chat.id, person, "message", entry, message=made)
        return entry

    def _count_link(self, person: Person, chat: Chat, url: str, message_id: str) -> None:
        entry = self._state.entry(chat.id, message_id)
        if entry and entry.request:
            self._statistics.clicked(entry.request, entry.seq, url, person.user_id)

    def _tell(
        self, chat_id: str, person: Person | None, kind: str, entry: Entry | None = None, **content: Any
    ) -> None:
        """Send the event of something that happens now in this chat."""
        chat = self._state.chats[chat_id]
        source = events.source_in(chat.kind, chat_id, person.user_id if person else "")
        token = "" if kind in events.UNTOLD else self._reply_tokens.issue(chat_id)
        event = events.event(kind, self._clock.now(), source, token, **content)
        if entry is None:
            self._delivery.enqueue(chat_id, event)
            return
        entry.arrival, entry.event = Arrival.SENDING, event
        self._state.change_entry(chat_id, entry)
        self._delivery.enqueue(chat_id, event, lambda arrived: self._arrived(chat_id, entry, arrived))

    def _arrived(self, chat_id: str, entry: Entry, arrived: bool) -> None:  # The shape of `Outcome`.
        with self._state.locked():
            entry.arrival = Arrival.READ if arrived else Arrival.FAILED
            self._state.change_entry(chat_id, entry)

    def _use_quick_reply(self, chat: Chat) -> None:
        if chat.entries:
            chat.used_quick_reply = chat.entries[-1].id
            self._state.touch(chat.id)

    def _note(self, chat_id: str, text: str) -> None:
        self._state.say(chat_id, SYSTEM, {"type": "text", "text": text})

    @staticmethod
    def _must_reach(person: Person, chat: Chat) -> None:
        if not chat.is_group and not person.is_reachable:
            raise NotPossible(f"{person.name} must add or unblock the account first")
        if person.user_id not in chat.members:
            raise NotPossible(f"{person.name} is not in this chat")


def _members(person: Person) -> dict[str, Any]:
    return {"members": [events.user_source(person.user_id)]}
