"""`madoguchi staff`: who may sign in to the staff console, and as what. Each change stands in the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.record import migrated
from bot.staff import Audit, Role, StaffAccount, StaffAccounts, StaffError
from bot.staff.audit import SHELL
from bot.staff.keeping import AccountActs
from bot.storage.announcements import StaffPhones
from bot.storage.engine import reading, writing

_ROLE = click.Choice([role.value for role in Role])


@click.group()
def staff() -> None:
    """Keep the accounts of the staff console (/staff/)."""


def _acts(context: Context) -> AccountActs:
    return AccountActs(migrated(context), context.clock)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except StaffError as error:
        raise CommandError(str(error)) from None


@staff.command()
@click.argument("username")
@click.option("--name", default="", help="The person's name, as colleagues know it.")
@click.option("--role", "roles", type=_ROLE, multiple=True, required=True, help="May be given several times.")
@pass_context
@explains_failures
def add(context: Context, username: str, name: str, roles: tuple[str, ...]) -> None:
    """Make an account. Its password is shown this once; at the first sign-in the person replaces it and sets up codes.

    Roles: writer (announcements), approver (of announcements), desk (the counter's work), admin (accounts, audit log).
    """
    with _explained():
        password = _acts(context).add(SHELL, username, name=name, roles=map(Role, roles))
    click.echo(password)


@staff.command("list")
@pass_context
@explains_failures
def list_command(context: Context) -> None:
    """List the accounts: user name, roles, whether codes are set up, whether it is disabled, name; a line each."""
    accounts = _acts(context).list()
    for account in accounts:
        click.echo("\t".join(_columns(account)))
    if not accounts:
        click.echo("there are none: see madoguchi staff add --help", err=True)


def _columns(account: StaffAccount) -> Iterator[str]:
    yield account.username
    yield ",".join(sorted(account.roles)) or "-"
    yield "codes set up" if account.has_codes else "no codes yet"
    yield "disabled" if account.disabled_at is not None else "enabled"
    yield account.name


@staff.command()
@click.argument("username")
@click.argument("roles", type=_ROLE, nargs=-1)
@pass_context
@explains_failures
def roles(context: Context, username: str, roles: tuple[str, ...]) -> None:
    """Give an account these ROLES and no others, from the next click on."""
    with _explained():
        _acts(context).set_roles(SHELL, username, map(Role, roles))
    click.echo(f"{username}: {', '.join(sorted(set(roles))) or 'no role'}")


@staff.command()
@click.argument("username")
@click.argument("card_number")
@pass_context
@explains_failures
def phone(context: Context, username: str, card_number: str) -> None:
    """Send USERNAME's trials of announcements to the LINE account in which this CARD_NUMBER is linked: their own."""
    with writing(migrated(context)) as session:
        if StaffAccounts(session, context.clock).find(username) is None:
            raise CommandError("there is no such account")
        if not StaffPhones(session).set_by_card(username, card_number):
            raise CommandError("the card must be linked in exactly one LINE account that has not blocked us")
    click.echo(f"{username}: trials go to that LINE account")


@staff.command()
@click.argument("username")
@pass_context
@explains_failures
def disable(context: Context, username: str) -> None:
    """Shut an account; whoever is signed in with it is out at once."""
    with _explained():
        _acts(context).disable(SHELL, username)
    click.echo(f"{username}: disabled")


@staff.command()
@click.argument("username")
@pass_context
@explains_failures
def enable(context: Context, username: str) -> None:
    """Open a disabled account again, with the password and codes it had."""
    with _explained():
        _acts(context).enable(SHELL, username)
    click.echo(f"{username}: enabled")


@staff.command("reset-totp")
@click.argument("username")
@pass_context
@explains_failures
def reset_totp(context: Context, username: str) -> None:
    """Forget an account's codes (a lost phone): the next sign-in sets them up anew.

    Until then the password alone opens the way to that: reset it as well where somebody else may know it.
    """
    with _explained():
        _acts(context).reset_totp(SHELL, username)
    click.echo(f"{username}: the next sign-in sets up codes anew")


@staff.command("reset-password")
@click.argument("username")
@pass_context
@explains_failures
def reset_password(context: Context, username: str) -> None:
    """Give an account a new password, shown this once; the person replaces it at the next sign-in."""
    with _explained():
        password = _acts(context).reset_password(SHELL, username)
    click.echo(password)


@staff.command("check-audit")
@pass_context
@explains_failures
def check_audit(context: Context) -> None:
    """See whether the audit log is whole: no entry changed, none missing in between."""
    with reading(migrated(context)) as session:
        flaw = Audit(session, context.clock).first_flaw()
    if flaw is not None:
        raise CommandError(
            f"entry {flaw} of the audit log is not as it was written, or one before it is missing"
        )
    click.echo("the audit log is whole")
