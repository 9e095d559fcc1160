"""Sends the outbox, after the commit: what is written there leaves for LINE once, in order, chat by chat.

Each attempt is noted before it is made. What to do next is decided in `bot.jobs.delivery`; here it is done.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from urllib.parse import urlencode

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from bot.accounts import CardPages, Friends, LinkTokens
from bot.clock import Clock
from bot.jobs.delivery import (
    End,
    Later,
    Plan,
    SendPush,
    SendReply,
    Wait,
    after_push,
    after_reply,
    plan,
)
from bot.jobs.parcels import plain, wants_link, with_card_pages, with_earlier, with_link, without_link
from bot.line.api import Delivery, LineApi, LineUnavailable, SendResult
from bot.logs import what_broke
from bot.storage.engine import reading, writing
from bot.storage.outbox import DROPPED, REPLY_TOKEN_LIFE, Outbox, Parcel

_log = structlog.get_logger("bot.jobs.sender")

Attempt: TypeAlias = SendReply | SendPush
LinkToken: TypeAlias = tuple[str, datetime]
"""A token and the instant before LINE was asked for it."""

_NOBODY_KNOWS: Final = SendResult(Delivery.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Made:
    """An attempt that was made, and what LINE said."""

    attempt: Attempt
    result: SendResult


@dataclass(frozen=True, slots=True)
class _WantsToken:
    """What is sent next needs a link token first."""

    parcel: Parcel


class Sender:
    """Sends what waits in the outbox. Safe to be used by several threads and processes at once."""

    def __init__(
        self,
        engine: Engine,
        line: LineApi,
        clock: Clock,
        public_url: str,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._engine = engine
        self._line = line
        self._clock = clock
        self._page = f"{public_url.rstrip('/')}/link"
        self._card_page = f"{public_url.rstrip('/')}/card"
        self._jitter = jitter

    def send(self, chat_id: str) -> None:
        """Send what waits for one chat and may be sent now."""
        made: _Made | None = None
        while (attempt := self._begin(chat_id, made)) is not None:
            with bound_contextvars(event_id=attempt.parcel.webhook_event_id):
                made = _Made(attempt, self._try(attempt))

    def sweep(self) -> None:
        """Send whatever is due in any chat."""
        with reading(self._engine) as session:
            due = Outbox(session, self._clock).due()
        for chat_id in due:
            self.send(chat_id)

    def _begin(self, chat_id: str, made: _Made | None = None) -> Attempt | None:
        """Write down what became of the attempt that was made, and freeze and note what is sent next, in one
        transaction; None: there is nothing to send now.
        """
        with writing(self._engine) as session:
            if made is not None:
                self._finish(session, made)
            found = self._note(session, chat_id, None)
        if made is not None:
            self._log(made)
        while isinstance(found, _WantsToken):
            asked_for = self._link_token_for(found.parcel)
            with writing(self._engine) as session:
                found = self._note(session, chat_id, asked_for)
        return found

    def _note(
        self, session: Session, chat_id: str, asked_for: LinkToken | None
    ) -> Attempt | _WantsToken | None:
        """End what is over, and note the attempt that comes next; None: there is none."""
        outbox = Outbox(session, self._clock)
        kept = outbox.kept_for(chat_id)
        while isinstance(act := self._plan(session, kept, chat_id), End):
            outbox.ended(act.parcel, act.state, reason=act.reason)
            _log.info("parcel ended", outbox_id=act.parcel.outbox_id, reason=act.reason)
            kept = outbox.kept_for(chat_id)
        if isinstance(act, Wait):
            return None
        if asked_for is None and not act.parcel.frozen and wants_link(act.parcel.messages):
            return _WantsToken(act.parcel)
        frozen = self._frozen(session, outbox, act.parcel, kept, asked_for)
        outbox.attempting(act.parcel, frozen, by_push=isinstance(act, SendPush))
        return type(act)(frozen)

    def _plan(self, session: Session, kept: Sequence[Parcel], chat_id: str) -> Plan:
        under_way = [parcel for parcel in kept if not parcel.is_unconfirmed]
        friends = Friends(session, self._clock)
        return plan(under_way, self._clock.now(), lambda: friends.is_friend(chat_id))

    def _link_token_for(self, parcel: Parcel) -> LinkToken:
        """Asks LINE for a link token; no transaction is open meanwhile. An empty token: LINE gave none."""
        now = self._clock.now()
        try:
            return self._line.issue_link_token(parcel.chat_id), now
        except LineUnavailable:
            _log.warning("no link token", outbox_id=parcel.outbox_id)
            return "", now

    def _frozen(
        self,
        session: Session,
        outbox: Outbox,
        parcel: Parcel,
        kept: Sequence[Parcel],
        asked_for: LinkToken | None,
    ) -> Parcel:
        """The parcel with its messages as they will leave, in every attempt the same."""
        if parcel.frozen:
            return parcel
        messages, reports_change = parcel.messages, parcel.reports_change
        if wants_link(messages):
            messages = self._with_link(session, parcel, asked_for)
        messages = with_card_pages(messages, lambda link_id: self._card_address(session, parcel, link_id))
        if parcel.answers:
            messages, repeated = with_earlier(messages, [item for item in kept if item.is_unconfirmed])
            for earlier in repeated:
                outbox.ended(earlier, DROPPED, reason="repeated")
                reports_change = True
        return replace(parcel, messages=messages, frozen=True, reports_change=reports_change)

    def _with_link(
        self, session: Session, parcel: Parcel, asked_for: LinkToken | None
    ) -> tuple[dict[str, object], ...]:
        token, now = asked_for or ("", self._clock.now())
        if not token:
            return without_link(parcel.messages)
        LinkTokens(session, self._clock).issued(parcel.chat_id, token, now)
        return with_link(parcel.messages, f"{self._page}?{urlencode({'linkToken': token})}")

    def _card_address(self, session: Session, parcel: Parcel, link_id: str) -> str | None:
        key = CardPages(session, self._clock).make(parcel.chat_id, link_id)
        return f"{self._card_page}?{urlencode({'key': key})}" if key else None

    def _try(self, attempt: Attempt) -> SendResult:
        parcel = attempt.parcel
        try:
            if isinstance(attempt, SendReply):
                return self._line.reply(parcel.reply_token, parcel.messages)
            return self._line.push(parcel.chat_id, parcel.messages, retry_key=parcel.retry_key)
        except Exception as error:
            # The attempt is noted: whatever went wrong here, nobody knows how far it came.
            _log.error("attempt broke", **what_broke(error))
            return _NOBODY_KNOWS

    def _finish(self, session: Session, made: _Made) -> None:
        """Write down what became of an attempt."""
        parcel, result = made.attempt.parcel, made.result
        after = after_reply if isinstance(made.attempt, SendReply) else after_push
        outcome = after(parcel, result, self._clock.now(), self._jitter())
        outbox = Outbox(session, self._clock)
        if isinstance(outcome, Later):
            self._later(outbox, parcel, outcome, result)
            return
        outbox.ended(parcel, outcome.state, reason=result.delivery.value, request_id=result.request_id)
        if outcome.must_be_told:
            self._tell_otherwise(outbox, parcel)

    def _log(self, made: _Made) -> None:
        parcel, result = made.attempt.parcel, made.result
        with bound_contextvars(event_id=parcel.webhook_event_id):
            _log.info(
                "attempt",
                outbox_id=parcel.outbox_id,
                attempt=parcel.attempts + 1,
                by="reply" if isinstance(made.attempt, SendReply) else "push",
                delivery=result.delivery.value,
                status=result.status,
                line_request_id=result.request_id,
                waited=_waited(parcel, self._clock.now()),
            )

    def _later(self, outbox: Outbox, parcel: Parcel, outcome: Later, result: SendResult) -> None:
        outbox.later(
            parcel,
            outcome.at,
            may_have_arrived=outcome.may_have_arrived,
            reason=result.delivery.value,
            request_id=result.request_id,
            token_is_dead=outcome.token_is_dead,
        )

    def _tell_otherwise(self, outbox: Outbox, parcel: Parcel) -> None:
        """LINE refused the form of messages that told of a change: say in plain words where to look."""
        outbox.add(parcel.chat_id, [plain("delivery.answer_refused")], may_push=parcel.may_push)


def _waited(parcel: Parcel, now: datetime) -> float | None:
    """Seconds since the event that this answers was received; None where its receipt is not known any more."""
    if parcel.reply_by is None:
        return None
    return round((now - (parcel.reply_by - REPLY_TOKEN_LIFE)).total_seconds(), 3)
