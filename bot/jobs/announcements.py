"""Sends announcements: whom each is for is written down in batches, each batch is one call, each call is noted first.

Killed at any moment nobody is reached twice and nobody forgotten: a noted attempt is made again, the same bytes under
the same key, and LINE says that it has them. Any number of processes send at once; one begins and ends announcements.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.announcements import Layout, LeftOut, Reach, State, choose, messages
from bot.clock import Clock
from bot.jobs.announcement_audience import candidates
from bot.jobs.backoff import PUSHES
from bot.jobs.delivery import PUSHED_FOR
from bot.jobs.pace import TOO_MANY, AnyPace, Pace
from bot.library.errors import LibraryError
from bot.library.notices import NoticeReader
from bot.line.api import Delivery, LineUnavailable, ManyApi, Message, SendResult
from bot.logs import what_broke
from bot.messages.wording import Wording
from bot.policies import Policy
from bot.rules.notice_hours import may_send_from
from bot.storage.announcement_batches import FAILED, IN_DOUBT, SENT, AnnouncementBatches, Batch
from bot.storage.announcements import Announcement, Announcements
from bot.storage.depths import QUOTA
from bot.storage.engine import reading, writing
from bot.storage.tasks import SharedValues

_log = structlog.get_logger("bot.jobs.announcements")

ASK_EVERY: Final = timedelta(hours=6)
ASK_FOR: Final = timedelta(days=14)
"""LINE's numbers change for so long after sending."""

_OUR_SETUP: Final = frozenset({401, 403})
"""LINE refuses us, not the message: once the access token is right again, it goes."""

OpenReader = Callable[[Session], NoticeReader]


@dataclass(frozen=True, slots=True)
class AnnouncementParts:
    """What announcements are made of."""

    policy: Policy
    clock: Clock
    open_reader: OpenReader
    public_url: str

    def messages(self, announcement: Announcement) -> tuple[Message, ...]:
        """As they go out."""
        content, root = announcement.content, self.public_url.rstrip("/")
        return messages(
            content,
            Wording(self.policy),
            link=f"{root}/go/{announcement.link_key}" if content.link_url else "",
            picture=f"{root}/announcements/{announcement.picture_key}.jpg"
            if announcement.picture_key
            else "",
        )

    def month(self, session: Session) -> tuple[int | None, int | None]:
        """How many of the month's messages are used, and how many there are; None: unknown, or without limit."""
        found = SharedValues(session, self.clock).get(QUOTA)
        known = found[0] if found is not None else {}
        return known.get("used"), known.get("limit")

    def trial(self, announcement: Announcement) -> tuple[Message, ...]:
        """The same, said to be a trial."""
        said = {"type": "text", "text": Wording(self.policy).text("announcements.trial")}
        return (said, *self.messages(announcement))

    def is_broadcast(self, announcement: Announcement) -> bool:
        """Whether it goes to every friend of the library's account."""
        is_urgent = announcement.content.layout is Layout.URGENT
        return is_urgent and self.policy.announcements.urgent_reaches_everybody

    def is_due(self, announcement: Announcement) -> bool:
        """Whether its time has come: only what is urgent goes in the quiet hours."""
        now = self.clock.now()
        if announcement.send_at is not None and announcement.send_at > now:
            return False
        return announcement.is_urgent or may_send_from(now, self.policy) <= now

    def reach(self, session: Session, announcement: Announcement) -> Reach:
        """Whom it would reach now. A broadcast leaves out those who have blocked us, and nobody else.

        Raises LibraryError.
        """
        found = tuple(candidates(session, announcement.audience, self.open_reader(session)))
        if not self.is_broadcast(announcement):
            return choose(found, announcement.audience, self.policy)
        friends = tuple(sorted(one.line_user_id for one in found if not one.is_blocked))
        return Reach(friends, {LeftOut.BLOCKED: len(found) - len(friends)})


class AnnouncementSchedule:
    """Begins and ends announcements. To be called often, by one process at a time."""

    def __init__(self, engine: Engine, parts: AnnouncementParts) -> None:
        self._engine = engine
        self._parts = parts
        self._clock = parts.clock

    def look(self) -> int:
        """Begin what is due and end what is over; how many were begun."""
        with reading(self._engine) as session:
            kept = Announcements(session, self._clock)
            due = [one.number for one in kept.in_state(State.SCHEDULED) if self._parts.is_due(one)]
            batches = AnnouncementBatches(session, self._clock)
            over = [one.number for one in kept.in_state(State.SENDING) if batches.is_over(one.number)]
        for number in over:
            with writing(self._engine) as session:
                Announcements(session, self._clock).finish(number)
        return sum(self._begin(number) for number in due)

    def _begin(self, number: int) -> bool:
        """Write down whom it is for, and its calls, in one transaction with its new state."""
        parts = self._parts
        try:
            with writing(self._engine) as session:
                kept, batches = Announcements(session, self._clock), AnnouncementBatches(session, self._clock)
                announcement = kept.find(number)
                if announcement is None or announcement.state is not State.SCHEDULED:
                    return False
                reach, broadcast = parts.reach(session, announcement), parts.is_broadcast(announcement)
                kept.begin(number, is_broadcast=broadcast, left_out=reach.left_out)
                made = parts.messages(announcement)
                if broadcast:
                    batches.add_for_everybody(number, reach.count, made)
                else:
                    batches.add(number, reach.recipients, made)
        except LibraryError as error:
            _log.warning("library did not answer", error=type(error).__name__)
            return False
        _log.info("announcement begun", number=number, people=reach.count, broadcast=broadcast)
        return True


class AnnouncementSender:
    """Makes the calls that are due. Safe to be used by several processes at once."""

    def __init__(
        self,
        engine: Engine,
        line: ManyApi,
        clock: Clock,
        jitter: Callable[[], float] = random.random,
        pace: Pace | None = None,
    ) -> None:
        """`pace`: the rate that all processes keep together; without one: as fast as it goes."""
        self._engine = engine
        self._line = line
        self._clock = clock
        self._jitter = jitter
        self._pace = pace or AnyPace()

    def close(self) -> None:
        """Let go of what keeps the rate."""
        self._pace.close()

    def send_some(self) -> bool:
        """One call; whether there may be more."""
        with reading(self._engine) as session:
            if not AnnouncementBatches(session, self._clock).is_any_due():
                return False
        if not self._pace.allow(1):
            return False
        with writing(self._engine) as session:
            batch = AnnouncementBatches(session, self._clock).take()
        if batch is None:
            return False
        result = None if self._is_too_old(batch) else self._call(batch)
        if result is not None and result.status == TOO_MANY:
            self._pace.refused()
        with writing(self._engine) as session:
            self._write_down(AnnouncementBatches(session, self._clock), batch, result)
        return True

    def _is_too_old(self, batch: Batch) -> bool:
        """LINE may have forgotten the key: one more call could reach somebody twice."""
        return self._clock.now() >= batch.first_at + PUSHED_FOR

    def _call(self, batch: Batch) -> SendResult:
        try:
            if batch.recipients:
                unit = "trial" if batch.is_trial else f"announcement_{batch.number}"
                return self._line.multicast(
                    batch.recipients, batch.messages, retry_key=batch.retry_key, unit=unit
                )
            return self._line.broadcast(batch.messages, retry_key=batch.retry_key)
        except Exception as error:
            _log.error("attempt broke", batch_id=batch.id, **what_broke(error))
            return SendResult(Delivery.UNKNOWN)

    def _write_down(self, batches: AnnouncementBatches, batch: Batch, result: SendResult | None) -> None:
        if result is None:
            batches.ended(batch.id, IN_DOUBT if batch.may_have_arrived else FAILED)
        elif result.delivery is Delivery.ACCEPTED:
            batches.ended(batch.id, SENT, result.request_id)
        elif is_refused(result):
            if len(batch.recipients) > 1 and result.blamed != "messages":
                batches.split(batch.id)
            else:
                batches.ended(batch.id, FAILED)
        else:
            unknown = result.delivery is Delivery.UNKNOWN
            batches.later(batch.id, self._again_at(batch), may_have_arrived=unknown)

    def _again_at(self, batch: Batch) -> datetime:
        return self._clock.now() + PUSHES.wait(batch.attempts, self._jitter())


def is_refused(result: SendResult) -> bool:
    """Whether the same call will never be accepted, through no fault of our setup."""
    return result.delivery is Delivery.REFUSED and result.status not in _OUR_SETUP


class AnnouncementInsight:
    """Asks LINE how many opened an announcement and tapped its link."""

    def __init__(self, engine: Engine, line: ManyApi, policy: Policy, clock: Clock) -> None:
        self._engine = engine
        self._line = line
        self._policy = policy
        self._clock = clock

    def look(self) -> None:
        """Once for each whose numbers may have changed. What LINE does not tell now is asked for later."""
        now = self._clock.now()
        with reading(self._engine) as session:
            asked = Announcements(session, self._clock).to_ask_about(now - ASK_EVERY, now - ASK_FOR)
            batches = AnnouncementBatches(session, self._clock)
            request_ids = {one.number: batches.request_ids(one.number) for one in asked}
        for announcement in asked:
            self._ask(announcement, request_ids[announcement.number])

    def _ask(self, announcement: Announcement, request_ids: tuple[str, ...]) -> None:
        if announcement.began_at is None or not request_ids:
            return
        zone = self._policy.zone
        first = announcement.began_at.astimezone(zone).date()
        last = min(self._clock.today(), first + timedelta(days=30))
        try:
            if announcement.is_broadcast:
                found = self._line.broadcast_insight(request_ids[0])
            else:
                found = self._line.unit_insight(announcement.unit, first, last)
        except LineUnavailable:
            return
        with writing(self._engine) as session:
            Announcements(session, self._clock).note_insight(announcement.number, found.opened, found.clicked)
