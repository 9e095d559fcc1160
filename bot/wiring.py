"""The only place that joins the parts and names the adapters."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.config import ConfigError, Settings
from bot.dialogue.engine import Engine as Dialogue
from bot.ils.embedded.desk import Desk
from bot.ils.embedded.importing import BadFilesError as BadFilesError  # Told by the commands.
from bot.ils.embedded.importing import ImportReport as ImportReport
from bot.ils.embedded.importing import import_folder
from bot.ils.embedded.library import EmbeddedLibrary
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.intents import Parser, load_parser
from bot.jobs.mails import MailSender
from bot.jobs.registered import tell_registered
from bot.jobs.retention import Retention
from bot.jobs.sender import Sender
from bot.jobs.turns import TurnRunner
from bot.jobs.workers import Workers
from bot.library import Actor, Library, PasswordDesk
from bot.mail.smtp import SmtpMailer, SmtpServer
from bot.policies import Policy
from bot.storage.engine import open_engine, reading, writing
from bot.storage.inbox import Inbox
from bot.storage.migrate import is_current
from bot.storage.tables.library import PatronRow
from webhooks.app import AppParts, create_app
from webhooks.card import CardServices
from webhooks.line import Store
from webhooks.link import LinkServices

if TYPE_CHECKING:
    from bot.line.client import LineClient

WEBHOOK_PATIENCE_MS = 1000
"""How long storing an event may wait for the database: LINE waits for an answer no longer than 2 seconds."""

_WARM_UP = "こころを予約して"
"""Parsed once at the start, so that the first patron does not wait for dictionaries to be read."""


class Server:
    """Everything of `serve` in the one serving process: web application, workers, and what they stand on.

    Raises ConfigError where a setting can't be used.
    """

    def __init__(self, settings: Settings, policy: Policy, clock: Clock) -> None:
        self._settings = settings
        self._policy = policy
        self._clock = clock
        self._mailer = build_mailer(settings, policy, clock)
        self._ending: list[Callable[[], None]] = []

    def start(self) -> Flask:
        """Open the database and LINE, start the workers, and return the application."""
        engine = open_engine(self._settings.database_url)
        webhook_engine = open_engine(self._settings.database_url, patience_ms=WEBHOOK_PATIENCE_MS)
        line = line_client(self._settings)
        workers = self._workers(engine, line)
        workers.start()
        self._ending = [workers.stop, line.close, webhook_engine.dispose, engine.dispose]
        return create_app(
            AppParts(
                link=link_services(self._settings, self._policy, self._clock, engine),
                card=card_services(self._policy, self._clock, engine),
                secret_key=_secret(self._settings.secret_key),
                channel_secrets=self._settings.channel_secrets(),
                store=inbox_store(webhook_engine, self._clock),
                wake=workers.wake,
                checks={"database": lambda: is_current(engine), "workers": workers.are_alive},
            )
        )

    def _workers(self, engine: Engine, line: "LineClient") -> Workers:
        policy, clock = self._policy, self._clock
        parser = load_parser()
        parser.parse(_WARM_UP, today=clock.today())
        runner = TurnRunner(
            engine=engine,
            dialogue=build_dialogue(parser),
            policy=policy,
            clock=clock,
            open_library=lambda session: open_library(session, policy, clock),
        )
        return Workers(
            runner,
            Sender(engine, line, clock, self._settings.public_url),
            Retention(engine, policy, clock),
            engine,
            clock,
            also=[MailSender(engine, self._mailer, clock).sweep] if self._mailer is not None else [],
        )

    def stop(self) -> None:
        """Finish what is in hand and let go of everything."""
        for end in self._ending:
            end()
        self._ending = []


def build_dialogue(parser: Parser) -> Dialogue:
    """The dialogue, with ids for buttons and questions that nobody can guess."""
    return Dialogue(parser, new_id=lambda: secrets.token_urlsafe(16))


def line_client(settings: Settings) -> "LineClient":
    """LINE's Messaging API, or whatever stands in its place."""
    # Reading LINE's SDK takes longer than most commands take, and few of them talk to LINE.
    from bot.line.client import LineClient

    return LineClient(
        access_token=_secret(settings.line_channel_access_token), base_url=settings.line_api_base_url
    )


def build_mailer(settings: Settings, policy: Policy, clock: Clock) -> SmtpMailer | None:
    """Whoever takes the library's letters; None where SMTP_URL is not set. Raises ConfigError."""
    if not settings.smtp_url:
        return None
    try:
        server = SmtpServer.at(settings.smtp_url.get_secret_value())
    except ValueError as error:
        raise ConfigError(f"wrong setting: SMTP_URL {error}") from None
    return SmtpMailer(server, clock, sender=policy.contact.mail_sender, sender_name=policy.name)


def link_services(settings: Settings, policy: Policy, clock: Clock, engine: Engine) -> LinkServices:
    """What the link pages need."""
    return LinkServices(
        engine=engine,
        policy=policy,
        clock=clock,
        passwords=lambda session: open_passwords(session, policy, clock),
        tell_registered=lambda session, card_number, email_before: tell_registered(
            session, clock, policy, card_number=card_number, email_before=email_before
        ),
        link_url=settings.line_link_url,
        public_url=settings.public_url,
    )


def card_services(policy: Policy, clock: Clock, engine: Engine) -> CardServices:
    """What the card's page needs."""
    return CardServices(engine, policy, clock, lambda session: open_library(session, policy, clock))


def inbox_store(engine: Engine, clock: Clock) -> Store:
    """Stores a webhook's events in one writing transaction. `engine` gives up before LINE does."""

    def store(events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        with writing(engine) as session:
            return Inbox(session, clock).store(events)

    return store


def open_library(session: Session, policy: Policy, clock: Clock) -> Library:
    """The library's record, within the session's transaction."""
    return EmbeddedLibrary(session, policy, clock)


def open_passwords(session: Session, policy: Policy, clock: Clock) -> PasswordDesk:
    """The passwords of its cards, within the session's transaction."""
    return EmbeddedPasswords(session, policy, clock)


def count_patrons(engine: Engine) -> int:
    """How many patrons the embedded library knows."""
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(PatronRow)) or 0


def import_record(
    engine: Engine, policy: Policy, clock: Clock, folder: Path, snapshot: bool = False
) -> ImportReport:
    """Load the CSV files in `folder` into the embedded library. Raises BadFilesError naming every bad row."""
    return import_folder(engine, policy, clock, folder, snapshot=snapshot)


def set_passwords(engine: Engine, policy: Policy, clock: Clock, passwords: Mapping[str, str]) -> None:
    """Set patrons' own passwords by card number, without asking for old ones. Raises PatronNotFound."""
    with writing(engine) as session:
        desk = EmbeddedPasswords(session, policy, clock)
        for card_number, password in passwords.items():
            desk.set_by_staff(card_number, password, temporary=False, actor=Actor.STAFF)


@contextmanager
def desk(engine: Engine, policy: Policy, clock: Clock) -> Iterator[Desk]:
    """The embedded library's counter in one writing transaction: committed at the end, undone on any exception."""
    with writing(engine) as session:
        yield Desk(session, policy, clock)


def _secret(setting: Any) -> str:
    """A setting that `serve` has seen to be there."""
    return setting.get_secret_value() if setting is not None else ""
