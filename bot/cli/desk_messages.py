"""`madoguchi desk messages` and `desk answer`: what patrons left for the staff in LINE, and the answers."""

import click

from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.record import migrated
from bot.jobs.own_events import OwnEvents
from bot.messages.limits import clean
from bot.staff import patrons
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import reading, writing


@click.command("messages")
@pass_context
@explains_failures
def messages(context: Context) -> None:
    """List what patrons left for the staff and waits for an answer: number, time, card, text; a line each."""
    with reading(migrated(context)) as session:
        waiting = DeskMessages(session, context.clock).open()
    for message in waiting:
        at = message.created_at.astimezone(context.policy.zone).isoformat(timespec="minutes")
        # A stranger's words must not steer the terminal of whoever reads them.
        text = clean(" / ".join(message.text.splitlines()))
        click.echo(f"{message.number}\t{at}\t{message.card_number or '-'}\t{text}")
    if not waiting:
        click.echo("there are none", err=True)


@click.command("answer")
@click.argument("number", type=int)
@click.argument("text")
@pass_context
@explains_failures
def answer(context: Context, number: int, text: str) -> None:
    """Answer message NUMBER with TEXT: the patron gets it in LINE, with a button to write back."""
    if not text.strip():
        raise click.UsageError("the answer is empty")
    if len(text) > patrons.LONGEST_ANSWER:
        raise click.UsageError(
            f"the answer has {len(text)} characters; {patrons.LONGEST_ANSWER} are the most"
        )
    try:
        with writing(migrated(context)) as session:
            tell = OwnEvents(session, context.clock)
            message = patrons.answer(session, context.clock, tell, number, text.strip())
    except patrons.NoAnswer as error:
        raise CommandError(str(error)) from None
    click.echo(f"message {message.number} is answered; the patron is told by the running serve")
