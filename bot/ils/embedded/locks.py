"""The row locks that decide races. Always the patron first, then the title.

On SQLite they are plain reads: the writing transaction has the whole database already.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.library import PatronNotFound
from bot.storage.tables.library import PatronRow, TitleRow


def lock_patron(session: Session, card_number: str) -> PatronRow:
    """The patron's row, locked until the commit and read afresh. Raises PatronNotFound."""
    row = session.scalar(
        select(PatronRow)
        .where(PatronRow.card_number == card_number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise PatronNotFound("no patron has this card")
    return row


def lock_title(session: Session, title_id: str) -> TitleRow | None:
    """The title's row, locked until the commit and read afresh; None if it is not held."""
    row = session.scalar(
        select(TitleRow)
        .where(TitleRow.title_id == title_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # What was read before the lock may have changed meanwhile.
    session.expire_all()
    return row
