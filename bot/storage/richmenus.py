"""Which rich menus are in use at LINE, and whose own menu is to be set anew.

A change is a row with nothing in it but who: what they are to see is looked up when LINE is called, so that many
changes of one LINE user are one, and a deployment is a change for everybody with a card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.accounts import LineUserRow, LinkRow
from bot.storage.tables.rich_menus import MenuChangeRow, RichMenuRow
from bot.storage.upsert import insert_into

MOST_AT_ONCE: Final = 500
"""As many LINE users as LINE links in one call."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A menu in use at LINE."""

    key: str
    digest: str
    rich_menu_id: str


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """Somebody whose own menu is to be set."""

    line_user_id: str
    version: int
    attempts: int
    has_card: bool
    """They have a card linked and are friends: the patron's menu is theirs."""
    is_blocked: bool


class RichMenus:
    """The menus in use. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def deployed(self) -> Mapping[str, Deployed]:
        """By their keys; empty before the first deployment."""
        rows = self._session.scalars(select(RichMenuRow))
        return {row.key: Deployed(row.key, row.digest, row.rich_menu_id) for row in rows}

    def set_deployed(self, menus: Sequence[Deployed]) -> None:
        """These and no others are in use now."""
        now = self._clock.now()
        self._session.execute(delete(RichMenuRow))
        for menu in menus:
            self._session.add(
                RichMenuRow(key=menu.key, digest=menu.digest, rich_menu_id=menu.rich_menu_id, deployed_at=now)
            )
        self._session.flush()


class MenuChanges:
    """Whose own menu is to be set anew. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, line_user_id: str) -> None:
        """What this LINE user is to see may be another menu now."""
        row = MenuChangeRow
        now = self._clock.now()
        self._session.execute(
            insert_into(self._session, row)
            .values(line_user_id=line_user_id, version=1, attempts=0, next_attempt_at=now)
            .on_conflict_do_update(
                index_elements=[row.line_user_id],
                set_={"version": row.version + 1, "attempts": 0, "next_attempt_at": now},
            )
        )

    def add_all_with_cards(self) -> None:
        """The patron's menu is another one now: everybody with a card is to see it."""
        row, now = MenuChangeRow, self._clock.now()
        self._session.execute(update(row).values(version=row.version + 1, attempts=0, next_attempt_at=now))
        with_cards = select(
            LinkRow.line_user_id, literal(1), literal(0), literal(now, row.next_attempt_at.type)
        ).where(~exists().where(row.line_user_id == LinkRow.line_user_id))
        columns = ["line_user_id", "version", "attempts", "next_attempt_at"]
        self._session.execute(insert(row).from_select(columns, with_cards.distinct()))

    def due(self, limit: int = MOST_AT_ONCE) -> tuple[Change, ...]:
        """Those whose time has come, the longest waiting first."""
        row, now = MenuChangeRow, self._clock.now()
        has_card = exists().where(LinkRow.line_user_id == row.line_user_id)
        found = self._session.execute(
            select(row.line_user_id, row.version, row.attempts, has_card, LineUserRow.blocked_at)
            .outerjoin(LineUserRow, LineUserRow.line_user_id == row.line_user_id)
            .where(row.next_attempt_at <= now)
            .order_by(row.next_attempt_at, row.line_user_id)
            .limit(limit)
        )
        return tuple(
            Change(who, version, attempts, bool(linked), blocked_at is not None)
            for who, version, attempts, linked, blocked_at in found
        )

    def done(self, changes: Sequence[Change]) -> None:
        """These were made, unless another one came meanwhile."""
        for change in changes:
            self._session.execute(delete(MenuChangeRow).where(*_as_it_was(change)))

    def failed(self, changes: Sequence[Change], again_at: datetime) -> None:
        """LINE did not take these: again later."""
        for change in changes:
            self._session.execute(
                update(MenuChangeRow)
                .where(*_as_it_was(change))
                .values(attempts=MenuChangeRow.attempts + 1, next_attempt_at=again_at)
            )

    def count(self) -> int:
        """How many wait."""
        return self._session.scalar(select(func.count()).select_from(MenuChangeRow)) or 0

    def forget_all(self) -> None:
        """There are no menus any more."""
        self._session.execute(delete(MenuChangeRow))


def _as_it_was(change: Change) -> tuple[ColumnElement[bool], ...]:
    return (MenuChangeRow.line_user_id == change.line_user_id, MenuChangeRow.version == change.version)
