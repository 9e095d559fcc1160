"""Tables of rich menus: which are deployed, and whose own menu is to be set anew."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base, UtcDateTime
from bot.storage.tables.accounts import DIGEST_LENGTH, LINE_USER_ID_LENGTH

MENU_KEY_LENGTH = 32
RICH_MENU_ID_LENGTH = 64


class RichMenuRow(Base):
    """A menu as it is in use at LINE."""

    __tablename__ = "rich_menus"

    key: Mapped[str] = mapped_column(String(MENU_KEY_LENGTH), primary_key=True)
    """Its key in `bot/richmenu/menus.toml`."""
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    """Of everything LINE was given: another content is another menu."""
    rich_menu_id: Mapped[str] = mapped_column(String(RICH_MENU_ID_LENGTH))
    """LINE's."""
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MenuChangeRow(Base):
    """Somebody's own menu is to be set anew, by what holds for them at that moment."""

    __tablename__ = "menu_changes"
    __table_args__ = (Index("ix_menu_changes_next_attempt_at", "next_attempt_at"),)

    line_user_id: Mapped[str] = mapped_column(String(LINE_USER_ID_LENGTH), primary_key=True)
    version: Mapped[int]
    """Grows with each change, so that one that comes during a call to LINE is not lost."""
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
