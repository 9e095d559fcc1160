"""Sends the letters that wait. SMTP knows no retry key: a letter whose attempt was cut short is sent once more,
under the same Message-ID.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.backoff import Backoff
from bot.mail import MailDelivery, Mailer
from bot.storage.engine import reading, writing
from bot.storage.mails import GIVEN_UP, REFUSED, SENT, Mails

_log = structlog.get_logger("bot.jobs.mails")

LETTERS: Final = Backoff(first=timedelta(minutes=1), longest=timedelta(hours=1))
TRIED_FOR: Final = timedelta(days=2)
ATTEMPT_LIMIT: Final = timedelta(minutes=2)
"""An attempt that has no outcome after so long was cut short."""


class MailSender:
    """Hands the letters that are due to the mailer, one after the other."""

    def __init__(
        self, engine: Engine, mailer: Mailer, clock: Clock, jitter: Callable[[], float] = random.random
    ) -> None:
        self._engine = engine
        self._mailer = mailer
        self._clock = clock
        self._jitter = jitter

    def sweep(self) -> None:
        """Send what is due."""
        with reading(self._engine) as session:
            due = Mails(session, self._clock).due()
        for mail_id in due:
            self._send(mail_id)

    def _send(self, mail_id: int) -> None:
        with writing(self._engine) as session:
            taken = Mails(session, self._clock).take(mail_id, self._clock.now() + ATTEMPT_LIMIT)
        if taken is None:
            return
        letter, attempts, since = taken
        delivery = self._mailer.send(letter)
        _log.info("letter", mail_id=mail_id, delivery=delivery.value, attempts=attempts)
        with writing(self._engine) as session:
            mails, now = Mails(session, self._clock), self._clock.now()
            if delivery is not MailDelivery.TRY_LATER:
                mails.ended(mail_id, SENT if delivery is MailDelivery.ACCEPTED else REFUSED)
            elif now - since >= TRIED_FOR:
                mails.ended(mail_id, GIVEN_UP)
            else:
                mails.later(mail_id, now + LETTERS.wait(attempts, self._jitter()))
