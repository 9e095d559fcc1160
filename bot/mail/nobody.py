"""Where no mail server is set: letters end at once, so that what they tell goes on to the next way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Self

from bot.mail.answers import Refusal
from bot.mail.letters import Letter, MailDelivery, MailOutcome

_NO_SERVER: Final = MailOutcome(MailDelivery.REFUSED, Refusal.NO_SERVER)


class NobodyMails:
    """Fulfils `bot.mail.Mailer` and takes nothing."""

    @contextmanager
    def round(self) -> Iterator[Self]:
        """A round that takes no letter."""
        yield self

    def send(self, letter: Letter) -> MailOutcome:
        """Not sent, for good."""
        return _NO_SERVER
