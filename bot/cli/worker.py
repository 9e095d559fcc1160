"""`madoguchi worker`: turns and sending, in any number of processes beside `serve`."""

import signal
import threading

import click
import structlog

from bot import logs, metrics
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.serve import refuse_no_channel, refuse_old_tables, serving_process
from bot.config import ConfigError
from bot.processes import WorkerProcess

_log = structlog.get_logger(__name__)


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1, 256),
    default=8,
    show_default=True,
    help="Turns at the same time, and as many answers on their way to LINE.",
)
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Where /metrics listens.")
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Its port; without one there is none.")
@pass_context
@explains_failures
def worker(context: Context, threads: int, metrics_host: str, metrics_port: int | None) -> None:
    """Handle what patrons wrote and send the answers, until Ctrl-C or SIGTERM, which finish what is in hand.

    Needs REDIS_URL. Any number of them may run, on any number of machines; each patron is seen to by one at a time.
    """
    logs.set_up(observe=metrics.observe)
    settings = context.settings
    refuse_no_channel(settings)
    if not settings.redis_url:
        raise ConfigError(
            "missing setting: REDIS_URL. Without Redis the one serve process does everything, and there is no worker"
        )
    process = WorkerProcess(settings, context.policy, context.clock)
    refuse_old_tables(context.engine)
    metrics.begin()
    told_to_stop = _listen()
    with serving_process(settings):
        try:
            if metrics_port is not None:
                _serve_metrics(process, metrics_host, metrics_port)
            process.start(threads)
            _log.info("working")
            told_to_stop.wait()
        finally:
            process.stop()


def _listen() -> threading.Event:
    """Set by SIGINT and SIGTERM."""
    told = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: told.set())
    return told


def _serve_metrics(process: WorkerProcess, host: str, port: int) -> None:
    try:
        process.serve_metrics(host, port)
    except OSError as error:
        raise CommandError(
            f"can't listen at {host} port {port} ({error.strerror}): see --metrics-host and --metrics-port"
        ) from None
