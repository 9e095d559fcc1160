"""Our own events for another LINE user. They travel through the inbox like LINE's, so that each is handled once,
in its own chat's order and under that chat's lease.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.line.events import (
    CARD_LINKED_ELSEWHERE,
    DESK_ANSWER,
    FOLLOWED_UP,
    LINK_ENDED,
    LINK_FAILED,
    PASSWORD_REGISTERED,
)
from bot.storage.inbox import Inbox


class OwnEvents:
    """Puts our own events into the inbox, within the caller's transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._inbox = Inbox(session, clock)
        self._clock = clock
        self._chats: dict[str, None] = {}

    @property
    def chats(self) -> tuple[str, ...]:
        """The chats in which something waits now because of them."""
        return tuple(self._chats)

    def card_linked_elsewhere(self, line_user_id: str, *, card_number: str, link_id: str) -> None:
        """Tell that another LINE account was linked to the card, by the link `link_id`."""
        self._put(CARD_LINKED_ELSEWHERE, line_user_id, {"cardNumber": card_number, "linkId": link_id})

    def link_ended(self, line_user_id: str, *, card_number: str) -> None:
        """Tell that this LINE account's link was ended from another one."""
        self._put(LINK_ENDED, line_user_id, {"cardNumber": card_number})

    def link_failed(self, line_user_id: str) -> None:
        """Tell the one who asked that LINE did not confirm the link."""
        self._put(LINK_FAILED, line_user_id, {})

    def password_registered(self, line_user_id: str, *, card_number: str) -> None:
        """Tell that a first password was registered for the card."""
        self._put(PASSWORD_REGISTERED, line_user_id, {"cardNumber": card_number})

    def desk_answered(self, line_user_id: str, *, number: int) -> None:
        """Tell that the staff answered the message of this number."""
        self._put(DESK_ANSWER, line_user_id, {"deskNumber": number})

    def followed_up(self, line_user_id: str, *, card_number: str, outcome: Mapping[str, str]) -> None:
        """Tell what came of a later volume: `titleId`, and `later`, `reasons` or `ended`."""
        self._put(FOLLOWED_UP, line_user_id, {"cardNumber": card_number, "outcome": dict(outcome)})

    def _put(self, kind: str, line_user_id: str, more: Mapping[str, Any]) -> None:
        raw: dict[str, Any] = {
            "type": kind,
            "webhookEventId": uuid4().hex,
            "timestamp": int(self._clock.now().timestamp() * 1000),
            "source": {"type": "user", "userId": line_user_id},
            "mode": "active",
            **more,
        }
        self._inbox.store_own([raw])
        self._chats[line_user_id] = None
