"""What the bot sends: by reply, push, multicast, broadcast, narrowcast; and how much of the quota it used.

The requests were checked by the API before; here is what LINE does with a sound one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from simulator.ids import new_message_id, new_token
from simulator.state import State
from simulator.statistics import Statistics
from simulator.tokens import ReplyTokens, RetryKeys

Message = dict[str, Any]
Sent = list[dict[str, Any]]
"""`sentMessages` of an answer."""


class QuotaUsedUp(Exception):
    """The month's messages are used up; replies still work."""


@dataclass(frozen=True, slots=True)
class Call:
    """A sending call: its kind (`push`, `multicast`, …), its id, and the aggregation unit it names."""

    kind: str
    request_id: str
    unit: str = ""


class Sending:
    """The way from the API into the chats."""

    def __init__(
        self,
        state: State,
        statistics: Statistics,
        reply_tokens: ReplyTokens,
        retry_keys: RetryKeys,
        monthly_quota: int | None,
    ) -> None:
        self._state = state
        self._statistics = statistics
        self._reply_tokens = reply_tokens
        self.retry_keys = retry_keys
        self._counting = Lock()
        self._quota = monthly_quota

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Sent | None:
        """Answer an event; None: the token is unknown, used or too old. Who blocked meanwhile gets nothing."""
        chat_id = self._reply_tokens.take(reply_token)
        if chat_id is None:
            return None
        people = self._people_in(chat_id)
        self._statistics.count("reply", people)
        if not people:
            return _undelivered(messages)
        return [_sent(entry.id, entry.message) for entry in self._state.say_all(chat_id, messages, None)]

    def send(self, call: Call, to: Sequence[str], messages: Sequence[Message]) -> Sent:
        """Send to chats that exist; those who blocked the account, or never added it, get nothing and no error.

        Raises QuotaUsedUp, and then nothing is sent.
        """
        sizes = {chat_id: self._people_in(chat_id) for chat_id in dict.fromkeys(to)}
        reached = [chat_id for chat_id, people in sizes.items() if people]
        people = sum(sizes.values())
        with self._counting:
            if self._quota is not None and self._statistics.used() + people > self._quota:
                raise QuotaUsedUp
            self._statistics.count(call.kind, people)
        request = self._statistics.follow(call.kind, call.request_id, call.unit, messages, people)
        sent: Sent = []
        for chat_id in reached:
            entries = self._state.say_all(chat_id, messages, request)
            sent = sent or [_sent(entry.id, entry.message) for entry in entries]
        return sent or _undelivered(messages)

    def friends(self) -> list[str]:
        """Everybody who can be reached, in the order of their coming."""
        with self._state.locked():
            return [person.user_id for person in self._state.people.values() if person.is_reachable]

    def left_in_month(self) -> int | None:
        """People who may still be reached this month; None: without limit."""
        return None if self._quota is None else max(self._quota - self._statistics.used(), 0)

    def _people_in(self, chat_id: str) -> int:
        """How many people a message to this chat reaches."""
        with self._state.locked():
            person = self._state.people.get(chat_id)
            if person:
                return int(person.is_reachable)
            chat = self._state.chats[chat_id]
            return len(chat.members) if chat.has_bot else 0


def _undelivered(messages: Sequence[Message]) -> Sent:
    """What the bot is told where nothing arrives: the same as where it does."""
    return [_sent(new_message_id(), message) for message in messages]


def _sent(message_id: str, message: Message) -> dict[str, Any]:
    can_be_quoted = message["type"] in {"text", "textV2", "sticker"}
    return {"id": message_id, "quoteToken": new_token()} if can_be_quoted else {"id": message_id}
