"""The links between LINE users and cards."""

from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.accounts.friends import Friends
from bot.accounts.model import EndedLink, Link, LinkOutcome, LinkResult, UnlinkResult
from bot.accounts.nonces import Nonces
from bot.clock import Clock
from bot.storage.richmenus import MenuChanges
from bot.storage.tables.accounts import (
    CardPageRow,
    LineUserRow,
    LinkRow,
    LinkTokenRow,
    NonceRow,
    PendingPasswordRow,
    WatchRow,
)
from bot.storage.tables.wishes import CartItemRow, FollowUpRow

_FAILED = LinkResult(LinkOutcome.FAILED)


class Links:
    """Links, as rows of our own: whether the library still knows the card is not asked here.

    The caller holds the transaction, and keeps two turns of one LINE user apart.
    """

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def cards(self, line_user_id: str) -> tuple[Link, ...]:
        """The cards linked to this LINE user, oldest link first."""
        return tuple(_link(row) for row in self._rows(line_user_id))

    def others_linked_to(self, card_number: str, *, but: str) -> tuple[str, ...]:
        """The LINE users linked to this card whom something may be sent to, without `but`."""
        rows = self._session.scalars(
            select(LinkRow.line_user_id)
            .where(LinkRow.card_number == card_number, LinkRow.line_user_id != but)
            .order_by(LinkRow.linked_at, LinkRow.line_user_id)
        )
        friends = Friends(self._session, self._clock)
        return tuple(other for other in rows if friends.is_friend(other))

    def others(self, card_number: str, *, but: str) -> tuple[Link, ...]:
        """The links of other LINE users with this card, oldest first."""
        rows = self._session.scalars(
            select(LinkRow)
            .where(LinkRow.card_number == card_number, LinkRow.line_user_id != but)
            .order_by(LinkRow.linked_at, LinkRow.link_id)
        )
        return tuple(_link(row) for row in rows)

    def complete(self, nonce: str, line_user_id: str) -> LinkResult:
        """LINE confirmed the link: use the nonce up, and link its card to the LINE user who asked.

        The card gets in use. It fails for a nonce that is unknown, used, too old or somebody else's.
        """
        asked = Nonces(self._session, self._clock).use(nonce)
        if asked is None or asked[0] != line_user_id:
            return _FAILED
        card_number = asked[1]
        self._forget_keys(line_user_id)
        if (known := self._row(line_user_id, card_number)) is not None:
            self._put_in_use(known)
            return LinkResult(LinkOutcome.ALREADY_LINKED, _link(known))
        link = self._add(line_user_id, card_number)
        return LinkResult(LinkOutcome.LINKED, link, self.others_linked_to(card_number, but=line_user_id))

    def asked_by(self, nonce: str) -> str | None:
        """The LINE user who began the link that LINE now reports as failed; the nonce is used up by it.

        None for a nonce that is unknown, used or too old.
        """
        asked = Nonces(self._session, self._clock).use(nonce)
        return asked[0] if asked is not None else None

    def unlink(self, line_user_id: str, card_number: str) -> UnlinkResult:
        """Delete the link and what is kept here for it; with the last card the settings go, too.

        Conversation and buttons are kept elsewhere: the caller deletes them where `done`.
        """
        row = self._row(line_user_id, card_number)
        if row is None:
            return UnlinkResult(done=False, in_use=self._in_use(line_user_id))
        self._session.delete(row)
        self._session.flush()
        self._forget_keys(line_user_id)
        self._forget_wishes(line_user_id, card_number)
        rest = self._rows(line_user_id)
        if not rest:
            self._forget_person(line_user_id)
            MenuChanges(self._session, self._clock).add(line_user_id)
        elif self._in_use(line_user_id) is None:
            self._put_in_use(rest[-1])
        return UnlinkResult(done=True, in_use=self._in_use(line_user_id))

    def use(self, line_user_id: str, card_number: str) -> bool:
        """Put one of the linked cards in use; False where it is not linked (any more)."""
        row = self._row(line_user_id, card_number)
        if row is None:
            return False
        self._put_in_use(row)
        return True

    def end_other(self, asked_by: str, link_id: str) -> EndedLink | None:
        """End somebody else's link of a card that is linked to `asked_by`, too.

        None where that link is gone already, or is of a card that the one who asks is not linked to.
        """
        row = self._session.get(LinkRow, link_id)
        if row is None or self._row(asked_by, row.card_number) is None:
            return None
        ended = EndedLink(row.line_user_id, row.card_number)
        self.unlink(ended.line_user_id, ended.card_number)
        return ended

    def of_card(self, card_number: str) -> tuple[Link, ...]:
        """All links of a card, oldest first."""
        return self.others(card_number, but="")

    def cut(self, card_number: str, link_id: str) -> EndedLink | None:
        """End a link of this card, whosever it is: the counter's right. None where it is gone already."""
        row = self._session.get(LinkRow, link_id)
        if row is None or row.card_number != card_number:
            return None
        self.unlink(row.line_user_id, card_number)
        return EndedLink(row.line_user_id, card_number)

    def move(self, card_number: str, to: str) -> tuple[EndedLink, ...]:
        """A card got a new number: its links go on with that one. Returns them as they were.

        What was put by under the old number (cart, later volumes) is forgotten, and so is every key.
        """
        moved = []
        for link in self.of_card(card_number):
            row = self._session.get_one(LinkRow, link.link_id)
            moved.append(EndedLink(link.line_user_id, card_number))
            if self._row(link.line_user_id, to) is not None:
                self.unlink(link.line_user_id, card_number)
                continue
            row.card_number = to
            self._session.flush()
            self._forget_keys(link.line_user_id)
            self._forget_wishes(link.line_user_id, card_number)
        return tuple(moved)

    def _add(self, line_user_id: str, card_number: str) -> Link:
        now = self._clock.now()
        person = self._session.get_one(LineUserRow, line_user_id)
        person.agreed_at = person.agreed_at or now
        row = LinkRow(
            link_id=uuid4().hex,
            line_user_id=line_user_id,
            card_number=card_number,
            in_use=False,
            linked_at=now,
        )
        self._session.add(row)
        self._put_in_use(row)
        MenuChanges(self._session, self._clock).add(line_user_id)
        return _link(row)

    def _put_in_use(self, row: LinkRow) -> None:
        """Use this card from now on; pages that show another one open no more."""
        self._session.execute(delete(CardPageRow).where(CardPageRow.line_user_id == row.line_user_id))
        for other in self._rows(row.line_user_id):
            other.in_use = False
        # Two statements, in this order: the index allows one card in use at any moment.
        self._session.flush()
        row.in_use = True
        self._session.flush()

    def _rows(self, line_user_id: str) -> list[LinkRow]:
        query = select(LinkRow).where(LinkRow.line_user_id == line_user_id)
        return list(self._session.scalars(query.order_by(LinkRow.linked_at, LinkRow.link_id)))

    def _row(self, line_user_id: str, card_number: str) -> LinkRow | None:
        return next((row for row in self._rows(line_user_id) if row.card_number == card_number), None)

    def _in_use(self, line_user_id: str) -> Link | None:
        return next((_link(row) for row in self._rows(line_user_id) if row.in_use), None)

    def _forget_keys(self, line_user_id: str) -> None:
        """Void every token, nonce, half-done form and card page of this LINE user."""
        for table in (LinkTokenRow, NonceRow, PendingPasswordRow, CardPageRow):
            self._session.execute(delete(table).where(table.line_user_id == line_user_id))

    def _forget_wishes(self, line_user_id: str, card_number: str) -> None:
        """The cart and the volumes that were to follow, of this LINE user with this card."""
        for table in (CartItemRow, FollowUpRow):
            self._session.execute(
                delete(table).where(table.line_user_id == line_user_id, table.card_number == card_number)
            )

    def _forget_person(self, line_user_id: str) -> None:
        person = self._session.get_one(LineUserRow, line_user_id)
        person.agreed_at = None
        person.settings = {}
        self._session.execute(delete(WatchRow).where(WatchRow.line_user_id == line_user_id))
        self._session.flush()


def _link(row: LinkRow) -> Link:
    return Link(row.link_id, row.line_user_id, row.card_number, row.in_use, row.linked_at)
