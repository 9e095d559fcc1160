"""`madoguchi notices`: what the library tells of its own accord."""

from collections.abc import Mapping
from datetime import datetime

import click

from bot import logs, wiring
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.clock import Clock, StoppedClock
from bot.config import ConfigError
from bot.jobs.notice_room import month_now, over_this_month
from bot.notices.month import Month
from bot.rules.notice_hours import may_send_from
from bot.rules.notice_kinds import NoticeKind
from bot.storage.engine import reading, writing
from bot.storage.notice_messages import NoticeMessages
from bot.storage.notices import Notices


@click.group()
def notices() -> None:
    """Tell what is ready, due, or ended: what `serve` and `worker` do by themselves at their times."""


@notices.command()
@click.option("--at", metavar="ISO", help="As if it were then: a date and time with zone. Without it: now.")
@click.option(
    "--dry-run", is_flag=True, help="Say what would be told for the first time; change and send nothing."
)
@pass_context
@explains_failures
def run(context: Context, at: str | None, dry_run: bool) -> None:
    """Find what is to be told today, queue it and send it. Safe to run twice: nothing is told twice.

    Reservations that were not picked up in time are released. In the quiet hours nothing is sent; it waits. Letters
    are sent by the running serve or worker.
    """
    logs.set_up()
    clock = _clock(context, at)
    if dry_run:
        _say_kinds(wiring.notice_planner(context.engine, context.policy, clock).rehearse(), "would be told")
        return
    settings = context.settings
    if not (settings.line_channel_access_token or settings.line_channel_id):
        raise ConfigError("missing setting: LINE_CHANNEL_ACCESS_TOKEN or LINE_CHANNEL_ID")
    with wiring.notice_run(settings, context.policy, clock, context.engine) as work:
        done = work.schedule.run()
        sent = work.sender.send_due()
    click.echo(f"{done.released} released, {done.raised} notices new, {done.composed} made into messages")
    click.echo(f"{sent} attempts to push")
    _say_what_waits(context, clock)


@notices.command()
@pass_context
@explains_failures
def settle(context: Context) -> None:
    """Take all that would be told now as told: before the first start, where another system has told it already."""
    logs.set_up()
    wiring.notice_planner(context.engine, context.policy, context.clock).plan_day()
    with writing(context.engine) as session:
        count = Notices(session, context.clock).settle()
    click.echo(f"{count} notices are taken as told")


@notices.command()
@pass_context
@explains_failures
def status(context: Context) -> None:
    """Say how many notices are in which state, and how far the month's messages go."""
    clock, policy = context.clock, context.policy
    with reading(context.engine) as session:
        states = Notices(session, clock).states()
        under_way = NoticeMessages(session, clock).under_way()
        to_call = [call for call in Notices(session, clock).call_list(clock.today()) if not call.called_on]
        month, over = month_now(session, clock, policy), over_this_month(session, clock)
    for state, count in sorted(states.items()):
        click.echo(f"{state}\t{count}")
    click.echo(f"messages under way\t{under_way}")
    click.echo(f"to be called\t{len(to_call)}")
    if month is None:
        click.echo("LINE was not asked yet how many of the month's messages are used", err=True)
    else:
        _say_month(month)
    click.echo(f"not by LINE this month for want of messages\t{over}")


@notices.command("calls")
@pass_context
@explains_failures
def calls(context: Context) -> None:
    """List whom the desk is to phone, a line each: number, since when, card number, reservation, why, when called."""
    with reading(context.engine) as session:
        found = Notices(session, context.clock).call_list(context.clock.today())
    for call in found:
        called = call.called_on.isoformat() if call.called_on else ""
        parts = (call.notice_id, call.since.isoformat(), call.card_number, call.subject, call.reason, called)
        click.echo("\t".join(map(str, parts)))
    if not found:
        click.echo("nobody is to be called", err=True)


@notices.command("called")
@click.argument("number", type=int)
@pass_context
@explains_failures
def called(context: Context, number: int) -> None:
    """The patron of this NUMBER of `madoguchi notices calls` was phoned or spoken to."""
    with writing(context.engine) as session:
        is_done = Notices(session, context.clock).called(number)
    if not is_done:
        raise CommandError("nobody is to be called under this number (any more)")
    click.echo(f"{number}: called")


def _clock(context: Context, at: str | None) -> Clock:
    if at is None:
        return context.clock
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        raise click.UsageError("--at: give a date and time such as 2026-12-01T08:00+09:00") from None
    if instant.tzinfo is None:
        raise click.UsageError("--at: the zone is missing, such as +09:00 at its end")
    return StoppedClock(instant, context.policy.zone)


def _say_kinds(counts: Mapping[NoticeKind, int], what: str) -> None:
    for kind in NoticeKind:
        if counts.get(kind):
            click.echo(f"{kind.value}\t{counts[kind]} {what}")
    if not any(counts.values()):
        click.echo(f"nothing {what}")


def _say_month(month: Month) -> None:
    click.echo(f"used this month\t{month.used}" + ("" if month.limit is None else f" of {month.limit}"))
    if month.limit is not None:
        click.echo(f"kept for what is ready\t{month.kept}")
        click.echo(f"left for the rest\t{month.left}")
    click.echo(f"expected by the month's end\t{month.expected}")
    if month.missing:
        click.echo(f"beyond the limit\t{month.missing}, about {month.extra_yen} yen by the policy's prices")


def _say_what_waits(context: Context, clock: Clock) -> None:
    with reading(context.engine) as session:
        states = Notices(session, clock).states()
    for state, count in sorted(states.items()):
        click.echo(f"{state}\t{count}")
    now = clock.now()
    later = may_send_from(now, context.policy)
    if later > now:
        click.echo(f"quiet hours: what waits is sent from {later.astimezone(context.policy.zone):%H:%M} on")
