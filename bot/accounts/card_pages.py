"""The short-lived addresses under which a patron sees a card in full, with its barcode.

An address is a key of 256 random bits; the database holds its digest. It opens the page of one card for the LINE
user whom it was sent to, a few times within minutes, and only while that card is linked and in use.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.accounts.limits import CARD_PAGE_LIFE, CARD_PAGE_OPENINGS, KEPT
from bot.accounts.secrets import digest, new_secret
from bot.clock import Clock
from bot.storage.tables.accounts import CardPageRow, LinkRow


class CardPages:
    """Keys of card pages by digest. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def make(self, line_user_id: str, link_id: str) -> str | None:
        """A key to the page of a linked card; None where this LINE user does not use that card (any more)."""
        self.forget_old()
        link = self._session.get(LinkRow, link_id)
        if link is None or link.line_user_id != line_user_id or not link.in_use:
            return None
        key = new_secret()
        self._session.add(
            CardPageRow(
                key_digest=digest(key),
                line_user_id=line_user_id,
                card_number=link.card_number,
                made_at=self._clock.now(),
            )
        )
        self._session.flush()
        return key

    def open(self, key: str) -> str | None:
        """The number of the card that this key shows; counts as looking at it once.

        None for a key that is unknown, too old, used too often, or whose card is no longer in use.
        """
        row = self._session.get(CardPageRow, digest(key), with_for_update=True)
        if row is None or row.opened >= CARD_PAGE_OPENINGS:
            return None
        if self._clock.now() - row.made_at >= CARD_PAGE_LIFE or not self._is_in_use(row):
            return None
        row.opened += 1
        self._session.flush()
        return row.card_number

    def family(self, key: str) -> tuple[str, ...]:
        """The numbers of the other cards linked to whom this key was sent, oldest link first: for a key that
        has just opened its page.
        """
        row = self._session.get(CardPageRow, digest(key))
        if row is None:
            return ()
        query = select(LinkRow.card_number).where(
            LinkRow.line_user_id == row.line_user_id, LinkRow.card_number != row.card_number
        )
        return tuple(self._session.scalars(query.order_by(LinkRow.linked_at, LinkRow.link_id)))

    def _is_in_use(self, row: CardPageRow) -> bool:
        query = select(LinkRow.in_use).where(
            LinkRow.line_user_id == row.line_user_id, LinkRow.card_number == row.card_number
        )
        return self._session.scalar(query) is True

    def forget_old(self) -> None:
        """Forget what opens nothing any more."""
        before = self._clock.now() - KEPT
        self._session.execute(delete(CardPageRow).where(CardPageRow.made_at < before))
