"""Tasks of which one process at a time does each, and values that one process found out for all.

What is done under such a lease must be harmless when done twice: a process that was stopped for longer than its
lease goes on where it was.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.storage.tables.service import SharedValueRow, TaskLeaseRow
from bot.storage.upsert import insert_into


class TaskLeases:
    """Leases by task. The caller holds the writing transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def hold(self, task: str, owner: str, length: timedelta) -> bool:
        """Take or renew the task for `owner`; False while somebody else has it."""
        now = self._clock.now()
        row = TaskLeaseRow
        lease = {"owner": owner, "until": now + length}
        taken = self._session.execute(
            insert_into(self._session, row)
            .values(task=task, **lease)
            .on_conflict_do_update(
                index_elements=[row.task], set_=lease, where=or_(row.until < now, row.owner == owner)
            )
            .returning(row.task)
        )
        return taken.first() is not None

    def release(self, task: str, owner: str) -> None:
        """Let go of the task, if `owner` still has it."""
        row = TaskLeaseRow
        self._session.execute(delete(row).where(row.task == task, row.owner == owner))


class SharedValues:
    """Values by name. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def get(self, name: str) -> tuple[Mapping[str, Any], datetime] | None:
        """The value, and when it was found out; None: nobody has yet."""
        row = self._session.get(SharedValueRow, name, populate_existing=True)
        return None if row is None else (row.value, row.at)

    def set(self, name: str, value: Mapping[str, Any]) -> None:
        """This is its value now."""
        values = {"value": dict(value), "at": self._clock.now()}
        row = SharedValueRow
        self._session.execute(
            insert_into(self._session, row)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=[row.name], set_=values)
        )

    def forget(self, name: str) -> None:
        """Nobody knows it any more."""
        self._session.execute(delete(SharedValueRow).where(SharedValueRow.name == name))


_ACCOUNT = "line_account"


def keep_account_id(values: SharedValues, basic_id: str) -> None:
    """The id under which LINE's users find the library's account, such as `@123abcde`."""
    values.set(_ACCOUNT, {"basic_id": basic_id})


def account_id(values: SharedValues) -> str:
    """The id that was kept last; empty: LINE was never asked."""
    known = values.get(_ACCOUNT)
    return str(known[0].get("basic_id", "")) if known else ""
