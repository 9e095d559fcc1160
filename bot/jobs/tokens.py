"""Short-lived channel access tokens: fetched by one process, kept for all in the database, renewed in time.

LINE revokes the oldest of more than 30 living tokens, and forbids to fetch one for each call. The token is encrypted
where it is kept, under a key made from the channel secret.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

import structlog
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine

from bot.clock import Clock
from bot.line.api import IssuedToken, LineUnavailable
from bot.storage.engine import reading, writing
from bot.storage.leases import new_owner
from bot.storage.tasks import SharedValues, TaskLeases

RENEWED_BEFORE: Final = timedelta(days=7)
"""Of a token's 30 days. Until then a token that can't be fetched does no harm."""
RENEW_EVERY: Final = timedelta(minutes=10)
"""How often it is looked whether it is time."""

_LOOKED_UP_EVERY = timedelta(minutes=1)
_USED_UNTIL = timedelta(minutes=2)
"""Before its end."""
_FETCH_LIMIT = timedelta(seconds=30)
_NAME = _TASK = "channel_token"
_log = structlog.get_logger("bot.jobs.tokens")


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    token: str
    ends_at: datetime
    fetched_at: datetime


class ChannelTokens:
    """The channel's access token. Fulfils `bot.line.api.AccessTokens`; safe to share among threads."""

    def __init__(
        self, engine: Engine, clock: Clock, issue: Callable[[], IssuedToken], channel_secret: str
    ) -> None:
        """`issue` asks LINE for a new token; it raises LineUnavailable."""
        self._engine = engine
        self._clock = clock
        self._issue = issue
        digest = hashlib.sha256(b"madoguchi channel access token\0" + channel_secret.encode()).digest()
        self._cipher = Fernet(base64.urlsafe_b64encode(digest))
        self._owner = new_owner()
        self._lock = Lock()
        self._known: _Kept | None = None
        self._known_at: datetime | None = None

    def current(self) -> str:
        """The token to use now. Raises LineUnavailable while there is none."""
        with self._lock:
            now = self._clock.now()
            if self._known_at is None or now - self._known_at >= _LOOKED_UP_EVERY:
                self._known, self._known_at = self._kept(), now
            if self._known is None or now >= self._known.ends_at - _USED_UNTIL:
                self._known_at = None
                self._known = self._fetch(instead_of=self._known)
                self._known_at = now
            return self._known.token

    def refused(self, token: str) -> None:
        """LINE does not take this token: another one is fetched for the next call, unless this one is brand-new."""
        with self._lock:
            kept = self._kept()
            if kept is None or kept.token != token:
                self._known_at = None
            elif self._clock.now() - kept.fetched_at >= _LOOKED_UP_EVERY:
                _log.warning("line refuses the channel access token")
                with writing(self._engine) as session:
                    SharedValues(session, self._clock).forget(_NAME)
                self._known_at = None

    def renew(self) -> None:
        """Fetch a new one if it is time; what fails is tried again at the next look. Raises LineUnavailable."""
        kept = self._kept()
        if kept is None or self._clock.now() >= kept.ends_at - RENEWED_BEFORE:
            self._fetch(instead_of=kept)

    def _kept(self) -> _Kept | None:
        with reading(self._engine) as session:
            found = SharedValues(session, self._clock).get(_NAME)
        if found is None:
            return None
        value, fetched_at = found
        try:
            token = self._cipher.decrypt(str(value["token"]).encode()).decode()
            return _Kept(token, datetime.fromisoformat(str(value["ends_at"])), fetched_at)
        except (InvalidToken, KeyError, ValueError):
            return None  # It was kept under another channel secret.

    def _fetch(self, instead_of: _Kept | None) -> _Kept:
        """A new token, fetched here or by whoever was quicker."""
        with writing(self._engine) as session:
            if not TaskLeases(session, self._clock).hold(_TASK, self._owner, _FETCH_LIMIT):
                raise LineUnavailable("another process is fetching the channel access token")
        try:
            kept = self._kept()
            if kept is not None and (instead_of is None or kept.token != instead_of.token):
                return kept
            return self._keep(self._issue())
        finally:
            with writing(self._engine) as session:
                TaskLeases(session, self._clock).release(_TASK, self._owner)

    def _keep(self, issued: IssuedToken) -> _Kept:
        now = self._clock.now()
        kept = _Kept(issued.token, now + issued.life, now)
        value = {
            "token": self._cipher.encrypt(issued.token.encode()).decode(),
            "ends_at": kept.ends_at.isoformat(),
        }
        with writing(self._engine) as session:
            SharedValues(session, self._clock).set(_NAME, value)
        _log.info("channel access token fetched", lives_seconds=round(issued.life.total_seconds()))
        return kept
