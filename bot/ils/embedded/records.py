"""Rows of the tables as the nouns of `bot.library`."""

from bot.library import (
    Channel,
    Contact,
    ContestDivision,
    Copy,
    CopyStatus,
    CopyUse,
    Loan,
    Material,
    Patron,
    Reservation,
    ReservationState,
    Title,
)
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow, TitleRow


def patron_of(row: PatronRow) -> Patron:
    """The patron in a row."""
    return Patron(
        card_number=row.card_number,
        name=row.name,
        name_kana=row.name_kana,
        birth_date=row.birth_date,
        email=row.email,
        home_branch=row.home_branch,
        phone=row.phone,
        expires_on=row.expires_on,
        suspended_until=row.suspended_until,
    )


def title_of(row: TitleRow) -> Title:
    """The title in a row."""
    return Title(
        title_id=row.title_id,
        title=row.title,
        title_kana=row.title_kana,
        author=row.author,
        author_kana=row.author_kana,
        publisher=row.publisher,
        published=row.published,
        isbn=row.isbn,
        material=Material(row.material),
        subjects=tuple(subject for subject in row.subjects.split(";") if subject),
        series=row.series,
        volume=row.volume,
        issue=row.issue,
        latest_issue=row.latest_issue,
        contest_division=ContestDivision(row.contest_division) if row.contest_division else None,
        arrived_on=row.arrived_on,
    )


def copy_of(row: CopyRow) -> Copy:
    """The copy in a row."""
    return Copy(
        barcode=row.barcode,
        title_id=row.title_id,
        branch=row.branch,
        use=CopyUse(row.use),
        call_number=row.call_number,
        shelf=row.shelf,
        status=CopyStatus(row.status),
    )


def loan_of(row: LoanRow, copy: CopyRow, title: TitleRow) -> Loan:
    """The loan in a row, with its copy's place and its title."""
    return Loan(
        loan_id=row.loan_id,
        card_number=row.card_number,
        title=title_of(title),
        barcode=row.barcode,
        branch=copy.branch,
        checked_out_on=row.checked_out_on,
        due_on=row.due_on,
        renewals=row.renewals,
        interlibrary=row.interlibrary,
        returned_on=row.returned_on,
    )


def reservation_of(
    row: ReservationRow, title: TitleRow | None, *, position: int | None, length: int | None
) -> Reservation:
    """The reservation in a row, with its place in the queue."""
    return Reservation(
        reservation_id=row.reservation_id,
        card_number=row.card_number,
        title=title_of(title) if title is not None else None,
        placed_at=row.placed_at,
        pickup_branch=row.pickup_branch,
        contact=Contact(row.contact),
        state=ReservationState(row.state),
        channel=Channel(row.channel),
        queue_position=position,
        queue_length=length,
        ready_on=row.ready_on,
        pickup_by=row.pickup_by,
        barcode=row.barcode or "",
        placed_at_branch=row.placed_at_branch,
        request_text=row.request_text,
    )
