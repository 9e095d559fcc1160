"""Sends the letters that wait. SMTP knows no retry key: a letter whose attempt was cut short is sent once more,
under the same Message-ID.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.backoff import Backoff
from bot.mail import MailDelivery, Mailer, MailOutcome, MailRound
from bot.storage.engine import reading, writing
from bot.storage.mails import REFUSED, SENT, Mails, Taken

_log = structlog.get_logger("bot.jobs.mails")

LETTERS: Final = Backoff(first=timedelta(minutes=1), longest=timedelta(hours=1))
ATTEMPT_LIMIT: Final = timedelta(minutes=10)
"""An attempt that has no outcome after so long was cut short."""
SWEEP_LIMIT: Final = timedelta(seconds=15)
"""Then letters in hand are put back: a process that is to stop waits for no slow server."""
REST: Final = timedelta(seconds=30)
"""After the server was not reached nothing is tried for so long."""
TAKEN_AT_ONCE: Final = 100
"""As many as go over one connection."""


class MailSender:
    """Hands the letters that are due to the mailer, one after the other. For one thread."""

    def __init__(
        self, engine: Engine, mailer: Mailer, clock: Clock, jitter: Callable[[], float] = random.random
    ) -> None:
        self._engine = engine
        self._mailer = mailer
        self._clock = clock
        self._jitter = jitter
        self._rests_until: datetime | None = None

    def sweep(self) -> bool:
        """Send some of what is due, over one connection; whether there may be more to send now."""
        if self._rests_until is not None and self._clock.now() < self._rests_until:
            return False
        self._rests_until = None
        with reading(self._engine) as session:
            if not Mails(session, self._clock).is_any_due():
                return False
        taken = self._take()
        with self._mailer.round() as letters:
            return self._send(letters, taken)

    def _take(self) -> tuple[Taken, ...]:
        with writing(self._engine) as session:
            mails = Mails(session, self._clock)
            mails.give_up_late()
            return mails.take_due(TAKEN_AT_ONCE, self._clock.now() + ATTEMPT_LIMIT)

    def _send(self, letters: MailRound, taken: Sequence[Taken]) -> bool:
        """Hand these over; whether it is of use to look for more at once."""
        until = self._clock.now() + SWEEP_LIMIT
        for at, one in enumerate(taken):
            if self._clock.now() >= until:
                self._put_back(taken[at:])
                return True
            outcome = letters.send(one.letter)
            self._note(one, outcome)
            if outcome.delivery is MailDelivery.NOT_REACHED:
                self._put_back(taken[at + 1 :])
                self._rests_until = self._clock.now() + REST
                return False
        return len(taken) == TAKEN_AT_ONCE

    def _put_back(self, taken: Sequence[Taken]) -> None:
        with writing(self._engine) as session:
            Mails(session, self._clock).put_back([one.mail_id for one in taken])

    def _note(self, one: Taken, outcome: MailOutcome) -> None:
        delivery, refusal = outcome.delivery, outcome.refusal
        _log.info(
            "letter",
            mail_id=one.mail_id,
            delivery=delivery.value,
            refusal=refusal.value if refusal else None,
            attempts=one.attempts,
        )
        with writing(self._engine) as session:
            mails = Mails(session, self._clock)
            if delivery is MailDelivery.ACCEPTED:
                mails.ended(one.mail_id, SENT)
            elif delivery is MailDelivery.REFUSED:
                mails.ended(one.mail_id, REFUSED, refusal)
            else:
                mails.later(one.mail_id, self._clock.now() + LETTERS.wait(one.attempts, self._jitter()))
