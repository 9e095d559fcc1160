"""`madoguchi richmenu`: the menus below the chat."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot import logs, wiring
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.config import ConfigError
from bot.jobs.rich_menu_deploy import RichMenuDeployment, StillWaiting
from bot.line.api import LineBusy, LineUnavailable
from bot.richmenu import PictureMissing


@click.group()
def richmenu() -> None:
    """Put the menus below the chat in place: one for guests, and one with tabs for patrons with a linked card."""


@richmenu.command()
@pass_context
@explains_failures
def deploy(context: Context) -> None:
    """Put the menus of bot/richmenu/menus.toml in place, and remove earlier ones.

    Safe to run again: it does what is still to be done, and nothing where all is in place.
    """
    with _deployment(context) as deployment:
        deployment.deploy()
    click.echo("the menus are in place")


@richmenu.command()
@pass_context
@explains_failures
def status(context: Context) -> None:
    """Say how each menu stands, a line each: key, in use, at LINE, alias, default."""
    with _deployment(context) as deployment:
        for menu in deployment.status():
            marks = (
                ("in use", menu.is_in_use),
                ("at LINE", menu.is_at_line),
                ("alias", menu.has_alias),
                ("default", menu.is_default),
            )
            click.echo("\t".join([menu.key, *(name if is_so else "-" for name, is_so in marks)]))
        click.echo(f"{deployment.waiting()} wait for their menu")


@richmenu.command()
@pass_context
@explains_failures
def remove(context: Context) -> None:
    """Take all our menus away; menus of others stay."""
    with _deployment(context) as deployment:
        deployment.remove()
    click.echo("the menus are gone")


@contextmanager
def _deployment(context: Context) -> Iterator[RichMenuDeployment]:
    """The library's menus at LINE; failures as a line that says what to do."""
    logs.set_up()
    settings = context.settings
    if not (settings.line_channel_access_token or settings.line_channel_id):
        raise ConfigError("missing setting: LINE_CHANNEL_ACCESS_TOKEN or LINE_CHANNEL_ID")
    try:
        with wiring.rich_menu_deployment(
            settings, context.policy, context.clock, context.engine, click.echo
        ) as deployment:
            yield deployment
    except LineBusy as error:
        raise CommandError(f"{error}: that is all it takes for now; run this again in an hour") from None
    except LineUnavailable as error:
        raise CommandError(f"{error}; run this again, it goes on where it ended") from None
    except (PictureMissing, StillWaiting) as error:
        raise CommandError(str(error)) from None
