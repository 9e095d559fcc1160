"""The link tokens that LINE issued at our request; the link pages open for these alone."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.accounts.friends import Friends
from bot.accounts.limits import KEPT, LINK_TOKEN_LIFE, PENDING_LIFE
from bot.accounts.secrets import digest
from bot.clock import Clock
from bot.storage.tables.accounts import LinkTokenRow, NonceRow, PendingPasswordRow


class LinkTokens:
    """Link tokens by digest. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def issued(self, line_user_id: str, token: str, now: datetime) -> None:
        """LINE issued `token` for this LINE user; `now` (UTC) is the instant before LINE was asked."""
        self.forget_old()
        Friends(self._session, self._clock).met(line_user_id)
        row = LinkTokenRow(token_digest=digest(token), line_user_id=line_user_id, issued_at=now)
        self._session.merge(row)
        self._session.flush()

    def owner(self, token: str) -> str | None:
        """The friend whom this token was issued to; None for one that is not ours, used or too old.

        A token is used once LINE has told of the link (see `Links.complete`), not when our page sends the
        patron on: a form sent twice by a double tap must still arrive.
        """
        row = self._session.get(LinkTokenRow, digest(token))
        if row is None or self._clock.now() - row.issued_at >= LINK_TOKEN_LIFE:
            return None
        friends = Friends(self._session, self._clock)
        return row.line_user_id if friends.is_friend(row.line_user_id) else None

    def forget_old(self) -> None:
        """Remove what signing in left behind; done here, too, because each linking begins here."""
        now = self._clock.now()
        for column, kept in (
            (LinkTokenRow.issued_at, KEPT),
            (NonceRow.made_at, KEPT),
            (PendingPasswordRow.begun_at, PENDING_LIFE),
        ):
            self._session.execute(delete(column.class_).where(column < now - kept))
