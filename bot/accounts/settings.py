"""A LINE user's settings about notices, typed: the one place that reads and writes them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from bot.accounts.friends import Friends
from bot.clock import Clock
from bot.policies import Policy
from bot.rules.notice_settings import NoticeSettings, settings_of

NOTICES = "notices"
"""Within the LINE user's settings."""


class Settings:
    """Settings about notices. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._friends = Friends(session, clock)

    def notices(self, line_user_id: str, policy: Policy) -> NoticeSettings:
        """As they hold now: what was set, and for the rest the policy's own."""
        return settings_of(self._stored(line_user_id), policy)

    def change(self, line_user_id: str, changes: Mapping[str, bool | str]) -> None:
        """Set some of them: `due`, `hold`, `announcements` (whether), `contact` (a `Contact`'s value)."""
        self._friends.set_setting(line_user_id, NOTICES, {**self._stored(line_user_id), **changes})

    def _stored(self, line_user_id: str) -> dict[str, bool | str]:
        stored = self._friends.settings(line_user_id).get(NOTICES)
        return stored if isinstance(stored, dict) else {}
