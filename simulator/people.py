"""What the people at the phones do, and the events that come of it."""

from collections.abc import Mapping
from typing import Any

from simulator import events
from simulator.clock import Clock
from simulator.delivery import Delivery
from simulator.ids import new_message_id
from simulator.state import SYSTEM, Arrival, Chat, Entry, Person, State
from simulator.tokens import LinkTokens, ReplyTokens

MESSAGE_FIELDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "text": {"text": str},
    "sticker": {"packageId": str, "stickerId": str},
    "image": {},
    "video": {"duration": int},
    "audio": {"duration": int},
    "file": {"fileName": str, "fileSize": int},
    "location": {"title": str, "address": str, "latitude": (int, float), "longitude": (int, float)},
}
"""What each kind of message must carry."""

LONGEST_TEXT = 10_000
"""LINE's apps let people write up to this many characters."""


class NotPossible(Exception):
    """A person can't do this now; the text says why."""


class People:
    """Every act changes the chat at once and sends its event in the background."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        delivery: Delivery,
        reply_tokens: ReplyTokens,
        link_tokens: LinkTokens,
    ) -> None:
        self._state = state
        self._clock = clock
        self._delivery = delivery
        self._reply_tokens = reply_tokens
        self._link_tokens = link_tokens

    def follow(self, person: Person) -> None:
        """Add the account as a friend, or unblock it."""
        with self._state.locked():
            if person.is_reachable:
                raise NotPossible(f"{person.name} is a friend already")
            was_blocked = person.has_blocked
            person.is_friend, person.has_blocked = True, False
            said = "ブロックを解除しました" if was_blocked else "友だちに追加しました"
            self._note(person.user_id, said)
            self._tell(person.user_id, person, "follow", follow={"isUnblocked": was_blocked})

    def block(self, person: Person) -> None:
        """Block the account: nothing that it sends arrives any more."""
        with self._state.locked():
            if not person.is_reachable:
                raise NotPossible(f"{person.name} is no friend")
            person.has_blocked = True
            self._note(person.user_id, "ブロックしました")
            self._tell(person.user_id, person, "unfollow")

    def send(self, person: Person, chat: Chat, message: Mapping[str, Any]) -> Entry:
        """Send a message to the account or into a group."""
        checked = _check_message(message)
        with self._state.locked():
            self._must_reach(person, chat)
            return self._send(person, chat, checked)

    def tap(
        self, person: Person, chat: Chat, action: Mapping[str, Any], params: Mapping[str, str] | None = None
    ) -> None:
        """Tap a button: `action` is its LINE action object; `params` is what a picker or a tab adds."""
        kind = action.get("type")
        if kind not in {"postback", "message", "datetimepicker", "richmenuswitch"}:
            raise NotPossible(f"an action of type {kind} sends nothing to the bot")
        with self._state.locked():
            self._must_reach(person, chat)
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
            self._tell(chat.id, person, "postback", entry, postback=postback)

    def unsend(self, person: Person, chat: Chat, entry_id: str) -> None:
        """Take a message back."""
        with self._state.locked():
            entry = self._state.entry(chat.id, entry_id)
            if entry is None or entry.sender != person.user_id or "id" not in entry.message:
                raise NotPossible("only an own message that is still there can be taken back")
            entry.is_unsent, entry.message = True, {"type": "text", "text": ""}
            self._state.change_entry(chat.id, entry)
            self._tell(chat.id, person, "unsend", unsend={"messageId": entry_id})

    def invite(self, chat: Chat, *, joins: bool) -> None:
        """Invite the account into a group, or remove it."""
        with self._state.locked():
            if not chat.is_group or chat.has_bot == joins:
                raise NotPossible("the account can join a group once, and leave it once it is in")
            chat.has_bot = joins
            self._note(chat.id, "アカウントが参加しました" if joins else "アカウントが退会しました")
            self._tell(chat.id, None, "join" if joins else "leave")

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
            self._note(owner, "アカウントを連携しました")
            self._tell(owner, self._state.people[owner], "accountLink", link={"result": "ok", "nonce": nonce})
        return True

    def _send(self, person: Person, chat: Chat, message: Mapping[str, Any]) -> Entry:
        made = events.user_message(new_message_id(), message)
        entry = self._state.say(chat.id, person.user_id, made, made["id"])
        if chat.has_bot:
            self._tell(chat.id, person, "message", entry, message=made)
        return entry

    def _tell(
        self, chat_id: str, person: Person | None, kind: str, entry: Entry | None = None, **content: Any
    ) -> None:
        """Send the event of something that happens now in this chat."""
        chat = self._state.chats[chat_id]
        user_id = person.user_id if person else ""
        source = events.group_source(chat_id, user_id) if chat.is_group else events.user_source(user_id)
        token = "" if kind in events.UNTOLD else self._reply_tokens.issue(chat_id)
        event = events.event(kind, self._clock.now(), source, token, **content)
        if entry is None:
            self._delivery.enqueue(chat_id, event)
            return
        entry.arrival = Arrival.SENDING
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


def _check_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message with only the fields of its kind; raises NotPossible for one that LINE's app could not send."""
    fields = MESSAGE_FIELDS.get(str(message.get("type")))
    if fields is None:
        raise NotPossible(f"a message is one of {', '.join(MESSAGE_FIELDS)}")
    for name, kind in fields.items():
        if not isinstance(message.get(name), kind) or isinstance(message.get(name), bool):
            raise NotPossible(f"a message of type {message['type']} needs {name}")
    kept = {"type": message["type"], **{name: message[name] for name in fields}}
    kept = {name: _whole(value) if isinstance(value, str) else value for name, value in kept.items()}
    if kept.get("text") == "" or len(kept.get("text", "")) > LONGEST_TEXT:
        raise NotPossible(f"a text has 1 to {LONGEST_TEXT} characters")
    return kept


def _whole(text: str) -> str:
    """Text without broken halves of surrogate pairs, which a browser can make and LINE's events never hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
