"""`madoguchi dead-letters`: what failed for good."""

import click

from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.storage.dead_letters import DeadLetters
from bot.storage.engine import reading, writing


@click.group("dead-letters")
def dead_letters() -> None:
    """Show the events that could not be handled, and try them again."""


@dead_letters.command("list")
@pass_context
@explains_failures
def list_command(context: Context) -> None:
    """List them, a line each: number, time, kind, how often it was tried, why it failed."""
    with reading(context.engine) as session:
        found = DeadLetters(session, context.clock).all()
    for letter in found:
        at = letter.at.astimezone(context.policy.zone).isoformat(timespec="seconds")
        click.echo(f"{letter.inbox_id}\t{at}\t{letter.kind}\t{letter.attempts}\t{letter.reason}")
    if not found:
        click.echo("there are none", err=True)


@dead_letters.command("retry")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="All of them.")
@pass_context
@explains_failures
def retry(context: Context, numbers: tuple[int, ...], is_all: bool) -> None:
    """Let the events of these NUMBERS wait for their turn again; the running serve takes them up.

    What is old by now confirms nothing any more: the patron is asked again.
    """
    if is_all == bool(numbers):
        raise click.UsageError("give the numbers that madoguchi dead-letters list shows, or --all")
    with writing(context.engine) as session:
        count = DeadLetters(session, context.clock).retry(None if is_all else numbers)
    missing = 0 if is_all else len(set(numbers)) - count
    click.echo(f"{count} will be tried again")
    if missing:
        raise CommandError(f"{missing} of these numbers are no dead letters")
