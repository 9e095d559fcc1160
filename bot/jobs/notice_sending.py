"""Sends the messages that were composed, batch by batch: attempts are noted, made side by side, and written down.

Killed at any moment nothing is lost and nothing sent twice: a noted attempt is made again, the same bytes under the
same key, and LINE says that it has them. Any number of processes send at once.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.accounts import Friends
from bot.clock import Clock
from bot.jobs.notice_delivery import BLOCKED, after
from bot.jobs.pace import TOO_MANY, AnyPace, Pace
from bot.line.api import Delivery, LineApi, LineUnavailable, SendResult
from bot.logs import what_broke
from bot.storage import mails
from bot.storage.engine import reading, writing
from bot.storage.mails import MailFate, Mails
from bot.storage.notice_messages import FAILED, SENT, WAITING, NoticeMessages, Outcome, Push
from bot.storage.notices import Notices
from bot.storage.tables.accounts import LineUserRow

_log = structlog.get_logger("bot.jobs.notice_sending")

BATCH: Final = 100
"""Attempts that are noted together and written down together."""


class NoticeSender:
    """Sends what is due. Safe to be used by several processes at once; `close` it at the end."""

    def __init__(
        self,
        engine: Engine,
        line: LineApi,
        clock: Clock,
        threads: int = 4,
        *,
        pace: Pace | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`pace`: the rate that all processes keep together; without one: as fast as it goes."""
        self._engine = engine
        self._line = line
        self._clock = clock
        self._pace = pace or AnyPace()
        self._jitter = jitter
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="notice-push")

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
        self._pace.close()

    def send_due(self) -> int:
        """Send until nothing is due; how many attempts were made."""
        made = 0
        while attempts := self._step():
            made += attempts
        return made

    def send_some(self) -> bool:
        """Send one batch of what is due; whether there may be more."""
        return self._step() > 0

    def _step(self) -> int:
        if not self._is_any_due():
            return 0
        allowed = self._pace.allow(BATCH)
        if allowed <= 0:
            return 0
        with writing(self._engine) as session:
            pushes = NoticeMessages(session, self._clock).take(allowed)
            blocked = self._blocked(session, pushes)
        outcomes = list(self._pool.map(lambda push: self._try(push, blocked), pushes))
        with writing(self._engine) as session:
            write_down(session, self._clock, outcomes)
        gone = [push.line_user_id for push, it in zip(pushes, outcomes, strict=True) if it.reason == BLOCKED]
        self._note_blocked(gone)
        return len(pushes)

    def _is_any_due(self) -> bool:
        with reading(self._engine) as session:
            return NoticeMessages(session, self._clock).is_any_due()

    def _blocked(self, session: Session, pushes: Iterable[Push]) -> frozenset[str]:
        """The LINE users who blocked us since their message was composed."""
        row = LineUserRow
        ids = {push.line_user_id for push in pushes}
        friends = select(row.line_user_id).where(row.line_user_id.in_(ids), row.blocked_at.is_(None))
        return frozenset(ids - set(session.scalars(friends)))

    def _try(self, push: Push, blocked: frozenset[str]) -> Outcome:
        """One attempt. What breaks in it is one whose fate nobody knows."""
        if push.line_user_id in blocked:
            return Outcome(push.message_id, FAILED, BLOCKED)
        if self._pace.is_shut():
            return after(push, SendResult(Delivery.TRY_LATER, TOO_MANY), self._clock.now(), self._jitter())
        try:
            result = self._attempt(push)
        except Exception as error:
            _log.error("attempt broke", message_id=push.message_id, **what_broke(error))
            result = SendResult(Delivery.UNKNOWN)
        if result is None:
            return Outcome(push.message_id, FAILED, BLOCKED)
        if result.status == TOO_MANY:
            self._pace.refused()
        return after(push, result, self._clock.now(), self._jitter())

    def _attempt(self, push: Push) -> SendResult | None:
        """None: they blocked us, which LINE tells of nobody but by keeping their profile to itself."""
        if push.urgent:
            try:
                if not self._line.is_friend(push.line_user_id):
                    return None
            except LineUnavailable:
                return SendResult(Delivery.TRY_LATER)
        return self._line.push(push.line_user_id, push.messages, retry_key=push.retry_key)

    def _note_blocked(self, line_user_ids: Sequence[str]) -> None:
        """What LINE has shown by a 404 is known from now on."""
        if not line_user_ids:
            return
        with writing(self._engine) as session:
            friends = Friends(session, self._clock)
            for line_user_id in line_user_ids:
                if friends.is_friend(line_user_id):
                    friends.blocked(line_user_id, self._clock.now())


def write_down(session: Session, clock: Clock, outcomes: Sequence[Outcome]) -> None:
    """What became of attempts, and of the notices that they tell: told, or on to the next way."""
    messages, notices = NoticeMessages(session, clock), Notices(session, clock)
    messages.later(item for item in outcomes if item.state == WAITING)
    messages.ended(item for item in outcomes if item.state in {SENT, FAILED})
    sent = [item.message_id for item in outcomes if item.state == SENT]
    notices.told(messages.told_by(sent))
    by_reason: dict[str, list[int]] = {}
    for item in outcomes:
        if item.state == FAILED:
            by_reason.setdefault(item.reason, []).append(item.message_id)
    for reason, failed in by_reason.items():
        notices.climb(messages.reached_nobody(failed), reason)
    over = [item.message_id for item in outcomes if item.state in {SENT, FAILED}]
    for (kind, channel, state), count in messages.kinds_of(over).items():
        _log.info("notice told", kind=kind, channel=channel, state=state, count=count)


def look_at_letters(engine: Engine, clock: Clock) -> int:
    """See what became of the letters that tell notices; how many came to an end."""
    with reading(engine) as session:
        letters = NoticeMessages(session, clock).letters()
        fates = Mails(session, clock).fates(letters.values())
    outcomes = [
        outcome
        for message_id, mail_id in letters.items()
        if (outcome := _of_letter(message_id, fates.get(mail_id))) is not None
    ]
    if outcomes:
        with writing(engine) as session:
            write_down(session, clock, outcomes)
    return len(outcomes)


def _of_letter(message_id: int, fate: MailFate | None) -> Outcome | None:
    """What a letter came to; None while it is on its way."""
    if fate is None:
        return Outcome(message_id, FAILED, mails.GIVEN_UP)
    if fate.state == mails.SENT:
        return Outcome(message_id, SENT)
    if fate.state in {mails.REFUSED, mails.GIVEN_UP}:
        return Outcome(message_id, FAILED, fate.refusal.value if fate.refusal else fate.state)
    return None
