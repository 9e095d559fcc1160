"""A real SMTP server on a free port of this machine, which keeps what it is handed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class PostOffice:
    """What the server was handed, and what it answers."""

    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """Answers to the next letters, instead of taking them."""
    refused: set[str] = field(default_factory=set)
    """Addresses that it does not know."""
    url: str = ""

    async def handle_RCPT(  # noqa: N802  # The server's name for it.
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


class _AnyPort(Controller):
    """Listens on a port that is free; the library would look for itself at port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"library", b"p@ss/word"), handled=False)


@contextmanager
def post_office(*, login: bool = False) -> Iterator[PostOffice]:
    """The server, running; with `login` it takes letters of `library` with the password `p@ss/word` alone."""
    office = PostOffice()
    options: dict[str, Any] = {}
    if login:
        options = {"auth_required": True, "auth_require_tls": False, "authenticator": _knows}
    controller = _AnyPort(office, hostname="127.0.0.1", port=0, **options)
    controller.start()
    office.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield office
    finally:
        controller.stop()
