"""`madoguchi announce`: an announcement from the shell. Whoever may run it has the server, so nobody else is asked."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import click

from bot import logs, wiring
from bot.announcements import Audience, Content, Layout, Move, State, flaws, forecast
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.record import migrated
from bot.config import ConfigError
from bot.staff import Audit
from bot.staff.audit import SHELL, Action, Subject, SubjectKind
from bot.storage.announcement_batches import AnnouncementBatches, Progress
from bot.storage.announcements import Announcement, Announcements
from bot.storage.engine import reading, writing

LOOK_AGAIN_SECONDS = 0.5


@click.command()
@click.option(
    "--to", "to", default="everyone", show_default=True, help="everyone, linked, branch:NAME, watch:WORDS."
)
@click.option("--heading", default="", help="Without it: the first line of the text.")
@click.option("--text", required=True, help="What is said.")
@click.option(
    "--layout", type=click.Choice([layout.value for layout in Layout]), default="text", show_default=True
)
@click.option("--at", metavar="ISO", help="Not before this date and time with zone. Without it: now.")
@click.option(
    "--dry-run", is_flag=True, help="Say whom it would reach and what it takes; keep and send nothing."
)
@pass_context
@explains_failures
def announce(
    context: Context, to: str, heading: str, text: str, layout: str, at: str | None, dry_run: bool
) -> None:
    """Tell many in LINE. Whoever turned announcements off is left out, but where the layout is urgent.

    With --at, or in the quiet hours, it is kept and the running serve or worker sends it. Else it is sent here; break
    off at any time: serve or worker goes on with it, and nobody gets it twice.
    """
    logs.set_up()
    content = _content(layout, heading, text)
    audience, send_at = _audience(context, to), _moment(at)
    number = _keep(context, content, audience, send_at, dry_run=dry_run)
    if number is None:
        return
    _send(context, number)


def _content(layout: str, heading: str, text: str) -> Content:
    first, _, rest = text.strip().partition("\n")
    body = text if heading else rest.strip() or first
    content = Content(Layout(layout), heading or first, body)
    if found := flaws(content):
        raise click.UsageError(f"the announcement can't be sent so: {', '.join(found)}")
    return content


def _audience(context: Context, to: str) -> Audience:
    try:
        return Audience.read(to, context.policy)
    except ValueError as error:
        raise click.UsageError(f"--to: {error}") from None


def _moment(at: str | None) -> datetime | None:
    if at is None:
        return None
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        raise click.UsageError("--at: give a date and time such as 2026-12-01T10:00+09:00") from None
    if instant.tzinfo is None:
        raise click.UsageError("--at: the zone is missing, such as +09:00 at its end")
    return instant


def _keep(
    context: Context, content: Content, audience: Audience, send_at: datetime | None, *, dry_run: bool
) -> int | None:
    """Its number, once it is to go; None: this was a rehearsal."""
    parts = wiring.announcement_parts(context.settings, context.policy, context.clock)
    with writing(migrated(context)) as session:
        kept = Announcements(session, context.clock)
        number = kept.add(content, audience, send_at, by=SHELL)
        announcement = kept.find(number)
        assert announcement is not None  # noqa: S101  # Just made.
        reach = parts.reach(session, announcement)
        if reach.is_too_small:
            raise CommandError("so few watch for this that it could tell who: nothing is sent")
        used, limit = parts.month(session)
        takes = forecast(reach.count, used=used, limit=limit, policy=context.policy)
        click.echo(f"{reach.count} reached")
        for reason, count in reach.left_out.items():
            click.echo(f"{count} left out: {reason.value}")
        share = f", {takes.percent}% of the month's messages" if takes.percent is not None else ""
        click.echo(f"{takes.yen} yen{share}")
        if dry_run:
            session.rollback()
            return None
        if not reach.count:
            raise CommandError("it would reach nobody: nothing is sent")
        kept.move(number, Move.SCHEDULE)
        subject = Subject(SubjectKind.ANNOUNCEMENT, str(number))
        Audit(session, context.clock).note(SHELL, Action.ANNOUNCEMENT_SCHEDULED, subject)
    return number


def _send(context: Context, number: int) -> None:
    settings = context.settings
    if not (settings.line_channel_access_token or settings.line_channel_id):
        raise ConfigError("missing setting: LINE_CHANNEL_ACCESS_TOKEN or LINE_CHANNEL_ID")
    tokens = wiring.channel_tokens(settings, context.engine, context.clock)
    with wiring.line_client(settings, tokens) as line:
        work = wiring.announcement_work(settings, context.policy, context.clock, context.engine, line)
        with closing(work.sender):
            work.schedule.look()
            if _find(context, number).state is State.SCHEDULED:
                click.echo(f"announcement {number} is kept; serve or worker sends it at its time")
                return
            _watch(context, number, work.sender.send_some)
            work.schedule.look()
    progress = _progress(context, number)
    click.echo(f"{progress.sent} sent, {progress.failed} failed, {progress.in_doubt} in doubt")


def _watch(context: Context, number: int, send_some: Callable[[], bool]) -> None:
    """Send until nothing of it waits, with a bar."""
    progress = _progress(context, number)
    with click.progressbar(length=progress.total, label=f"announcement {number}") as bar:
        while progress.waiting:
            if not send_some():
                time.sleep(
                    LOOK_AGAIN_SECONDS
                )  # LINE was busy, or another process has the last batch in hand.
            now = _progress(context, number)
            bar.update(now.over - progress.over)
            progress = now


def _find(context: Context, number: int) -> Announcement:
    with reading(context.engine) as session:
        found = Announcements(session, context.clock).find(number)
    assert found is not None  # noqa: S101  # It is kept longer than this command runs.
    return found


def _progress(context: Context, number: int) -> Progress:
    with reading(context.engine) as session:
        return AnnouncementBatches(session, context.clock).progress(number)
