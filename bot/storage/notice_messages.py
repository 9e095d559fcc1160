"""Messages that tell notices, by state. What is in one never changes: a retry is the same bytes under the same key.

`waiting`: to be sent. `sending`: an attempt is noted, or its letter is on its way. `sent`. `failed`: it reached nobody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from bot.clock import Clock
from bot.storage.notices import SENDING as NOTICE_SENDING
from bot.storage.tables.notices import NoticeMessageItemRow, NoticeMessageRow, NoticeRow

WAITING: Final = "waiting"
SENDING: Final = "sending"
SENT: Final = "sent"
FAILED: Final = "failed"

LINE: Final = "line"
MAIL: Final = "mail"

ATTEMPT_LIMIT: Final = timedelta(seconds=60)
"""An attempt without an outcome after so long was cut short: a batch of them is written down together."""

_UNDER_WAY: Final = (WAITING, SENDING)
_REASON_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Push:
    """One message in hand."""

    message_id: int
    """Ours; may stand in a log."""
    line_user_id: str
    messages: tuple[dict[str, Any], ...]
    retry_key: str
    urgent: bool
    attempts: int
    """This one counted."""
    pushed_at: datetime
    """The first attempt."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt."""

    message_id: int
    state: str
    reason: str = ""
    request_id: str = ""
    next_attempt_at: datetime | None = None
    """Where it is tried again."""


class NoticeMessages:
    """All of them. The caller holds the transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add_pushes(
        self, pushes: Iterable[tuple[str, Sequence[Mapping[str, Any]], bool, Sequence[int]]]
    ) -> None:
        """Have these sent by LINE: to whom, the message objects, whether it is urgent, the notices that it tells."""
        rows = [
            (
                self._row(
                    LINE,
                    recipient=line_user_id,
                    messages=[dict(message) for message in messages],
                    urgent=urgent,
                    retry_key=str(uuid4()),
                    state=WAITING,
                ),
                notice_ids,
            )
            for line_user_id, messages, urgent, notice_ids in pushes
        ]
        self._tell(rows)

    def add_letter(self, mail_id: int, notice_ids: Sequence[int]) -> None:
        """A letter that tells these was written."""
        self._tell([(self._row(MAIL, mail_id=mail_id, state=SENDING), notice_ids)])

    def take(self, most: int) -> tuple[Push, ...]:
        """Note an attempt at the pushes whose time has come, the urgent ones first.

        Nobody else takes them before the attempt must have come to its end.
        """
        now, row = self._clock.now(), NoticeMessageRow
        rows = self._session.scalars(
            select(row)
            .where(row.channel == LINE, row.state.in_(_UNDER_WAY), row.next_attempt_at <= now)
            .order_by(row.urgent.desc(), row.next_attempt_at, row.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        ).all()
        noted = [
            {
                "id": row.id,
                "state": SENDING,
                "attempts": row.attempts + 1,
                "pushed_at": row.pushed_at or now,
                "next_attempt_at": now + ATTEMPT_LIMIT,
            }
            for row in rows
        ]
        if noted:
            self._session.execute(update(NoticeMessageRow), noted)
        return tuple(
            Push(
                row.id,
                row.recipient,
                tuple(row.messages or ()),
                row.retry_key,
                row.urgent,
                row.attempts,
                row.pushed_at or now,
            )
            for row in rows
        )

    def later(self, outcomes: Iterable[Outcome]) -> None:
        """These attempts did not succeed; each is made again in its time."""
        self._write(outcomes, lambda outcome: {"next_attempt_at": outcome.next_attempt_at})

    def ended(self, outcomes: Iterable[Outcome]) -> None:
        """Nothing more is tried; what was in them is forgotten."""
        now = self._clock.now()
        self._write(outcomes, lambda _: {"ended_at": now, "messages": None})

    def told_by(self, message_ids: Iterable[int]) -> tuple[int, ...]:
        """Ids of the notices that these tell."""
        row = NoticeMessageItemRow
        found = self._session.scalars(
            select(row.notice_id).where(row.message_id.in_(list(message_ids))).distinct()
        )
        return tuple(found)

    def kinds_of(self, message_ids: Iterable[int]) -> Mapping[tuple[str, str, str], int]:
        """How many notices these tell, by kind, channel and the message's state."""
        item, message = NoticeMessageItemRow, NoticeMessageRow
        rows = self._session.execute(
            select(NoticeRow.kind, message.channel, message.state, func.count())
            .join(item, item.notice_id == NoticeRow.id)
            .join(message, message.id == item.message_id)
            .where(message.id.in_(list(message_ids)))
            .group_by(NoticeRow.kind, message.channel, message.state)
        )
        return {(kind, channel, state): count for kind, channel, state, count in rows}

    def reached_nobody(self, message_ids: Iterable[int]) -> tuple[int, ...]:
        """Ids of the notices of these failed messages that no other message tells or has told."""
        item, other, message = NoticeMessageItemRow, aliased(NoticeMessageItemRow), NoticeMessageRow
        is_told_elsewhere = (
            select(other.notice_id)
            .join(message, message.id == other.message_id)
            .where(other.notice_id == item.notice_id, message.state != FAILED)
            .exists()
        )
        found = self._session.scalars(
            select(item.notice_id)
            .join(NoticeRow, NoticeRow.id == item.notice_id)
            .where(
                item.message_id.in_(list(message_ids)), NoticeRow.state == NOTICE_SENDING, ~is_told_elsewhere
            )
            .distinct()
        )
        return tuple(found)

    def letters(self) -> Mapping[int, int]:
        """Letters whose fate is not known yet: the mail's id by the message's."""
        row = NoticeMessageRow
        found = self._session.execute(
            select(row.id, row.mail_id).where(
                row.channel == MAIL, row.state == SENDING, row.mail_id.is_not(None)
            )
        )
        return {message_id: mail_id for message_id, mail_id in found if mail_id is not None}

    def is_any_due(self) -> bool:
        """Whether the time of a push has come."""
        row = NoticeMessageRow
        query = select(row.id).where(
            row.channel == LINE, row.state.in_(_UNDER_WAY), row.next_attempt_at <= self._clock.now()
        )
        return self._session.scalar(query.limit(1)) is not None

    def under_way(self) -> int:
        """How many pushes are not over."""
        query = select(func.count()).where(
            NoticeMessageRow.channel == LINE, NoticeMessageRow.state.in_(_UNDER_WAY)
        )
        return self._session.scalar(query) or 0

    def forget(self, line_user_id: str) -> tuple[int, ...]:
        """Forget all that was sent, or is to be sent, to a LINE user.

        Ids of the notices that were under way to them alone: they are to go another way.
        """
        row = NoticeMessageRow
        unsent = self._session.scalars(
            update(row)
            .where(row.recipient == line_user_id, row.state.in_(_UNDER_WAY))
            .values(state=FAILED)
            .returning(row.id)
            .execution_options(synchronize_session=False)
        ).all()
        orphans = self.reached_nobody(unsent)
        self._session.execute(delete(row).where(row.recipient == line_user_id))
        return orphans

    def forget_old(self, kept: timedelta) -> None:
        """Remove the rows of those that are over for so long."""
        before = self._clock.now() - kept
        self._session.execute(delete(NoticeMessageRow).where(NoticeMessageRow.ended_at < before))

    def _row(self, channel: str, **values: Any) -> NoticeMessageRow:
        now = self._clock.now()
        return NoticeMessageRow(channel=channel, next_attempt_at=now, created_at=now, **values)

    def _tell(self, told: Sequence[tuple[NoticeMessageRow, Sequence[int]]]) -> None:
        """Add messages, each with the notices that it tells."""
        if not told:
            return
        self._session.add_all(row for row, _ in told)
        self._session.flush()
        items = [
            {"message_id": row.id, "notice_id": notice_id}
            for row, notice_ids in told
            for notice_id in dict.fromkeys(notice_ids)
        ]
        self._session.execute(insert(NoticeMessageItemRow), items)

    def _write(self, outcomes: Iterable[Outcome], more: Callable[[Outcome], Mapping[str, Any]]) -> None:
        changes = [
            {
                "id": outcome.message_id,
                "state": outcome.state,
                "reason": outcome.reason[:_REASON_LENGTH],
                "request_id": outcome.request_id[:_REASON_LENGTH],
                **more(outcome),
            }
            for outcome in outcomes
        ]
        if changes:
            self._session.execute(update(NoticeMessageRow), changes)
