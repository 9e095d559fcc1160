"""Where each conversation stands, as plain JSON; what it means is the dialogue's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
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
        row = ConversationRow
        return self._session.scalar(select(row.state).where(row.chat_id == chat_id))

    def keep(self, chat_id: str, state: Mapping[str, Any], message_id: str) -> None:
        """Keep the state after a turn on the message `message_id` (empty: none)."""
        row = ConversationRow
        known = self._session.scalar(select(row.message_ids).where(row.chat_id == chat_id)) or []
        ids = [*known, message_id][-_REMEMBERED:] if message_id else known
        self._set(chat_id, dict(state), ids)

    def forget(self, chat_id: str) -> None:
        """Forget what was said; the lease stays."""
        self._set(chat_id, None, [])

    def forget_unsent(self, chat_id: str, message_id: str) -> None:
        """The message was unsent: forget the conversation if it may hold words of it."""
        row = ConversationRow
        known = self._session.scalar(select(row.message_ids).where(row.chat_id == chat_id)) or []
        if message_id in known:
            self.forget(chat_id)

    def _set(self, chat_id: str, state: dict[str, Any] | None, message_ids: list[str]) -> None:
        row = ConversationRow
        self._session.execute(
            update(row)
            .where(row.chat_id == chat_id)
            .values(state=state, message_ids=message_ids, touched_at=self._clock.now())
        )
