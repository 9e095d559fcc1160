"""The cart of a LINE user with a card: titles gathered to be reserved together."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.wishes import CartItemRow


class Cart:
    """One cart. The caller holds the transaction, and keeps two turns of one LINE user apart."""

    def __init__(self, session: Session, clock: Clock, line_user_id: str, card_number: str) -> None:
        self._session = session
        self._clock = clock
        self._line_user_id = line_user_id
        self._card_number = card_number

    def titles(self) -> tuple[str, ...]:
        """The ids of the titles in it, in the order in which they were put in."""
        return tuple(row.title_id for row in self._rows())

    def add(self, title_ids: Iterable[str], *, most: int) -> tuple[str, ...]:
        """Put titles in, until `most` are in it; returns those that were put in."""
        rows = self._rows()
        known, place = {row.title_id for row in rows}, max((row.place for row in rows), default=0)
        added: list[str] = []
        for title_id in dict.fromkeys(title_ids):
            if title_id not in known and len(rows) + len(added) < most:
                added.append(title_id)
                self._session.add(
                    CartItemRow(
                        line_user_id=self._line_user_id,
                        card_number=self._card_number,
                        title_id=title_id,
                        place=place + len(added),
                        added_at=self._clock.now(),
                    )
                )
        self._session.flush()
        return tuple(added)

    def remove(self, title_ids: Iterable[str]) -> tuple[str, ...]:
        """Take titles out; returns those that were in it."""
        wanted = set(title_ids)
        found = tuple(row.title_id for row in self._rows() if row.title_id in wanted)
        self._session.execute(
            delete(CartItemRow).where(
                CartItemRow.line_user_id == self._line_user_id,
                CartItemRow.card_number == self._card_number,
                CartItemRow.title_id.in_(found),
            )
        )
        return found

    def _rows(self) -> list[CartItemRow]:
        query = select(CartItemRow).where(
            CartItemRow.line_user_id == self._line_user_id, CartItemRow.card_number == self._card_number
        )
        return list(self._session.scalars(query.order_by(CartItemRow.place, CartItemRow.title_id)))
