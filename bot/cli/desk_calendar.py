"""`madoguchi desk close`, `open` and `closures`: days on which branches are closed or open otherwise than usual."""

from collections.abc import Callable
from datetime import datetime

import click

from bot import wiring
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.desk_lines import closed, special_entry
from bot.cli.record import migrated
from bot.messages.limits import clean
from bot.storage.calendar import KeptEntry, SpecialEntry
from bot.wiring import Closed, DeskError

ALL = "all"
BY = "desk"
"""Who enters it, where nobody has signed in."""

_DAY = click.DateTime(["%Y-%m-%d"])


def _days(command: Callable[..., None]) -> Callable[..., None]:
    """From when until when, and why."""
    options = (
        click.option("--from", "first", type=_DAY, required=True, help="Its first day, YYYY-MM-DD."),
        click.option("--until", "last", type=_DAY, help="Its last day. Default: the first."),
        click.option("--reason", default="", help="As told to patrons: 台風のため."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("close")
@click.argument("branch")
@_days
@pass_context
@explains_failures
def close(context: Context, branch: str, first: datetime, last: datetime | None, reason: str) -> None:
    """Close BRANCH (its code or name, or "all") on days that were open. Due dates and last days that fall into it move
    to the next open day, as the policy says, and those they belong to are told once. The same again changes nothing."""
    entry = _entry(context, branch, first, last, reason)
    for line in closed(_entered(context, entry), entry, context.policy):
        click.echo(line)


@click.command("open")
@click.argument("branch")
@_days
@click.option("--hours", required=True, help="From when until when: 10:00-15:00.")
@pass_context
@explains_failures
def open_command(
    context: Context, branch: str, first: datetime, last: datetime | None, reason: str, hours: str
) -> None:
    """Open BRANCH (its code or name, or "all") at these hours on days that are otherwise closed or longer."""
    entry = _entry(context, branch, first, last, reason, hours)
    for line in closed(_entered(context, entry), entry, context.policy):
        click.echo(line)


@click.command("closures")
@click.option("--take-back", "number", type=int, help="Number of the one that does not hold any more.")
@pass_context
@explains_failures
def closures(context: Context, number: int | None) -> None:
    """List what holds today or later; or take one back. Dates that it moved stay: they were told."""
    if number is not None:
        try:
            with wiring.desk(migrated(context), context.policy, context.clock) as counter:
                taken_back = counter.opening.withdraw(number, by=BY)
        except DeskError as error:
            raise CommandError(str(error)) from None
        click.echo(f"taken back: {special_entry(taken_back, context.policy)}")
        return
    with wiring.desk(migrated(context), context.policy, context.clock) as counter:
        entries: tuple[KeptEntry, ...] = counter.opening.list()
    for entry in entries:
        click.echo(special_entry(entry, context.policy))
    if not entries:
        click.echo("there are none", err=True)


def _entered(context: Context, entry: SpecialEntry) -> Closed:
    try:
        with wiring.desk(migrated(context), context.policy, context.clock) as counter:
            return counter.opening.enter(entry, by=BY)
    except DeskError as error:
        raise CommandError(str(error)) from None


def _entry(
    context: Context, branch: str, first: datetime, last: datetime | None, reason: str, hours: str = ""
) -> SpecialEntry:
    named = context.policy.branch_called(branch)
    if named is None and branch != ALL:
        codes = ", ".join(one.code for one in context.policy.branches)
        raise click.UsageError(f"there is no branch {branch}: {codes}, or {ALL}")
    return SpecialEntry(
        branch=named.code if named is not None else "",
        first_on=first.date(),
        last_on=(last or first).date(),
        hours=hours,
        reason=clean(" ".join(reason.split())) if reason.strip() else "",
    )
