"""Tables of e-mail: the letters that are to be sent, written with their cause in one transaction, and the addresses
that they go to. An address itself stands in a letter that waits and nowhere else: it is the library's record.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.accounts import DIGEST_LENGTH

_WAITING = text("state = 'waiting'")


class MailRow(Base):
    """A letter. Its states: `waiting`, `sent`, `refused`, `given_up`; its text goes when it is over."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_due", "next_attempt_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mails_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    """Why it is written: a code, nothing personal."""
    to: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    unsubscribe_url: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(String(36))
    """Makes the Message-ID."""
    state: Mapped[str] = mapped_column(String(16))
    refusal: Mapped[str] = mapped_column(String(32), default="")
    """Why it was refused (`bot.mail.Refusal`)."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on nothing more is tried."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailAddressRow(Base):
    """A card together with an address, both as digests: whether the address was confirmed, and what it gets no more."""

    __tablename__ = "mail_addresses"
    __table_args__ = (UniqueConstraint("card_digest", "email_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    card_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    email_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Kinds of letters that are sent no more; `all`: none at all."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailTokenRow(Base):
    """The key in a letter's link: confirms an address, or stops letters of some kinds to it. Never the key itself."""

    __tablename__ = "mail_tokens"

    token_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("mail_addresses.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    """`confirm` or `stop`."""
    kinds: Mapped[str] = mapped_column(String(255), default="")
    """For `stop`: what the letter that it stood in told of; a blank between them."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """For `confirm`: once."""
