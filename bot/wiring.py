"""The only place that joins the parts and names the adapters."""

import secrets
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import SecretStr
from redis import Redis
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.accounts.sign_in import AskToConfirm
from bot.clock import Clock
from bot.config import ConfigError, Settings
from bot.dialogue.engine import Engine as Dialogue
from bot.dialogue.engine import Reader
from bot.ils.embedded.desk import CheckedOut as CheckedOut  # These and the next are told by the commands.
from bot.ils.embedded.desk import Closed as Closed
from bot.ils.embedded.desk import Desk as Desk
from bot.ils.embedded.desk import DeskError as DeskError
from bot.ils.embedded.desk import Moved as Moved
from bot.ils.embedded.desk import NextInQueue as NextInQueue
from bot.ils.embedded.importing import BadFilesError as BadFilesError
from bot.ils.embedded.importing import ImportReport as ImportReport
from bot.ils.embedded.importing import import_folder
from bot.ils.embedded.library import EmbeddedLibrary
from bot.ils.embedded.notices import EmbeddedNotices
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.intents import Expected, Parser, Reading, load_parser
from bot.intents.furigana import Furigana
from bot.intents.masking import load_masker
from bot.intents.tokens import Tokenizer
from bot.jobs.announcements import (
    AnnouncementInsight,
    AnnouncementParts,
    AnnouncementSchedule,
    AnnouncementSender,
)
from bot.jobs.letters import Letters
from bot.jobs.notice_composing import NoticeComposer, NoticeParts
from bot.jobs.notice_planning import NoticePlanner
from bot.jobs.notice_room import pushes_left
from bot.jobs.notice_schedule import NoticeSchedule
from bot.jobs.notice_sending import NoticeSender
from bot.jobs.own_events import OwnEvents
from bot.jobs.pace import MULTICASTS, PUSHES, SharedPace
from bot.jobs.registered import tell_registered
from bot.jobs.rich_menu_deploy import RichMenuDeployment, Tell
from bot.jobs.tokens import ChannelTokens
from bot.jobs.turns import TurnRunner
from bot.library import Actor, Library, PasswordDesk
from bot.library.notices import NoticeReader
from bot.line.api import AccessTokens
from bot.mail.composing import Sender
from bot.mail.smtp import SmtpMailer, SmtpServer
from bot.messages.wording import easy_texts, texts
from bot.policies import Policy
from bot.richmenu import menus_of
from bot.staff.announcements import AnnouncementActs
from bot.staff.calendar import CalendarActs
from bot.staff.counter import CounterActs
from bot.staff.patrons import PatronActs
from bot.staff.sealing import Sealer
from bot.staff.sign_in import StaffSignIn
from bot.storage.accepting import accept
from bot.storage.calendar import policy_now
from bot.storage.engine import reading, writing
from bot.storage.rate_limits import BucketsInDatabase, BucketsInRedis, Rate
from bot.storage.tables.library import PatronRow
from webhooks.card import CardServices
from webhooks.line import Store
from webhooks.link import LinkServices
from webhooks.mail import MailServices
from webhooks.staff.services import StaffServices

if TYPE_CHECKING:
    from bot.line.client import LineClient
    from bot.line.richmenus import RichMenuClient

_log = structlog.get_logger(__name__)

WEBHOOK_PATIENCE_MS = 1000
"""How long storing an event may wait for the database: LINE waits for an answer no longer than 2 seconds."""

_WARM_UP = "こころを予約して"
"""Parsed once at the start, so that the first patron does not wait for dictionaries to be read. The texts are
read then, too, so that a running server says what it began with."""


def turn_runner(settings: Settings, policy: Policy, clock: Clock, engine: Engine) -> TurnRunner:
    """What handles the events of a chat."""
    parser = load_parser()
    parser.parse(_WARM_UP, today=clock.today())
    for read_texts in (texts, easy_texts):
        read_texts()
    if policy.insight.not_understood:
        load_masker()
    return TurnRunner(
        engine=engine,
        dialogue=build_dialogue(_LoggedReader(parser)),
        policy=policy,
        clock=clock,
        open_library=lambda session: open_library(session, policy, clock),
        lease=timedelta(seconds=settings.lease_seconds),
        ask_to_confirm=ask_to_confirm(settings, policy, clock) if settings.smtp_url else None,
    )


class _LoggedReader:
    """The parser, with a line in the log of how long each message took it."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def parse(self, text: str, *, today: date, expects: Set[Expected] = frozenset()) -> Reading:
        """As the parser's."""
        started = perf_counter()
        reading = self._parser.parse(text, today=today, expects=expects)
        _log.info("parsed", intent=reading.intent, seconds=round(perf_counter() - started, 5))
        return reading


def build_dialogue(parser: Reader) -> Dialogue:
    """The dialogue, with ids for buttons and questions that nobody can guess."""
    return Dialogue(parser, new_id=lambda: secrets.token_urlsafe(16), readings=_furigana())


@cache
def _furigana() -> Furigana:
    """How words are read; one dictionary for all who ask."""
    return Furigana(Tokenizer())


def line_client(settings: Settings, tokens: AccessTokens | None = None) -> "LineClient":
    """LINE's Messaging API, or whatever stands in its place. `tokens`: where to get the token of the moment."""
    # Reading LINE's SDK takes longer than most commands take, and few of them talk to LINE.
    from bot.line.client import LineClient

    return LineClient(
        access_token=tokens or secret(settings.line_channel_access_token), base_url=settings.line_api_base_url
    )


def rich_menu_client(settings: Settings, tokens: AccessTokens | None = None) -> "RichMenuClient":
    """LINE's calls about rich menus; to be closed at the end."""
    from bot.line.richmenus import RichMenuClient

    return RichMenuClient(
        access_token=tokens or secret(settings.line_channel_access_token),
        base_url=settings.line_api_base_url,
        data_base_url=settings.line_data_api_base_url,
    )


@contextmanager
def rich_menu_deployment(
    settings: Settings, policy: Policy, clock: Clock, engine: Engine, tell: Tell
) -> Iterator[RichMenuDeployment]:
    """The library's menus at LINE, for a command. `tell` hears of each step."""
    line = rich_menu_client(settings, channel_tokens(settings, engine, clock))
    try:
        yield RichMenuDeployment(engine, line, clock, menus_of(policy), tell)
    finally:
        line.close()


def channel_tokens(settings: Settings, engine: Engine, clock: Clock) -> ChannelTokens | None:
    """Short-lived tokens by the channel's id and secret; None where a long-lived one is set."""
    if settings.line_channel_access_token or not settings.line_channel_id:
        return None
    from bot.line.tokens import TokenIssuer

    channel_secret = secret(settings.line_channel_secret)
    issuer = TokenIssuer(
        channel_id=settings.line_channel_id,
        channel_secret=channel_secret,
        base_url=settings.line_api_base_url,
    )
    return ChannelTokens(engine, clock, issuer.issue, channel_secret)


def build_mailer(settings: Settings, policy: Policy, clock: Clock) -> SmtpMailer | None:
    """Whoever takes the library's letters; None where SMTP_URL is not set. Raises ConfigError."""
    if not settings.smtp_url:
        return None
    try:
        server = SmtpServer.at(settings.smtp_url.get_secret_value())
    except ValueError as error:
        raise ConfigError(f"wrong setting: SMTP_URL {error}") from None
    sender = Sender(
        policy.contact.mail_sender,
        policy.name,
        reply_to=policy.mail.reply_to,
        stop_address=policy.mail.stop_address,
    )
    return SmtpMailer(server, clock, sender)


def letters(session: Session, settings: Settings, policy: Policy, clock: Clock) -> Letters:
    """Whoever writes letters to patrons, within the session's transaction."""
    return Letters(session, clock, policy, settings.public_url)


def ask_to_confirm(settings: Settings, policy: Policy, clock: Clock) -> AskToConfirm:
    """Asks the owner of an address whether it is theirs."""
    return lambda session, card_number, email: letters(session, settings, policy, clock).ask_to_confirm(
        card_number, email
    )


def link_services(settings: Settings, policy: Policy, clock: Clock, engine: Engine) -> LinkServices:
    """What the link pages need."""
    return LinkServices(
        engine=engine,
        policy=policy,
        clock=clock,
        passwords=lambda session: open_passwords(session, policy, clock),
        tell_registered=lambda session, card_number, email_before: tell_registered(
            session,
            clock,
            policy,
            letters(session, settings, policy, clock),
            card_number=card_number,
            email_before=email_before,
        ),
        ask_to_confirm=ask_to_confirm(settings, policy, clock),
        link_url=settings.line_link_url,
        public_url=settings.public_url,
    )


def staff_services(settings: Settings, policy: Policy, clock: Clock, engine: Engine) -> StaffServices:
    """What the staff console needs."""
    key = secret(settings.secret_key)

    def open_record(session: Session) -> Library:
        return open_library(session, policy, clock)

    def open_desk(session: Session) -> Desk:
        return Desk(session, policy, clock)

    def tell(session: Session) -> OwnEvents:
        return OwnEvents(session, clock)

    return StaffServices(
        engine=engine,
        policy=policy,
        clock=clock,
        sign_in=StaffSignIn(engine, policy, clock, Sealer(key, clock)),
        counter=CounterActs(engine, clock, open_desk),
        patrons=PatronActs(engine, clock, open_record, tell),
        calendar=CalendarActs(engine, clock, lambda session: open_desk(session).opening),
        announcements=AnnouncementActs(engine, clock, policy, announcement_parts(settings, policy, clock)),
        open_library=open_record,
        open_desk=open_desk,
        secret_key=key,
        address=settings.staff_address,
    )


def card_services(policy: Policy, clock: Clock, engine: Engine) -> CardServices:
    """What the card's page needs."""
    return CardServices(engine, policy, clock, lambda session: open_library(session, policy, clock))


def mail_services(settings: Settings, policy: Policy, clock: Clock, engine: Engine) -> MailServices:
    """What the pages that letters lead to need."""
    return MailServices(engine, policy, clock, settings.public_url)


def inbox_store(engine: Engine, clock: Clock) -> Store:
    """Stores a webhook's events. `engine` gives up before LINE does."""

    def store(events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        return tuple(accept(engine, clock, events))

    return store


def open_library(session: Session, policy: Policy, clock: Clock) -> Library:
    """The library's record, within the session's transaction, by the calendar as it is now."""
    return EmbeddedLibrary(session, policy_now(session, policy, clock), clock)


def open_passwords(session: Session, policy: Policy, clock: Clock) -> PasswordDesk:
    """The passwords of its cards, within the session's transaction."""
    return EmbeddedPasswords(session, policy, clock)


def library_answers(engine: Engine, policy: Policy, clock: Clock) -> bool:
    """Whether the library system answers a question; raises whatever keeps it from it."""
    with reading(engine) as session:
        open_library(session, policy, clock).find_title("")
    return True


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


def release_run_out(engine: Engine, policy: Policy, clock: Clock) -> tuple[Moved, ...]:
    """Release what was not picked up by its last day; each copy is set aside for the next patron.

    One transaction each: none locks a second patron. What changed meanwhile is left alone.
    """
    with desk(engine, policy, clock) as counter:
        run_out = counter.reservations.run_out()
    released: list[Moved] = []
    for reservation_id in run_out:
        with suppress(DeskError), desk(engine, policy, clock) as counter:
            released.append(counter.reservations.expire(reservation_id))
    return tuple(released)


def open_notice_reader(session: Session, clock: Clock) -> NoticeReader:
    """The library's record for many patrons at once, within the session's transaction."""
    return EmbeddedNotices(session, clock)


@dataclass(frozen=True, slots=True)
class NoticeWork:
    """Planning and composing, which one process at a time does, and sending, which any may do."""

    schedule: NoticeSchedule
    sender: NoticeSender


def notice_work(
    settings: Settings, policy: Policy, clock: Clock, engine: Engine, line: "LineClient"
) -> NoticeWork:
    """What tells notices; its sender is to be closed at the end."""
    parts = NoticeParts(
        policy=policy,
        clock=clock,
        open_reader=lambda session: open_notice_reader(session, clock),
        public_url=settings.public_url,
        sends_letters=settings.smtp_url is not None,
        readings=_furigana(),
        pushes_left=lambda session: pushes_left(session, clock, policy),
    )
    schedule = NoticeSchedule(
        engine,
        policy,
        clock,
        notice_planner(engine, policy, clock),
        NoticeComposer(engine, parts),
        lambda: len(release_run_out(engine, policy, clock)),
    )
    return NoticeWork(schedule, NoticeSender(engine, line, clock, pace=line_pace(settings, engine, PUSHES)))


def line_pace(settings: Settings, engine: Engine, rate: Rate) -> SharedPace:
    """One of LINE's rate limits, which all processes keep together; to be closed at the end."""
    in_database = BucketsInDatabase(engine)
    if not settings.redis_url:
        return SharedPace(in_database, rate)
    client = Redis.from_url(settings.redis_url, socket_timeout=1.0, socket_connect_timeout=1.0)
    return SharedPace(BucketsInRedis(client, in_database), rate)


def notice_planner(engine: Engine, policy: Policy, clock: Clock) -> NoticePlanner:
    """What finds what is to be told."""
    return NoticePlanner(engine, policy, clock, lambda session: open_notice_reader(session, clock))


@contextmanager
def notice_run(settings: Settings, policy: Policy, clock: Clock, engine: Engine) -> Iterator[NoticeWork]:
    """The same for a command, with its own connections to LINE."""
    with line_client(settings, channel_tokens(settings, engine, clock)) as line:
        work = notice_work(settings, policy, clock, engine, line)
        try:
            yield work
        finally:
            work.sender.close()


def announcement_parts(settings: Settings, policy: Policy, clock: Clock) -> AnnouncementParts:
    """What announcements are made of."""
    return AnnouncementParts(
        policy, clock, lambda session: open_notice_reader(session, clock), settings.public_url
    )


@dataclass(frozen=True, slots=True)
class AnnouncementWork:
    """Beginning, ending and asking for numbers, which one process at a time does; sending, which any may do."""

    schedule: AnnouncementSchedule
    sender: AnnouncementSender
    insight: AnnouncementInsight


def announcement_work(
    settings: Settings, policy: Policy, clock: Clock, engine: Engine, line: "LineClient"
) -> AnnouncementWork:
    """What sends announcements."""
    return AnnouncementWork(
        AnnouncementSchedule(engine, announcement_parts(settings, policy, clock)),
        AnnouncementSender(engine, line, clock, pace=line_pace(settings, engine, MULTICASTS)),
        AnnouncementInsight(engine, line, policy, clock),
    )


def move_dates(engine: Engine, policy: Policy, clock: Clock) -> None:
    """Move the due dates and last days that lie in a closure, also those that came into it since it was entered."""
    with desk(engine, policy, clock) as counter:
        moved = counter.opening.move_dates()
    if moved.due_dates or moved.last_days:
        _log.info("moved dates out of a closure", due_dates=moved.due_dates, last_days=moved.last_days)


def secret(setting: SecretStr | None) -> str:
    """The value of a secret setting; empty where it is not set."""
    return setting.get_secret_value() if setting is not None else ""
