"""The embedded library's own tables: patrons, titles, copies, loans, reservations, their history, passwords.

Keys are those of the CSV files where the files have one. Branches are codes of the policy.
"""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime

_OPEN = text("returned_on IS NULL")
_ACTIVE = text("state IN ('queued', 'in_preparation', 'ready')")
_READY = text("state = 'ready'")


class PatronRow(Base):
    """A patron by card number; the row that is locked before anything of theirs changes."""

    __tablename__ = "patrons"

    card_number: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    name_kana: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date | None]
    email: Mapped[str] = mapped_column(default="")
    home_branch: Mapped[str] = mapped_column(String(32), default="")
    phone: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[date | None]
    suspended_until: Mapped[date | None]
    imported_as: Mapped[str] = mapped_column(String(32), default="")
    """Digest of the CSV row it last came with; an import of the same row again leaves it alone."""


class CredentialRow(Base):
    """A card's password as an argon2id hash; a card without a row has none."""

    __tablename__ = "credentials"

    card_number: Mapped[str] = mapped_column(ForeignKey("patrons.card_number"), primary_key=True)
    password_hash: Mapped[str]
    temporary: Mapped[bool]
    set_by: Mapped[str] = mapped_column(String(16))
    """Who set it: patron, staff or system (an import)."""
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TitleRow(Base):
    """A title; the `_key` columns hold what is searched, folded (see `ils.embedded.folding`)."""

    __tablename__ = "titles"

    title_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str]
    title_kana: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    author_kana: Mapped[str] = mapped_column(default="")
    publisher: Mapped[str] = mapped_column(default="")
    published: Mapped[str] = mapped_column(default="")
    isbn: Mapped[str] = mapped_column(String(13), default="")
    """As 13 digits wherever a 10-digit one can be made into one."""
    material: Mapped[str] = mapped_column(String(32))
    subjects: Mapped[str] = mapped_column(default="")
    """Separated by `;`."""
    series: Mapped[str] = mapped_column(default="")
    volume: Mapped[str] = mapped_column(default="")
    issue: Mapped[str] = mapped_column(default="")
    latest_issue: Mapped[bool] = mapped_column(default=False)
    contest_division: Mapped[str] = mapped_column(String(32), default="")
    arrived_on: Mapped[date | None]
    title_key: Mapped[str] = mapped_column(default="")
    title_kana_key: Mapped[str] = mapped_column(default="")
    author_key: Mapped[str] = mapped_column(default="")
    author_kana_key: Mapped[str] = mapped_column(default="")
    words_key: Mapped[str] = mapped_column(default="")
    """Everything that loose words may match."""

    __table_args__ = (
        Index("ix_titles_title_key", "title_key"),
        Index("ix_titles_title_kana_key", "title_kana_key"),
        Index("ix_titles_author_key", "author_key"),
        Index("ix_titles_isbn", "isbn"),
        Index("ix_titles_arrived_on", "arrived_on"),
    )


class CopyRow(Base):
    """One physical item."""

    __tablename__ = "copies"

    barcode: Mapped[str] = mapped_column(String(64), primary_key=True)
    title_id: Mapped[str] = mapped_column(ForeignKey("titles.title_id"), index=True)
    branch: Mapped[str] = mapped_column(String(32))
    use: Mapped[str] = mapped_column(String(16))
    call_number: Mapped[str] = mapped_column(default="")
    shelf: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(String(16), default="")


class LoanRow(Base):
    """A copy lent to a patron; open until `returned_on`. A copy has at most one open loan."""

    __tablename__ = "loans"

    loan_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    card_number: Mapped[str] = mapped_column(ForeignKey("patrons.card_number"))
    barcode: Mapped[str] = mapped_column(ForeignKey("copies.barcode"))
    checked_out_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    renewals: Mapped[int] = mapped_column(default=0)
    interlibrary: Mapped[bool] = mapped_column(default=False)
    returned_on: Mapped[date | None]
    imported_as: Mapped[str] = mapped_column(String(32), default="")
    """Digest of the CSV row it last came with; an import of the same row again leaves it alone."""

    __table_args__ = (
        Index("ix_loans_card_number_returned_on", "card_number", "returned_on"),
        Index("uq_loans_open_barcode", "barcode", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_loans_due_on", "due_on", "loan_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_loans_key", "card_number", "barcode", "checked_out_on", unique=True),
    )


class ReservationRow(Base):
    """A reservation; `title_id` is empty for a counter request for a title that is not held."""

    __tablename__ = "reservations"

    reservation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    card_number: Mapped[str] = mapped_column(ForeignKey("patrons.card_number"))
    title_id: Mapped[str | None] = mapped_column(ForeignKey("titles.title_id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pickup_branch: Mapped[str] = mapped_column(String(32))
    contact: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    ready_on: Mapped[date | None]
    pickup_by: Mapped[date | None]
    channel: Mapped[str] = mapped_column(String(16))
    barcode: Mapped[str | None] = mapped_column(ForeignKey("copies.barcode"))
    """The copy set aside."""
    placed_at_branch: Mapped[str] = mapped_column(String(32), default="")
    request_text: Mapped[str] = mapped_column(default="")
    imported_as: Mapped[str] = mapped_column(String(32), default="")
    """Digest of the CSV row it last came with; an import of the same row again leaves it alone."""

    __table_args__ = (
        Index("ix_reservations_card_number_state", "card_number", "state"),
        Index("ix_reservations_title_id_state", "title_id", "state"),
        Index(
            "uq_reservations_active",
            "card_number",
            "title_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_reservations_barcode", "barcode"),
        Index("ix_reservations_ready", "reservation_id", sqlite_where=_READY, postgresql_where=_READY),
        Index("ix_reservations_placed_at", "placed_at"),
    )


class LoanHistoryRow(Base):
    """What happened to a loan. The card number is cut from it some days after the loan ended (policy)."""

    __tablename__ = "loan_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[str] = mapped_column(String(32), index=True)
    card_number: Mapped[str | None] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    due_on: Mapped[date | None]
    actor: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReservationHistoryRow(Base):
    """What happened to a reservation. The card number is cut from it some days after it ended (policy)."""

    __tablename__ = "reservation_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[str] = mapped_column(String(32), index=True)
    card_number: Mapped[str | None] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(default="")
    """Why staff declined; told to the patron."""
    actor: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
