"""Notices by state. They are raised under a natural key, so that raising one twice tells once.

`waiting`: to be told when its time comes. `sending`: a message that tells it is under way. `told`: one has arrived.
`dropped`: it does not hold any more, or nobody wants it. `unreached`: no way led to the patron; where it must not end
so, the desk phones (`call_list`). What a message is, and what becomes of it, is `notice_messages`'s matter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.notices.model import KeptNotice as KeptNotice
from bot.notices.model import NewNotice as NewNotice
from bot.rules.notice_kinds import NoticeKind
from bot.storage.tables.notices import NoticeRow
from bot.storage.upsert import insert_into

WAITING: Final = "waiting"
SENDING: Final = "sending"
TOLD: Final = "told"
DROPPED: Final = "dropped"
UNREACHED: Final = "unreached"

_OVER: Final = (TOLD, DROPPED, UNREACHED)
_ROWS_AT_ONCE: Final = 500
"""Of one statement: SQLite takes 32,766 values at most."""


@dataclass(frozen=True, slots=True)
class ToCall:
    """A patron whom the desk is to phone, since no way of writing reached them."""

    notice_id: int
    kind: NoticeKind
    card_number: str
    subject: str
    """Id of the reservation."""
    since: date
    reason: str
    """Why the last way failed: a code."""
    called_on: date | None


class Notices:
    """All notices. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, notices: Iterable[NewNotice]) -> int:
        """Have these told; those that are known already are passed over. Returns how many were new."""
        now, new = self._clock.now(), 0
        for batch in _batches(self.unknown(notices)):
            # One short statement, many times in a pipeline: thousands of values in one take the driver longer to read.
            added = self._session.connection().execute(
                insert_into(self._session, NoticeRow).on_conflict_do_nothing(),
                [_values(notice, now) for notice in batch],
                execution_options={"preserve_rowcount": True},
            )
            new += added.rowcount
        return new

    def unknown(self, notices: Iterable[NewNotice]) -> list[NewNotice]:
        """Those of these that nobody has raised yet, each once.

        Looked at before anything is written: what is on the hold shelf is found again and again.
        """
        row = NoticeRow
        found: dict[tuple[object, ...], NewNotice] = {}
        for batch in _batches(notices):
            keys = {_key(notice): notice for notice in batch}
            known = self._session.execute(
                select(row.card_number, row.line_user_id, row.kind, row.subject, row.day).where(
                    row.card_number.in_({notice.card_number for notice in batch}),
                    row.line_user_id.in_({notice.line_user_id for notice in batch}),
                    row.subject.in_({notice.subject for notice in batch}),
                )
            )
            for key in known:
                keys.pop(tuple(key), None)
            found |= keys
        return list(found.values())

    def is_any_due(self) -> bool:
        """Whether the time of one has come."""
        query = select(NoticeRow.id).where(
            NoticeRow.state == WAITING, NoticeRow.not_before <= self._clock.now()
        )
        return self._session.scalar(query.limit(1)) is not None

    def due(self, *, most: int) -> tuple[KeptNotice, ...]:
        """Those whose time has come, the longest due first; locked until the commit."""
        return self._waiting(NoticeRow.not_before <= self._clock.now(), most)

    def due_of(
        self, card_numbers: Iterable[str], line_user_ids: Iterable[str], *, most: int
    ) -> tuple[KeptNotice, ...]:
        """Those of these cards and LINE users whose time has come; locked until the commit."""
        mine = or_(
            NoticeRow.card_number.in_(sorted(set(card_numbers) - {""})),
            NoticeRow.line_user_id.in_(sorted(set(line_user_ids) - {""})),
        )
        return self._waiting((NoticeRow.not_before <= self._clock.now()) & mine, most)

    def under_way(self, notice_ids: Iterable[int], rung: int) -> None:
        """A message that tells these was written, on this rung of their ladder."""
        self._set(notice_ids, state=SENDING, rung=rung)

    def told(self, notice_ids: Iterable[int]) -> None:
        """A message that tells these has arrived; what is particular about them is forgotten."""
        self._end(notice_ids, TOLD, "")

    def dropped(self, notice_ids: Iterable[int], reason: str) -> None:
        """These are not told: they do not hold any more, or nobody wants them."""
        self._end(notice_ids, DROPPED, reason)

    def climb(self, notice_ids: Iterable[int], reason: str) -> None:
        """A way to the patron failed; the next is tried."""
        self._set(
            notice_ids, state=WAITING, rung=NoticeRow.rung + 1, reason=reason, not_before=self._clock.now()
        )

    def climb_to(self, notice_ids: Iterable[int], rung: int, reason: str) -> None:
        """The ways before this rung are of no use; it is tried."""
        self._set(notice_ids, state=WAITING, rung=rung, reason=reason)

    def unreached(self, notice_ids: Iterable[int], reason: str, *, to_call: bool) -> None:
        """There is no way left; `reason`: why the last one failed, empty where that was written down when it did.

        `to_call`: the desk phones, from today on.
        """
        values: dict[str, Any] = {"reason": reason} if reason else {}
        if to_call:
            values["call_on"] = self._clock.today()
        self._set(notice_ids, state=UNREACHED, ended_at=self._clock.now(), facts={}, **values)

    def later(self, notice_ids: Iterable[int], not_before: datetime) -> None:
        """Not before then."""
        self._set(notice_ids, not_before=not_before)

    def call_list(self, day: date) -> tuple[ToCall, ...]:
        """Whom the desk is to phone: those not called yet, and those called on `day`; oldest first."""
        to_call = or_(NoticeRow.called_on.is_(None), NoticeRow.called_on == day)
        rows = self._session.scalars(
            select(NoticeRow)
            .where(NoticeRow.call_on <= day, to_call)
            .order_by(NoticeRow.call_on, NoticeRow.id)
        )
        return tuple(_to_call(row, row.call_on) for row in rows if row.call_on is not None)

    def called(self, notice_id: int) -> bool:
        """The desk has phoned (or spoken to) the patron; False where there was nothing to phone about any more."""
        found = self._session.execute(
            update(NoticeRow)
            .where(NoticeRow.id == notice_id, NoticeRow.call_on.is_not(None), NoticeRow.called_on.is_(None))
            .values(called_on=self._clock.today())
            .returning(NoticeRow.id)
        )
        return found.first() is not None

    def settle(self) -> int:
        """What waits is not told: others have told it. How many there were."""
        now = self._clock.now()
        settled = self._session.execute(
            update(NoticeRow)
            .where(NoticeRow.state == WAITING)
            .values(state=DROPPED, reason="settled", ended_at=now, facts={})
            .returning(NoticeRow.id)
            .execution_options(synchronize_session=False)
        )
        return len(settled.all())

    def states(self) -> Mapping[str, int]:
        """How many there are in each state."""
        rows = self._session.execute(select(NoticeRow.state, func.count()).group_by(NoticeRow.state))
        return dict(rows.all())

    def forget(self, line_user_id: str) -> None:
        """Forget what was to be told to a LINE user alone."""
        self._session.execute(delete(NoticeRow).where(NoticeRow.line_user_id == line_user_id))

    def forget_old(self, kept: timedelta) -> None:
        """Remove those that are over for so long."""
        before = self._clock.now() - kept
        self._session.execute(delete(NoticeRow).where(NoticeRow.ended_at < before))

    def _waiting(self, where: Any, most: int) -> tuple[KeptNotice, ...]:
        rows = self._session.scalars(
            select(NoticeRow)
            .where(NoticeRow.state == WAITING, where)
            .order_by(NoticeRow.not_before, NoticeRow.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return tuple(_kept(row) for row in rows)

    def _end(self, notice_ids: Iterable[int], state: str, reason: str) -> None:
        self._set(notice_ids, state=state, reason=reason, ended_at=self._clock.now(), facts={})

    def _set(self, notice_ids: Iterable[int], **values: Any) -> None:
        for batch in _batches(notice_ids):
            self._session.execute(
                update(NoticeRow)
                .where(NoticeRow.id.in_(batch), NoticeRow.state.not_in(_OVER))
                .values(**values)
                .execution_options(synchronize_session=False)
            )


def _batches(items: Iterable[Any]) -> Iterator[Sequence[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, _ROWS_AT_ONCE)):
        yield batch


def _key(notice: NewNotice) -> tuple[object, ...]:
    return notice.card_number, notice.line_user_id, notice.kind.value, notice.subject, notice.day


def _values(notice: NewNotice, now: datetime) -> dict[str, Any]:
    return {
        "card_number": notice.card_number,
        "line_user_id": notice.line_user_id,
        "kind": notice.kind.value,
        "subject": notice.subject,
        "day": notice.day,
        "not_before": notice.not_before,
        "facts": dict(notice.facts),
        "state": WAITING,
        "rung": 0,
        "reason": "",
        "created_at": now,
    }


def _kept(row: NoticeRow) -> KeptNotice:
    return KeptNotice(
        row.id,
        NoticeKind(row.kind),
        row.card_number,
        row.line_user_id,
        row.subject,
        row.day,
        row.facts,
        row.rung,
    )


def _to_call(row: NoticeRow, since: date) -> ToCall:
    return ToCall(
        row.id, NoticeKind(row.kind), row.card_number, row.subject, since, row.reason, row.called_on
    )
