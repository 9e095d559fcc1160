"""A real SMTP server on a free port of this machine, which keeps what it is handed."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class PostOffice:
    """What the server was handed, and what it answers."""

    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    """The same as they came."""
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """Answers to the next letters, instead of taking them."""
    refused: dict[str, str] = field(default_factory=dict)
    """Addresses that it does not take, with what it says."""
    sender_answer: str = ""
    """What it says to whoever wants to send, instead of letting them."""
    connections: int = 0
    encrypted: list[bool] = field(default_factory=list)
    """Of each letter."""
    url: str = ""
    """As SMTP_URL has it."""

    async def handle_EHLO(  # noqa: N802  # The server's name for it; so below.
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.raw.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None or self.url.startswith("smtps:"))
        self.letters.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


class _AnyPort(Controller):
    """Listens on a port that is free; the library would look for itself at port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> SMTP:
        self.handler.connections += 1
        return cast(SMTP, super().factory())


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"library", b"p@ss/word"), handled=False)


@contextmanager
def post_office(
    *, login: bool = False, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, starttls: bool = False
) -> Iterator[PostOffice]:
    """The server, running; with `login` it takes letters of `library` with the password `p@ss/word` alone.

    `tls`: encrypted from the start, or once it is asked for (`starttls`) and then never without.
    """
    office = PostOffice()
    options: dict[str, Any] = {}
    if login:
        options = {"auth_required": True, "auth_require_tls": starttls, "authenticator": _knows}
    if starttls:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = _AnyPort(
        office, hostname=host, port=0, ssl_context=None if starttls else tls, decode_data=False, **options
    )
    controller.start()
    # It is looked whether the server answers: that connection is not the mailer's.
    office.connections = 0
    scheme = "smtps" if tls and not starttls else "smtp"
    office.url = f"{scheme}://{host}:{controller.port}"
    try:
        yield office
    finally:
        controller.stop()


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for an address of this machine: for the server, and for who believes in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return server, ssl.create_default_context(cafile=str(public))
