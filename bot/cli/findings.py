"""What `madoguchi check` looks at: one function a subject, each telling what it found, none raising."""

import contextlib
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot import wiring
from bot.cli.context import Context, database_trouble
from bot.cli.serve import refuse_wrong_settings
from bot.config import LINE_API, ConfigError, Settings
from bot.line.api import AccessTokens, LineUnavailable
from bot.policies import Policy, PolicyError
from bot.storage.migrate import is_current
from webhooks.line import PATH

_SECONDS = 5.0
"""How long a server may take to answer."""


class Level(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "FAILURE"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    level: Level
    what: str
    text: str


def look_at_everything(context: Context) -> Iterator[Finding]:
    """All findings, in the order in which one would mend them."""
    try:
        settings = context.settings
    except ConfigError as error:
        yield Finding(Level.FAILURE, "settings", str(error))
        return
    yield from _settings(settings)
    yield from _policy(context)
    yield from _database(context)
    yield from _redis(settings)
    yield from _line(context)
    yield from _smtp(context)


def _settings(settings: Settings) -> Iterator[Finding]:
    try:
        refuse_wrong_settings(settings)
    except ConfigError as error:
        yield Finding(Level.FAILURE, "settings", str(error))
    else:
        yield Finding(Level.OK, "settings", "all that serve needs is set")
    if settings.line_channel_secret_previous:
        text = "LINE_CHANNEL_SECRET_PREVIOUS is accepted, too; unset it once LINE uses the new one"
        yield Finding(Level.WARNING, "settings", text)
    if settings.now:
        yield Finding(Level.WARNING, "settings", "MADOGUCHI_NOW moves the clock: for demos and tests alone")
    if urlsplit(settings.public_url).scheme != "https" and settings.line_api_base_url == LINE_API:
        text = f"PUBLIC_URL is {settings.public_url}: neither LINE nor patrons can reach it; set its https address"
        yield Finding(Level.WARNING, "settings", text)


def _policy(context: Context) -> Iterator[Finding]:
    try:
        policy = context.policy
    except PolicyError as error:
        for line in str(error).splitlines():
            yield Finding(Level.FAILURE, "policy", line)
        return
    yield Finding(Level.OK, "policy", policy.name)
    yield from _calendar(policy)


def _calendar(policy: Policy) -> Iterator[Finding]:
    calendar = policy.calendar
    if calendar is None:
        text = (
            "no [calendar]: the bot names the phone and the web page when asked for opening hours, "
            "and counts every day as open"
        )
        yield Finding(Level.WARNING, "policy", text)
        return
    if calendar.sample:
        yield Finding(Level.WARNING, "policy", "[calendar] is a sample (見本), not the library's own")
    missing = [branch.code for branch in policy.branches if branch.code not in calendar.hours]
    if missing:
        yield Finding(Level.WARNING, "policy", f"[calendar.hours] lacks {', '.join(missing)}")


def _database(context: Context) -> Iterator[Finding]:
    try:
        engine = context.engine
        current = is_current(engine)
    except ConfigError as error:
        yield Finding(Level.FAILURE, "database", str(error))
    except DBAPIError as error:
        yield Finding(Level.FAILURE, "database", database_trouble(error))
    else:
        yield from _tables(engine, is_current=current)


def _tables(engine: Engine, *, is_current: bool) -> Iterator[Finding]:
    if not is_current:
        text = "it answers, but its tables are not those of this version: run madoguchi migrate"
        yield Finding(Level.FAILURE, "database", text)
        return
    yield Finding(Level.OK, "database", f"{engine.dialect.name} answers, its tables are up to date")
    patrons = wiring.count_patrons(engine)
    if patrons:
        yield Finding(Level.OK, "library system", f"the embedded one, with {patrons:,} patrons")
    else:
        text = "the embedded one is empty: run madoguchi import"
        yield Finding(Level.WARNING, "library system", text)


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding(Level.OK, "redis", "not set: one serve process does everything, and there is no worker")
        return
    try:
        with contextlib.closing(
            Redis.from_url(settings.redis_url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
        ) as redis:
            redis.ping()
    except (RedisError, ValueError) as error:
        yield Finding(Level.FAILURE, "redis", f"it does not answer at REDIS_URL ({type(error).__name__})")
    else:
        yield Finding(Level.OK, "redis", "it answers; see to it that madoguchi worker runs beside serve")
        if settings.database_url.startswith("sqlite"):
            text = "several processes share a SQLite file, which must be on one machine: PostgreSQL is made for this"
            yield Finding(Level.WARNING, "database", text)


def _line(context: Context) -> Iterator[Finding]:
    settings = context.settings
    tokens: AccessTokens | None = None
    if not settings.line_channel_access_token:
        try:
            tokens = wiring.channel_tokens(settings, context.engine, context.clock)
        except (ConfigError, PolicyError):
            return  # The database's settings or the policy are told of already.
        if tokens is None:
            return  # The settings say so already.
    with wiring.line_client(settings, tokens) as line:
        try:
            info = line.bot_info()
        except LineUnavailable as error:
            of_ours = "LINE_CHANNEL_ID and LINE_CHANNEL_SECRET" if tokens else "LINE_CHANNEL_ACCESS_TOKEN"
            text = f"{error}; look at {of_ours} and LINE_API_BASE_URL"
            yield Finding(Level.FAILURE, "LINE", text)
            return
        yield Finding(Level.OK, "LINE", f"the token opens {info.basic_id}")
        if not info.answers_by_itself:
            text = "Chat is on in LINE's console: what staff write there and what the bot answers get mixed"
            yield Finding(Level.WARNING, "LINE", text)
        with contextlib.suppress(LineUnavailable):
            endpoint = line.webhook_endpoint()
            yield _webhook(settings, endpoint.url, active=endpoint.active)


def _webhook(settings: Settings, url: str, *, active: bool) -> Finding:
    ours = settings.public_url.rstrip("/") + PATH
    if not active:
        return Finding(Level.FAILURE, "LINE", "the webhook is off: turn it on in LINE's console")
    if url != ours:
        return Finding(Level.WARNING, "LINE", f"it sends events to another address than {ours}")
    return Finding(Level.OK, "LINE", f"it sends events to {ours}")


def _smtp(context: Context) -> Iterator[Finding]:
    if not context.settings.smtp_url:
        yield Finding(Level.OK, "mail", "SMTP_URL is not set: no e-mail is sent")
        return
    try:
        mailer = wiring.build_mailer(context.settings, context.policy, context.clock)
        if mailer is not None:
            mailer.reach()
    except PolicyError:
        return  # Told already; it names the sender.
    except ConfigError as error:
        yield Finding(Level.FAILURE, "mail", str(error))
    except smtplib.SMTPSenderRefused:
        sender = context.policy.contact.mail_sender
        yield Finding(Level.FAILURE, "mail", f"the server of SMTP_URL takes no letters from {sender}")
    except (OSError, smtplib.SMTPException) as error:
        text = f"the server of SMTP_URL does not let us in ({type(error).__name__})"
        yield Finding(Level.FAILURE, "mail", text)
    else:
        yield from _mail_works(context)


def _mail_works(context: Context) -> Iterator[Finding]:
    sender = context.policy.contact.mail_sender
    yield Finding(Level.OK, "mail", f"the server of SMTP_URL takes letters from {sender}")
    domain = sender.rpartition("@")[2]
    text = f"{domain} must name that server (SPF) and its letters be signed (DKIM): docs/operations.md"
    yield Finding(Level.OK, "mail", text)
    if context.settings.is_on_loopback():
        text = f"links in letters lead to {context.settings.public_url}, where nobody else comes: PUBLIC_URL"
        yield Finding(Level.WARNING, "mail", text)
