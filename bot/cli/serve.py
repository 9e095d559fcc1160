"""`madoguchi serve`: the whole counter in one process."""

import socket

import click
import structlog

from bot import logs, wiring
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.config import ConfigError, Settings
from bot.storage.engine import open_engine
from bot.storage.migrate import is_current
from bot.storage.sole_process import AnotherProcess, sole_process
from webhooks.server import serve as serve_http

_log = structlog.get_logger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free port."
)
@pass_context
@explains_failures
def serve(context: Context, host: str, port: int) -> None:
    """Answer LINE and show the link pages, until Ctrl-C or SIGTERM, which finish what is in hand.

    One process does everything; a second one on the same database is refused. Logs go to standard error, a JSON
    object a line.
    """
    logs.set_up()
    refuse_wrong_settings(context.settings)
    _refuse_taken_port(host, port)
    server = wiring.Server(context.settings, context.policy, context.clock)
    # An engine of this process alone: connections do not survive the fork into the serving one.
    engine = context.engine
    if not is_current(engine):
        raise CommandError("the database's tables are not those of this version: run madoguchi migrate")
    engine.dispose()
    try:
        with sole_process(open_engine(context.settings.database_url)):
            serve_http(server.start, host=host, port=port, on_ready=_say_where, on_exit=server.stop)
    except AnotherProcess:
        raise CommandError(
            "another serve runs on this database (DATABASE_URL); stop it first: without Redis one process does it all"
        ) from None


def refuse_wrong_settings(settings: Settings) -> None:
    """Raise ConfigError for settings with which this version can't serve."""
    if settings.line_channel_id and not settings.line_channel_access_token:
        raise ConfigError(
            "LINE_CHANNEL_ID is set, but this version does not fetch short-lived tokens yet: "
            "set LINE_CHANNEL_ACCESS_TOKEN to a long-lived one"
        )
    settings.require("LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "SECRET_KEY")
    if settings.redis_url:
        raise ConfigError(
            "REDIS_URL is set, but this version does not spread work by Redis yet: unset it; one process does it all"
        )


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise CommandError(
            f"can't listen at {host} port {port} ({error.strerror}): see --host and --port"
        ) from None


def _say_where(address: str) -> None:
    _log.info("serving", address=address)
