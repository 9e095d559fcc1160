"""`madoguchi desk messages` and `desk answer`: what patrons left for the staff in LINE, and the answers."""

import click
from sqlalchemy.orm import Session

from bot.accounts import Friends
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.record import migrated
from bot.clock import Clock
from bot.jobs.own_events import OwnEvents
from bot.messages.limits import clean
from bot.storage.desk_messages import DeskMessage, DeskMessages
from bot.storage.engine import reading, writing

LONGEST_ANSWER = 1000
"""Characters."""


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
    if len(text) > LONGEST_ANSWER:
        raise click.UsageError(f"the answer has {len(text)} characters; {LONGEST_ANSWER} are the most")
    with writing(migrated(context)) as session:
        message = _answered(session, context.clock, number, text.strip())
    click.echo(f"message {message.number} is answered; the patron is told by the running serve")


def _answered(session: Session, clock: Clock, number: int, text: str) -> DeskMessage:
    """Keep the answer and have it told, in one transaction."""
    desk = DeskMessages(session, clock)
    known = desk.find(number)
    if known is None:
        raise CommandError("there is no such message: the patron took it back, or its days have passed")
    if not Friends(session, clock).is_friend(known.line_user_id):
        raise CommandError("the patron has blocked the library's account and can't be told in LINE")
    message = desk.answer(number, text)
    if message is None:
        raise CommandError("this message was answered already")
    OwnEvents(session, clock).desk_answered(message.line_user_id, number=message.number)
    return message
