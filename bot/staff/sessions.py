"""Who is signed in to the console, a row each: when the row goes, the cookie opens nothing."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.accounts.secrets import digest, new_secret
from bot.clock import Clock
from bot.policies import StaffPolicy
from bot.staff.accounts import account_of
from bot.staff.model import SignedIn, Stage
from bot.storage.tables.staff import StaffAccountRow, StaffSessionRow

SIGN_IN_LIFE = timedelta(minutes=10)
"""How long a sign-in may be half done."""

_SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is noted when a session was last used: not every click is a write."""


class Sessions:
    """All sessions. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock, policy: StaffPolicy) -> None:
        self._session = session
        self._clock = clock
        self._policy = policy

    def begin(self, username: str, stage: Stage) -> str:
        """Begin one; returns its token."""
        self.forget_old()
        return self._add(username, stage, self._clock.now())

    def find(self, token: str) -> SignedIn | None:
        """Who has this token; None for one that is unknown, ended or too old, and for a disabled account."""
        row = self._session.get(StaffSessionRow, digest(token)) if token else None
        if row is None or not self._lives(row):
            return None
        account = account_of(self._session.get_one(StaffAccountRow, row.username))
        return SignedIn(account, Stage(row.stage)) if account.disabled_at is None else None

    def must_be_touched(self, token: str) -> bool:
        """Whether its last use was noted so long ago that this one must be noted, too."""
        row = self._session.get(StaffSessionRow, digest(token))
        return row is not None and self._clock.now() - row.seen_at >= _SEEN_EVERY

    def touch(self, token: str) -> None:
        """It is used now."""
        row = StaffSessionRow
        self._session.execute(
            update(row).where(row.token_digest == digest(token)).values(seen_at=self._clock.now())
        )

    def advance(self, token: str, stage: Stage) -> str:
        """The sign-in has come further: the session goes on under a new token, so that an old one is worth nothing."""
        row = self._session.get_one(StaffSessionRow, digest(token))
        username, begun_at = row.username, row.begun_at
        self._session.delete(row)
        self._session.flush()
        return self._add(username, stage, self._clock.now() if stage is Stage.FULL else begun_at)

    def end(self, token: str) -> None:
        """Sign out."""
        self._session.execute(delete(StaffSessionRow).where(StaffSessionRow.token_digest == digest(token)))

    def end_others(self, token: str, username: str) -> None:
        """End the account's sessions but this one."""
        row = StaffSessionRow
        self._session.execute(delete(row).where(row.username == username, row.token_digest != digest(token)))

    def forget_old(self) -> None:
        """Remove those that have ended by themselves."""
        row, now = StaffSessionRow, self._clock.now()
        idle, whole = self._lengths(Stage.FULL)
        self._session.execute(delete(row).where((row.seen_at < now - idle) | (row.begun_at < now - whole)))

    def _add(self, username: str, stage: Stage, begun_at: datetime) -> str:
        token = new_secret()
        self._session.add(
            StaffSessionRow(
                token_digest=digest(token),
                username=username,
                stage=stage.value,
                begun_at=begun_at,
                seen_at=self._clock.now(),
            )
        )
        self._session.flush()
        return token

    def _lives(self, row: StaffSessionRow) -> bool:
        idle, whole = self._lengths(Stage(row.stage))
        now = self._clock.now()
        return now - row.seen_at < idle and now - row.begun_at < whole

    def _lengths(self, stage: Stage) -> tuple[timedelta, timedelta]:
        """How long it may be left alone, and how long it lasts at most."""
        if stage is not Stage.FULL:
            return SIGN_IN_LIFE, SIGN_IN_LIFE
        return (
            timedelta(minutes=self._policy.idle_minutes),
            timedelta(hours=self._policy.session_hours),
        )
