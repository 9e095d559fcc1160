"""The lease on a chat: one worker at a time handles what waits in it.

A lease is held under a random owner's name and is taken or renewed as the first act of every transaction that
writes for the chat. The row stays locked until that transaction ends, so nobody can take the lease in the middle
of it; a worker that was too slow and lost the lease between two transactions is told so and writes nothing.
"""

from datetime import timedelta
from functools import cache
from secrets import token_hex
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ExecutableReturnsRows

from bot.clock import Clock
from bot.storage.tables.messages import TOKEN_LENGTH, ConversationRow
from bot.storage.upsert import insert_in

LEASE = timedelta(seconds=30)
"""How long a lease lasts without being renewed: after a crash, others wait so long."""


def new_owner() -> str:
    """A name to hold leases under, new for each run."""
    return token_hex(TOKEN_LENGTH // 2)


@cache
def _taking(dialect: str) -> ExecutableReturnsRows:
    """Made once: in every turn, making a statement takes as long as running it."""
    row = ConversationRow
    lease: dict[str, Any] = {"lease_owner": bindparam("owner"), "lease_until": bindparam("until")}
    is_free = or_(
        row.lease_until.is_(None),
        row.lease_until < bindparam("now"),
        row.lease_owner == bindparam("owner"),
    )
    taken = (
        insert_in(dialect, row)
        .values(chat_id=bindparam("chat"), message_ids=[], touched_at=bindparam("now"), **lease)
        .on_conflict_do_update(index_elements=[row.chat_id], set_=lease, where=is_free)
        .returning(row)
    )
    return select(row).from_statement(taken).execution_options(populate_existing=True)


class Leases:
    """Leases by chat. The caller holds the writing transaction."""

    def __init__(self, session: Session, clock: Clock, length: timedelta = LEASE) -> None:
        self._session = session
        self._clock = clock
        self._length = length

    def hold(self, chat_id: str, owner: str) -> bool:
        """Take or renew the lease for `owner`; False while somebody else has it."""
        now = self._clock.now()
        taking = {"chat": chat_id, "owner": owner, "now": now, "until": now + self._length}
        held = self._session.scalars(_taking(self._session.get_bind().dialect.name), taking).first()
        # Held on to, so that the turn need not read the row again: a session forgets rows that nobody holds.
        self._session.info[f"{__name__}:{chat_id}"] = held
        return held is not None

    def release(self, chat_id: str, owner: str) -> None:
        """Let go of the lease, if `owner` still has it."""
        row = self._session.get(ConversationRow, chat_id)
        if row is not None and row.lease_owner == owner:
            row.lease_owner, row.lease_until = "", None

    def clear(self) -> int:
        """Free every lease, where those who held them are known to be gone; returns how many there were."""
        row = ConversationRow
        freed = self._session.execute(
            update(row)
            .where(func.length(row.lease_owner) > 0)
            .values(lease_owner="", lease_until=None)
            .returning(row.chat_id)
        )
        return len(freed.all())
