"""`madoguchi migrate`: the database's tables."""

import click

from bot.cli.context import Context, explains_failures, pass_context
from bot.storage.migrate import upgrade


@click.command()
@pass_context
@explains_failures
def migrate(context: Context) -> None:
    """Create the tables, or bring them to this version's form. Safe to run again."""
    upgrade(context.engine)
    click.echo("the database is up to date")
