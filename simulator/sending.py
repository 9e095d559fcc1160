"""What the bot sends: by reply, push, multicast, broadcast; and how much of the quota it used.

The requests were checked by the API before; here is what LINE does with a sound one.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from simulator.clock import Clock
from simulator.ids import new_message_id, new_token
from simulator.state import BOT, State
from simulator.tokens import ReplyTokens, RetryKeys

Message = dict[str, Any]
Sent = list[dict[str, Any]]
"""`sentMessages` of an answer."""


class QuotaUsedUp(Exception):
    """The month's messages are used up; replies still work."""


class Sending:
    """The way from the API into the chats."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        reply_tokens: ReplyTokens,
        retry_keys: RetryKeys,
        monthly_quota: int | None,
    ) -> None:
        self._state = state
        self._clock = clock
        self._reply_tokens = reply_tokens
        self.retry_keys = retry_keys
        self._lock = Lock()
        self._quota = monthly_quota
        self._used = 0

    @property
    def used(self) -> int:
        """Messages that counted toward the quota."""
        with self._lock:
            return self._used

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Sent | None:
        """Answer an event; None: the token is unknown, used or too old. Who blocked meanwhile gets nothing."""
        chat_id = self._reply_tokens.take(reply_token)
        if chat_id is None:
            return None
        return self._say(chat_id, messages) if self._is_reachable(chat_id) else _undelivered(messages)

    def push(self, to: Sequence[str], messages: Sequence[Message]) -> Sent:
        """Send to chats that exist; those who blocked the account, or never added it, get nothing and no error."""
        reached = [chat_id for chat_id in to if self._is_reachable(chat_id)]
        self._count(len(reached))
        sent = [self._say(chat_id, messages) for chat_id in reached]
        return sent[0] if sent else _undelivered(messages)

    def broadcast(self, messages: Sequence[Message]) -> Sent:
        """Send to all friends."""
        with self._state.locked():
            everyone = list(self._state.people)
        return self.push(everyone, messages)

    def _is_reachable(self, chat_id: str) -> bool:
        with self._state.locked():
            person = self._state.people.get(chat_id)
            return person.is_reachable if person else self._state.chats[chat_id].has_bot

    def _count(self, people: int) -> None:
        with self._lock:
            if self._quota is not None and self._used + people > self._quota:
                raise QuotaUsedUp
            self._used += people

    def _say(self, chat_id: str, messages: Sequence[Message]) -> Sent:
        # Several messages of one request arrive together.
        with self._state.locked():
            entries = [self._state.say(chat_id, BOT, message) for message in messages]
        return [_sent(entry.id, entry.message) for entry in entries]


def _undelivered(messages: Sequence[Message]) -> Sent:
    """What the bot is told where nothing arrives: the same as where it does."""
    return [_sent(new_message_id(), message) for message in messages]


def _sent(message_id: str, message: Message) -> dict[str, Any]:
    can_be_quoted = message["type"] in {"text", "textV2", "sticker"}
    return {"id": message_id, "quoteToken": new_token()} if can_be_quoted else {"id": message_id}
