"""Sends letters by SMTP. No log and no exception carries an address, a subject or a text."""

import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import structlog

from bot.clock import Clock
from bot.mail.letters import Letter, MailDelivery, composed

_log = structlog.get_logger("bot.mail.smtp")

TIMEOUT_SECONDS: Final = 10
FINAL: Final = 500
_PORTS: Final = {"smtp": 587, "smtps": 465}
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where letters are handed over: `smtp://user:pass@host:port` (STARTTLS) or `smtps://…` (TLS from the start)."""

    host: str
    port: int
    tls_from_start: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> Self:
        """The server named by SMTP_URL. Raises ValueError, without the URL in its text."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("must look like smtp://user:pass@host:port or smtps://…")
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError:
            raise ValueError("has a port that is none") from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, parts.scheme == "smtps", user, password)


class SmtpMailer:
    """Fulfils `bot.mail.Mailer`: a connection a letter, which is right for a few letters a day."""

    def __init__(self, server: SmtpServer, clock: Clock, *, sender: str, sender_name: str) -> None:
        self._server = server
        self._clock = clock
        self._sender = sender
        self._sender_name = sender_name

    def send(self, letter: Letter) -> MailDelivery:
        """Hand over one letter."""
        try:
            at = self._clock.now()
            message = composed(letter, sender=self._sender, sender_name=self._sender_name, at=at)
        except ValueError:
            return MailDelivery.REFUSED
        try:
            self._hand_over(message)
        except smtplib.SMTPRecipientsRefused as error:
            return _judged(code for code, _ in error.recipients.values())
        except smtplib.SMTPAuthenticationError as error:
            # Our login, not the letter: it waits until the setting is mended.
            _log.warning("smtp login refused", code=error.smtp_code)
            return MailDelivery.TRY_LATER
        except smtplib.SMTPResponseException as error:
            return _judged([error.smtp_code])
        except (smtplib.SMTPException, OSError) as error:
            _log.warning("smtp not reached", error=type(error).__name__)
            return MailDelivery.TRY_LATER
        return MailDelivery.ACCEPTED

    def reach(self) -> None:
        """Connect and log in, for `madoguchi check`. Raises SMTPException or OSError."""
        with self._connected():
            pass

    def _hand_over(self, message: EmailMessage) -> None:
        with self._connected() as server:
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        to, tls = self._server, ssl.create_default_context()
        if to.tls_from_start:
            server: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT_SECONDS)
        try:
            self._secure(server, tls)
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP, tls: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._server.tls_from_start and self._server.host not in _LOOPBACK:
            # Raises where it is not offered: neither a password nor a letter goes over an open line.
            server.starttls(context=tls)
        if self._server.user:
            server.login(self._server.user, self._server.password)


def _judged(codes: Iterable[int]) -> MailDelivery:
    """A 5xx is final (RFC 5321), a 4xx is not."""
    return MailDelivery.REFUSED if all(code >= FINAL for code in codes) else MailDelivery.TRY_LATER
