"""Sends letters by SMTP. No log and no exception carries an address, a subject or a text."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import structlog

from bot.clock import Clock
from bot.mail.answers import Refusal, is_final, refusal_of
from bot.mail.composing import Sender, composed, mailbox
from bot.mail.letters import Letter, MailDelivery, MailOutcome

_log = structlog.get_logger("bot.mail.smtp")

TIMEOUT_SECONDS: Final = 10
LETTERS_A_CONNECTION: Final = 100
"""Then a new one is opened: servers hang up on those who go on for too long."""

_PORTS: Final = {"smtp": 587, "smtps": 465}
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_DONE: Final = 250
_GOING_DOWN: Final = 421

_ACCEPTED: Final = MailOutcome(MailDelivery.ACCEPTED)
_TRY_LATER: Final = MailOutcome(MailDelivery.TRY_LATER)
_NOT_REACHED: Final = MailOutcome(MailDelivery.NOT_REACHED)
_NO_ADDRESS: Final = MailOutcome(MailDelivery.REFUSED, Refusal.NO_ADDRESS)


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
    """Fulfils `bot.mail.Mailer`. `trusted`: whose certificates are believed; the system's usual ones if None."""

    def __init__(
        self, server: SmtpServer, clock: Clock, sender: Sender, trusted: ssl.SSLContext | None = None
    ) -> None:
        self._server = server
        self._clock = clock
        self._sender = sender
        self._trusted = trusted

    @contextmanager
    def round(self) -> Iterator["SmtpRound"]:
        """A round of letters over one connection, or one for every hundred."""
        letters = SmtpRound(self._server, self._clock, self._sender, self._trusted)
        try:
            yield letters
        finally:
            letters.hang_up()

    def reach(self) -> None:
        """Connect, log in and ask whether letters may come from the library's address, for `madoguchi check`.

        Nothing is sent. Raises SMTPException or OSError.
        """
        connection = _connected(self._server, self._trusted)
        try:
            code, answer = connection.mail(self._sender.address)
            if code != _DONE:
                raise smtplib.SMTPSenderRefused(code, answer, self._sender.address)
        finally:
            connection.close()


class SmtpRound:
    """Letters over one connection, which is opened with the first. For one thread."""

    def __init__(
        self, server: SmtpServer, clock: Clock, sender: Sender, trusted: ssl.SSLContext | None
    ) -> None:
        self._server = server
        self._clock = clock
        self._sender = sender
        self._trusted = trusted
        self._connection: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, letter: Letter) -> MailOutcome:
        """Hand over one letter."""
        try:
            message = composed(letter, self._sender, self._clock.now())
            to = mailbox(letter.to)
        except ValueError:
            return _NO_ADDRESS
        try:
            connection = self._open()
        except (smtplib.SMTPException, OSError) as error:
            return _missed(error)
        try:
            connection.send_message(message, from_addr=self._sender.address, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, text)] = error.recipients.values()
            return self._judged(code, text)
        except smtplib.SMTPDataError as error:
            return self._judged(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self.hang_up()
            return _missed(error)
        return _ACCEPTED

    def hang_up(self) -> None:
        """Say goodbye, if there is a connection."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()

    def _open(self) -> smtplib.SMTP:
        """The connection, anew where there is none, where it has served long enough or where the server left it."""
        if self._connection is not None and (self._sent >= LETTERS_A_CONNECTION or not self._is_alive()):
            self.hang_up()
        if self._connection is None:
            self._connection, self._sent = _connected(self._server, self._trusted), 0
        self._sent += 1
        return self._connection

    def _is_alive(self) -> bool:
        """Whether the server still listens; it also forgets a letter that was begun."""
        assert self._connection is not None  # noqa: S101  # Asked only while there is one.
        try:
            return self._connection.rset()[0] == _DONE
        except (smtplib.SMTPException, OSError):
            return False

    def _judged(self, code: int, text: bytes | str) -> MailOutcome:
        """What the answer to a recipient or to a letter means."""
        if code == _GOING_DOWN:
            self.hang_up()
        if is_final(code):
            return MailOutcome(MailDelivery.REFUSED, refusal_of(code, text))
        return _TRY_LATER


def _missed(error: Exception) -> MailOutcome:
    """Nothing was handed over, and it was not the letter's fault: our login, our sender, the network, the server."""
    _log.warning("smtp takes nothing", error=type(error).__name__, code=getattr(error, "smtp_code", None))
    return _NOT_REACHED


def _connected(to: SmtpServer, trusted: ssl.SSLContext | None) -> smtplib.SMTP:
    """Connected, encrypted and logged in. Raises SMTPException or OSError."""
    tls = trusted or ssl.create_default_context()
    if to.tls_from_start:
        server: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT_SECONDS, context=tls)
    else:
        server = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        if not to.tls_from_start and to.host not in _LOOPBACK:
            # Raises where it is not offered: neither a password nor a letter goes over an open line.
            server.starttls(context=tls)
        if to.user:
            server.login(to.user, to.password)
    except BaseException:
        server.close()
        raise
    return server
