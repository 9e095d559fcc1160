"""Who is a friend of the library's LINE account, and what they have set."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.richmenus import MenuChanges
from bot.storage.tables.accounts import CardPageRow, LineUserRow, LinkTokenRow, NonceRow, PendingPasswordRow


class Friends:
    """LINE users as friends. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def followed(self, line_user_id: str, at: datetime) -> None:
        """A new friend, or one who came back, at the event's own time; a newer block stands."""
        is_known = self._find(line_user_id) is not None
        self.met(line_user_id, at)
        row = self._row(line_user_id)
        if row.blocked_at is None or row.blocked_at <= at:
            if is_known:
                # LINE gives nobody a menu who has blocked us.
                MenuChanges(self._session, self._clock).add(line_user_id)
            row.followed_at = max(row.followed_at, at)
            row.blocked_at = None

    def met(self, line_user_id: str, at: datetime | None = None) -> None:
        """Someone who writes to us in private, or for whom LINE issued a token, is a friend even if we
        never heard of the follow. A known one stays as they are: an old event must not undo a block.

        `at` (UTC): when; None: now.
        """
        if self._find(line_user_id) is None:
            row = LineUserRow(line_user_id=line_user_id, followed_at=at or self._clock.now(), settings={})
            self._session.add(row)
            self._session.flush()

    def wrote(self, line_user_id: str, at: datetime) -> None:
        """Whoever writes or taps in private has not blocked us, whatever a missing profile was taken for; a newer
        block stands.
        """
        self.met(line_user_id, at)
        row = self._row(line_user_id)
        if row.blocked_at is not None and row.blocked_at < at:
            row.blocked_at = None

    def blocked(self, line_user_id: str, at: datetime) -> None:
        """They blocked us at the event's own time, unless they came back later: no pushes, and what was under
        way is void. Links stay for their return.
        """
        self.met(line_user_id, at)
        row = self._row(line_user_id)
        if row.followed_at > at:
            return
        row.blocked_at = at
        for table in (LinkTokenRow, NonceRow, PendingPasswordRow, CardPageRow):
            self._session.execute(delete(table).where(table.line_user_id == line_user_id))

    def is_friend(self, line_user_id: str) -> bool:
        """Whether something may be sent to them."""
        row = self._find(line_user_id)
        return row is not None and row.blocked_at is None

    def settings(self, line_user_id: str) -> dict[str, Any]:
        """Their own settings; empty for one we do not know."""
        row = self._find(line_user_id)
        return dict(row.settings) if row is not None else {}

    def set_setting(self, line_user_id: str, key: str, value: Any) -> None:
        """Keep one setting, a JSON value."""
        self.met(line_user_id)
        row = self._row(line_user_id)
        row.settings = {**row.settings, key: value}

    def _find(self, line_user_id: str) -> LineUserRow | None:
        """Asked for many times a turn, so it is held on to: a session forgets rows that nobody holds."""
        row = self._session.get(LineUserRow, line_user_id)
        self._session.info[f"{__name__}:{line_user_id}"] = row
        return row

    def _row(self, line_user_id: str) -> LineUserRow:
        row = self._find(line_user_id)
        assert row is not None  # noqa: S101  # The callers have met them.
        return row
