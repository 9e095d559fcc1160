"""`madoguchi desk`: what the counter does to the embedded library, one line of answer each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click

from bot import wiring
from bot.cli import desk_calendar, desk_messages
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.desk_lines import checked_out, moved, next_in_queue, record
from bot.cli.record import migrated
from bot.library import Contact, PatronNotFound
from bot.policies import Policy
from bot.wiring import CheckedOut, Desk, DeskError, Moved

Command = Callable[..., None]

_CARD = click.option("--card", "card_number", required=True, help="The patron's card number.")
_BARCODE = click.option("--barcode", required=True, help="Of the copy.")


@click.group()
def desk() -> None:
    """Do what the library's counter does: lend, take back, set aside, hand over, decline, give passwords,
    answer what patrons wrote, and close or open on days that are otherwise than usual."""


desk.add_command(desk_messages.messages)
desk.add_command(desk_messages.answer)
desk.add_command(desk_calendar.close)
desk.add_command(desk_calendar.open_command)
desk.add_command(desk_calendar.closures)


@contextmanager
def _at_the_desk(context: Context) -> Iterator[Desk]:
    """The counter in one transaction; what can't be done is told in one line."""
    try:
        with wiring.desk(migrated(context), context.policy, context.clock) as counter:
            yield counter
    except DeskError as error:
        raise CommandError(str(error)) from None
    except PatronNotFound:
        raise CommandError("no patron has this card") from None


def _one_reservation(command: Command) -> Command:
    """The ways to say which reservation is meant."""
    options = (
        click.option("--reservation", "reservation_id", default="", help="Its id (see: desk show)."),
        click.option("--card", "card_number", default="", help="The patron's card number, with --title."),
        click.option("--title", "title_id", default="", help="The title's id, with --card."),
        click.option("--barcode", default="", help="Of the copy for it; alone: it tells which reservation."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _meant(counter: Desk, reservation_id: str, card_number: str, title_id: str, barcode: str) -> str:
    is_named = bool(reservation_id) or bool(card_number and title_id)
    if not is_named and (card_number or title_id or not barcode):
        raise click.UsageError("say which reservation: --reservation, or --card and --title, or --barcode")
    return counter.book.find(
        reservation_id=reservation_id, card_number=card_number, title_id=title_id, barcode=barcode
    )


def _say(result: CheckedOut | Moved, policy: Policy) -> None:
    lines = checked_out(result, policy) if isinstance(result, CheckedOut) else moved(result, policy)
    for line in lines:
        click.echo(line)


@desk.command()
@_CARD
@_BARCODE
@click.option(
    "--due-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The due date. Default: as far away as after a renewal today.",
)
@pass_context
@explains_failures
def checkout(context: Context, card_number: str, barcode: str, due_on: datetime | None) -> None:
    """Lend a copy. A reservation that the patron has of its title is fulfilled."""
    with _at_the_desk(context) as counter:
        until: date | None = due_on.date() if due_on else None
        result = counter.lending.checkout(card_number, barcode, due_on=until)
    _say(result, context.policy)


@desk.command("return")
@_BARCODE
@pass_context
@explains_failures
def return_command(context: Context, barcode: str) -> None:
    """Take a copy back, and say for whom it is to be set aside."""
    with _at_the_desk(context) as counter:
        result = counter.lending.take_back(barcode)
    click.echo(f"{result.barcode}: returned")
    for line in next_in_queue(result.barcode, result.next_in_queue, context.policy):
        click.echo(line)


@desk.command()
@_CARD
@_BARCODE
@pass_context
@explains_failures
def renew(context: Context, card_number: str, barcode: str) -> None:
    """Renew a loan, by the same rules as the patron's own wish."""
    with _at_the_desk(context) as counter:
        due_on = counter.lending.renew(card_number, barcode)
    click.echo(f"{barcode}: renewed, due on {due_on}")


@desk.command()
@_CARD
@click.option("--title", "title_id", required=True, help="The title's id.")
@click.option("--pickup-branch", required=True, help="A branch's name or code.")
@click.option(
    "--contact", type=click.Choice([way.value for way in Contact]), default="none", show_default=True
)
@pass_context
@explains_failures
def reserve(context: Context, card_number: str, title_id: str, pickup_branch: str, contact: str) -> None:
    """Reserve a title at the counter, by the same rules as the patron's own wish."""
    branch = context.policy.branch_called(pickup_branch)
    if branch is None:
        raise CommandError("this library has no such branch")
    with _at_the_desk(context) as counter:
        result = counter.reservations.reserve(
            card_number, title_id, pickup_branch=branch.code, contact=Contact(contact)
        )
    click.echo(f"reservation {result.reservation_id}: queued, place {result.queue_position}")


@desk.command("set-aside")
@_one_reservation
@pass_context
@explains_failures
def set_aside(context: Context, reservation_id: str, card_number: str, title_id: str, barcode: str) -> None:
    """Set a copy aside for a reservation: the one named by --barcode, or one that is free."""
    with _at_the_desk(context) as counter:
        found = _meant(counter, reservation_id, card_number, title_id, barcode)
        result = counter.reservations.set_aside(found, barcode)
    _say(result, context.policy)


@desk.command()
@_one_reservation
@pass_context
@explains_failures
def ready(context: Context, reservation_id: str, card_number: str, title_id: str, barcode: str) -> None:
    """The copy is on the hold shelf of the pickup branch: the patron is told, and it is kept for the policy's days."""
    with _at_the_desk(context) as counter:
        found = _meant(counter, reservation_id, card_number, title_id, barcode)
        result = counter.reservations.ready(found, barcode)
    _say(result, context.policy)


@desk.command()
@_one_reservation
@pass_context
@explains_failures
def pickup(context: Context, reservation_id: str, card_number: str, title_id: str, barcode: str) -> None:
    """Hand over what is ready: it is lent to the patron."""
    with _at_the_desk(context) as counter:
        result = counter.lending.pick_up(_meant(counter, reservation_id, card_number, title_id, barcode))
    _say(result, context.policy)


@desk.command("put-back")
@_one_reservation
@pass_context
@explains_failures
def put_back(context: Context, reservation_id: str, card_number: str, title_id: str, barcode: str) -> None:
    """The copy set aside can't be supplied after all: the patron waits on."""
    with _at_the_desk(context) as counter:
        found = _meant(counter, reservation_id, card_number, title_id, barcode)
        result = counter.reservations.put_back(found)
    _say(result, context.policy)


@desk.command()
@_one_reservation
@click.option("--reason", required=True, help="Why; it is told to the patron.")
@pass_context
@explains_failures
def decline(
    context: Context, reservation_id: str, card_number: str, title_id: str, barcode: str, reason: str
) -> None:
    """The library can't supply it."""
    with _at_the_desk(context) as counter:
        found = _meant(counter, reservation_id, card_number, title_id, barcode)
        result = counter.reservations.decline(found, reason)
    _say(result, context.policy)


@desk.command()
@_one_reservation
@pass_context
@explains_failures
def cancel(context: Context, reservation_id: str, card_number: str, title_id: str, barcode: str) -> None:
    """Cancel a reservation at the patron's wish, in whichever state it is."""
    with _at_the_desk(context) as counter:
        found = _meant(counter, reservation_id, card_number, title_id, barcode)
        result = counter.reservations.cancel(found)
    _say(result, context.policy)


@desk.command()
@pass_context
@explains_failures
def expire(context: Context) -> None:
    """Release what was not picked up by its last day; each copy is set aside for the next patron."""
    released = wiring.release_run_out(migrated(context), context.policy, context.clock)
    for result in released:
        _say(result, context.policy)
    click.echo(f"{len(released)} released")


@desk.command("temporary-password")
@_CARD
@pass_context
@explains_failures
def temporary_password(context: Context, card_number: str) -> None:
    """Give a card a temporary password in place of the one it has, if any. It is shown this once."""
    with _at_the_desk(context) as counter:
        password = counter.temporary_password(card_number)
    click.echo(password)


@desk.command()
@_CARD
@pass_context
@explains_failures
def show(context: Context, card_number: str) -> None:
    """Show a patron's loans and reservations with their ids."""
    with _at_the_desk(context) as counter:
        loans = counter.lending.list_loans(card_number)
        reservations = counter.reservations.list_active(card_number)
    for line in record(loans, reservations, context.policy):
        click.echo(line)
