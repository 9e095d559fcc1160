"""Tables of the way of a message: what came in, what goes out, where a conversation stands, what buttons mean.

What someone wrote and what was answered stand here only as long as they are needed: the payload of an event
goes when it is handled, that of an answer when it has arrived. What stays tells a repeated event from a new one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime

CHAT_ID_LENGTH = 64
EVENT_ID_LENGTH = 64
REPLY_TOKEN_LENGTH = 300
TOKEN_LENGTH = 32
"""Characters of a random id of our own."""

_WAITING = text("state = 'waiting'")
_UNDER_WAY = text("state IN ('waiting', 'sending')")


class InboxRow(Base):
    """An event, stored before LINE's request is answered. Its states: `waiting`, `handled`, `failed`."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waiting", "chat_id", "at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_inbox_due", "next_attempt_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_inbox_state_received_at", "state", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_event_id: Mapped[str] = mapped_column(String(EVENT_ID_LENGTH), unique=True)
    chat_id: Mapped[str] = mapped_column(String(CHAT_ID_LENGTH))
    """User, group or room; emptied when it is handled. Empty, too, for an event of no chat."""
    kind: Mapped[str] = mapped_column(String(64))
    """LINE's type of the event."""
    message_id: Mapped[str] = mapped_column(String(EVENT_ID_LENGTH), default="", index=True)
    """Of a message, or of the message that was unsent."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """LINE's timestamp: the order of a chat's events."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it came, or came again: the reply token lives from then on."""
    state: Mapped[str] = mapped_column(String(16))
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The event as LINE sent it; None once handled."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Turns that failed."""
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(64), default="")
    """Why it failed or was dropped: a code, nothing personal."""
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    understood: Mapped[bool | None]
    """Of words in private: whether they were; None for all else."""


class ConversationRow(Base):
    """Where the conversation in one chat stands, and who is working on it."""

    __tablename__ = "conversations"

    chat_id: Mapped[str] = mapped_column(String(CHAT_ID_LENGTH), primary_key=True)
    state: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    message_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The messages whose words the state may hold: when one of them is unsent, the state is forgotten."""
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lease_owner: Mapped[str] = mapped_column(String(TOKEN_LENGTH), default="")
    """Random, new at each taking: whoever shows another one has lost the lease and writes nothing."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ButtonRow(Base):
    """What the opaque id of a button means."""

    __tablename__ = "buttons"

    button_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    line_user_id: Mapped[str] = mapped_column(String(CHAT_ID_LENGTH), index=True)
    card_number: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    good_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Under a notice: until when it begins what it says; None: as long as buttons live."""


class OutboxRow(Base):
    """Messages for one chat that leave together, written with their cause.

    Its states: `waiting`, `sending` (an attempt is noted, its outcome is not), `sent`, `unconfirmed` (a reply
    that may have arrived: the next answer repeats it), `dropped`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_under_way", "chat_id", "id", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index("ix_outbox_due", "next_attempt_at", sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index("ix_outbox_chat_id_state", "chat_id", "state"),
        Index("ix_outbox_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[str] = mapped_column(String(CHAT_ID_LENGTH))
    webhook_event_id: Mapped[str] = mapped_column(String(EVENT_ID_LENGTH), default="", index=True)
    """The event it answers; empty: it answers none."""
    messages: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """LINE message objects; None once nothing more is to be done."""
    frozen: Mapped[bool] = mapped_column(default=False)
    """Set before the first attempt: from then on the messages never change."""
    reply_token: Mapped[str] = mapped_column(String(REPLY_TOKEN_LENGTH), default="")
    reply_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The end of the reply token's life."""
    may_push: Mapped[bool]
    """False in groups and rooms: what can't go as a reply goes nowhere."""
    retry_key: Mapped[str] = mapped_column(String(36))
    """A UUID for pushing; the same from the first attempt to the last."""
    reports_change: Mapped[bool] = mapped_column(default=False)
    """The messages tell of a change in the record: they must not get lost."""
    state: Mapped[str] = mapped_column(String(16))
    may_have_arrived: Mapped[bool] = mapped_column(default=False)
    """An attempt was made whose outcome is not known."""
    attempts: Mapped[int] = mapped_column(default=0)
    pushed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The first push: LINE remembers the retry key for 24 hours from then on."""
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(64), default="")
    """Why it ended, or the last failure: a code, nothing personal."""
    request_id: Mapped[str] = mapped_column(String(64), default="")
    """LINE's id of the last request, for its support."""
