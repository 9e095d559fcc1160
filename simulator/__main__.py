"""`python -m simulator`: a LINE Platform on this machine."""

import sys
from datetime import timedelta

import click

from simulator.clock import ShiftedClock
from simulator.server import serve
from simulator.settings import REDELIVERY_SECONDS, SettingsError, from_environment


def _seconds(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in value.split(",") if part.strip())
    except ValueError:
        raise click.BadParameter("seconds with commas between them, or nothing") from None


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8080, show_default=True, help="0: any free port.")
@click.option(
    "--name", default="図書館の窓口", show_default=True, help="What the account is called in the chat."
)
@click.option(
    "--clock-offset-seconds", default=0, help="So far ahead of (or behind) the true time the clock is."
)
@click.option(
    "--redelivery-seconds",
    default=",".join(f"{wait:g}" for wait in REDELIVERY_SECONDS),
    show_default=True,
    callback=_seconds,
    help="Waits before each redelivery of a webhook that was not answered; empty: none.",
)
@click.option(
    "--monthly-quota", type=click.IntRange(min=0), help="Messages that pushes may use; else no limit."
)
@click.option(
    "--rate-limits/--no-rate-limits",
    default=True,
    show_default=True,
    help="Whether to answer 429 beyond LINE's rates.",
)
def main(
    host: str,
    port: int,
    name: str,
    clock_offset_seconds: int,
    redelivery_seconds: tuple[float, ...],
    monthly_quota: int | None,
    rate_limits: bool,
) -> None:
    """LINE on your own machine: API, webhooks, and a phone in the browser.

    The environment names the bot: SIMULATOR_WEBHOOK_URL, SIMULATOR_CHANNEL_SECRET, SIMULATOR_CHANNEL_ACCESS_TOKEN.
    """
    try:
        settings = from_environment(
            account_name=name,
            redelivery_seconds=redelivery_seconds,
            monthly_quota=monthly_quota,
            rate_limits=rate_limits,
        )
        clock = ShiftedClock(timedelta(seconds=clock_offset_seconds))
        serve(
            settings, clock, host=host, port=port, on_ready=lambda url: click.echo(f"The phone is at {url}")
        )
    except (SettingsError, OSError) as error:
        click.echo(f"simulator: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="python -m simulator")
