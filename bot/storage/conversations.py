"""Where each conversation stands, as plain JSON; what it means is the dialogue's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.messages import ConversationRow

_REMEMBERED = 20
"""Ids of the last messages whose words a state may still hold; a state does not outlive so many."""


class Conversations:
    """Conversations by chat. The caller holds the transaction and the chat's lease."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def state(self, chat_id: str) -> dict[str, Any] | None:
        """The state as it was kept, or None."""
        row = self._session.get(ConversationRow, chat_id)
        return None if row is None else row.state

    def keep(self, chat_id: str, state: Mapping[str, Any], message_id: str) -> None:
        """Keep the state after a turn on the message `message_id` (empty: none). Written at the next flush."""
        row = self._session.get_one(ConversationRow, chat_id)
        if message_id:
            row.message_ids = [*row.message_ids, message_id][-_REMEMBERED:]
        row.state, row.touched_at = dict(state), self._clock.now()

    def forget(self, chat_id: str) -> None:
        """Forget what was said; the lease stays."""
        row = ConversationRow
        self._session.execute(
            update(row)
            .where(row.chat_id == chat_id)
            .values(state=None, message_ids=[], touched_at=self._clock.now())
        )

    def forget_unsent(self, chat_id: str, message_id: str) -> None:
        """The message was unsent: forget the conversation if it may hold words of it."""
        row = self._session.get(ConversationRow, chat_id)
        if row is not None and message_id in row.message_ids:
            self.forget(chat_id)
