"""`madoguchi serve`: the whole counter in one process, or the web half of it beside workers."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
import structlog
from sqlalchemy import Engine

from bot import logs, metrics
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.config import ConfigError, Settings
from bot.processes import Server
from bot.storage.engine import open_engine
from bot.storage.migrate import is_current
from bot.storage.sole_process import AnotherProcess, one_of_many, sole_process
from webhooks.server import THREADS
from webhooks.server import serve as serve_http

_log = structlog.get_logger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free port."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Web processes; more than one needs REDIS_URL.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 256),
    default=THREADS,
    show_default=True,
    help="Requests that each process handles at the same time.",
)
@click.option(
    "--staff-port",
    type=click.IntRange(1, 65535),
    help="Show the staff console (/staff/) at this port alone. Default: beside the patrons' pages.",
)
@click.option(
    "--staff-host", default="127.0.0.1", show_default=True, help="The address that --staff-port is of."
)
@pass_context
@explains_failures
def serve(
    context: Context,
    host: str,
    port: int,
    processes: int,
    threads: int,
    staff_port: int | None,
    staff_host: str,
) -> None:
    """Answer LINE and show the link pages, until Ctrl-C or SIGTERM, which finish what is in hand.

    Without REDIS_URL one process does everything, and a second one on the same database is refused. With it, start
    `madoguchi worker` beside it, as many as you like. Logs go to standard error, a JSON object a line.
    """
    logs.set_up(observe=metrics.observe)
    settings = context.settings
    refuse_wrong_settings(settings)
    if processes > 1 and not settings.redis_url:
        raise ConfigError("more than one process needs REDIS_URL: without Redis one process does it all")
    places = [(host, port)]
    if staff_port is not None:
        if staff_port == port:
            raise click.UsageError("--staff-port must be another one than --port")
        places.append((staff_host, staff_port))
    for place in places:
        _refuse_taken_port(*place)
    server = Server(settings, context.policy, context.clock, staff_port=staff_port)
    # An engine of this process alone: connections do not survive the fork into the serving one.
    refuse_old_tables(context.engine)
    metrics.begin(processes=processes)
    try:
        with serving_process(settings):
            serve_http(
                server.start,
                places=places,
                processes=processes,
                threads=threads,
                on_ready=_say_where,
                on_exit=server.stop,
            )
    finally:
        metrics.end()


@contextmanager
def serving_process(settings: Settings) -> Iterator[None]:
    """Hold the database: alone, or with Redis among others. Raises CommandError where that can't be."""
    engine = open_engine(settings.database_url)
    try:
        with one_of_many(engine) if settings.redis_url else sole_process(engine):
            yield
    except AnotherProcess:
        if settings.redis_url:
            text = "a serve without REDIS_URL runs on this database (DATABASE_URL); stop it first: it does all itself"
        else:
            text = (
                "another serve or worker runs on this database (DATABASE_URL); stop it first: "
                "without Redis one process does it all"
            )
        raise CommandError(text) from None


def refuse_old_tables(engine: Engine) -> None:
    """Raise CommandError where the tables are not those of this version."""
    if not is_current(engine):
        raise CommandError("the database's tables are not those of this version: run madoguchi migrate")
    engine.dispose()


def refuse_wrong_settings(settings: Settings) -> None:
    """Raise ConfigError naming what `serve` lacks."""
    settings.require(*_channel(settings), "SECRET_KEY")


def refuse_no_channel(settings: Settings) -> None:
    """Raise ConfigError naming what is lacking to talk to LINE."""
    settings.require(*_channel(settings))


def _channel(settings: Settings) -> tuple[str, ...]:
    """A long-lived token, or the id with which short-lived ones are fetched."""
    token = "LINE_CHANNEL_ID" if settings.line_channel_id else "LINE_CHANNEL_ACCESS_TOKEN"
    return ("LINE_CHANNEL_SECRET", token)


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise CommandError(
            f"can't listen at {host} port {port} ({error.strerror}): see --host, --port, --staff-host, --staff-port"
        ) from None


def _say_where(addresses: Sequence[str]) -> None:
    for address in addresses:
        _log.info("serving", address=address)
