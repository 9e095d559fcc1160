"""`madoguchi check`: what is configured, what answers, and what must be set in LINE's console."""

import click
import structlog

from bot.cli.context import Context, pass_context
from bot.cli.findings import Level, look_at_everything
from bot.config import ConfigError
from webhooks.line import PATH

_CONSOLE = """
In LINE's consoles, see to these by hand:
  LINE Developers, Messaging API: "Use webhook" on, "Webhook redelivery" on, webhook address {address}
  LINE Official Account Manager, response settings: greeting message off, auto-response off, chat off"""


@click.command()
@pass_context
def check(context: Context) -> None:
    """Say what is configured, what answers and what does not, and what must be set in LINE's console.

    Changes nothing. Exit status 1 where something would keep the counter from working.
    """
    # What fails is told in the report; the log would say it twice.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    failures = 0
    for finding in look_at_everything(context):
        click.echo(f"{finding.level.value:<8} {finding.what}: {finding.text}")
        failures += finding.level is Level.FAILURE
    click.echo(_CONSOLE.format(address=_address(context)))
    if failures:
        click.echo(f"madoguchi: {failures} of these must be mended first", err=True)
        raise SystemExit(1)


def _address(context: Context) -> str:
    """The address that LINE must be told; a placeholder while the settings can't be read."""
    try:
        return context.settings.public_url.rstrip("/") + PATH
    except ConfigError:
        return f"PUBLIC_URL{PATH}"
