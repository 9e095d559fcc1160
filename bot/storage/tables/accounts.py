"""Tables of accounts: LINE users, their links to cards, and what signing in leaves behind for minutes.

What a browser or LINE could present as a key (link token, nonce, the secret of a half-done form) is kept
as a SHA-256 digest only: whoever reads the database can present none of them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime

DIGEST_LENGTH = 64
"""Characters of a SHA-256 digest in hexadecimal."""

CARD_NUMBER_LENGTH = 64
LINE_USER_ID_LENGTH = 64


class LineUserRow(Base):
    """A LINE user who is, or was, a friend of the library's account."""

    __tablename__ = "line_users"

    line_user_id: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH), primary_key=True)
    followed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set while the library's account is blocked: nothing is pushed."""
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When this LINE user agreed to what is stored; None before the first link and after the last."""
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class LinkRow(Base):
    """A card linked to a LINE user. At most one of a LINE user's cards is in use."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("line_user_id", "card_number"),
        Index(
            "ix_links_one_in_use",
            "line_user_id",
            unique=True,
            sqlite_where=text("in_use"),
            postgresql_where=text("in_use"),
        ),
    )

    link_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Random; stands for the link where neither the card nor the LINE user may be named."""
    line_user_id: Mapped[str] = mapped_column(ForeignKey("line_users.line_user_id"))
    card_number: Mapped[str] = mapped_column(String(CARD_NUMBER_LENGTH), index=True)
    in_use: Mapped[bool]
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkTokenRow(Base):
    """A link token that LINE issued at our request."""

    __tablename__ = "link_tokens"

    token_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    line_user_id: Mapped[str] = mapped_column(ForeignKey("line_users.line_user_id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class NonceRow(Base):
    """A nonce given to LINE's dialog: who asked, and for which card."""

    __tablename__ = "nonces"

    nonce_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    line_user_id: Mapped[str] = mapped_column(ForeignKey("line_users.line_user_id"), index=True)
    card_number: Mapped[str] = mapped_column(String(CARD_NUMBER_LENGTH))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInTryRow(Base):
    """How often in a row signing in or registering failed for one card, address or LINE user."""

    __tablename__ = "sign_in_tries"

    subject_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    """Of the kind of try and the card number, address or LINE user id."""
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """The last of them."""


class PendingPasswordRow(Base):
    """A form half done: a temporary password to be changed, or a first registration."""

    __tablename__ = "pending_passwords"

    secret_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    """Of the secret in the browser's session, which alone opens `sealed`."""
    line_user_id: Mapped[str] = mapped_column(ForeignKey("line_users.line_user_id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set when the password is recorded: a form sent twice by a double tap comes to the same end."""


class CardPageRow(Base):
    """An address under which a card can be seen in full for some minutes; never the address itself."""

    __tablename__ = "card_pages"

    key_digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    line_user_id: Mapped[str] = mapped_column(ForeignKey("line_users.line_user_id"), index=True)
    card_number: Mapped[str] = mapped_column(String(CARD_NUMBER_LENGTH))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    opened: Mapped[int] = mapped_column(default=0)
    """How often it was looked at."""


class WatchRow(Base):
    """A theme or an author whose new arrivals a LINE user wants to hear of."""

    __tablename__ = "watches"
    __table_args__ = (UniqueConstraint("line_user_id", "kind", "words"),)

    watch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    line_user_id: Mapped[str] = mapped_column(ForeignKey("line_users.line_user_id"))
    kind: Mapped[str] = mapped_column(String(16))
    """`subject` or `author`."""
    words: Mapped[str] = mapped_column(String(120))
    """As the patron named it."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
