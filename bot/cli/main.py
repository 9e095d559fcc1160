"""The command group; each command lives in the module of its subject."""

import importlib

import click

_COMMANDS = {
    "import": "bot.cli.library:import_command",
    "desk": "bot.cli.library:desk",
    "parse": "bot.cli.parse:parse",
    "migrate": "bot.cli.database:migrate",
    "serve": "bot.cli.serve:serve",
    "worker": "bot.cli.worker:worker",
    "demo": "bot.cli.demo:demo",
    "notices": "bot.cli.notices:notices",
    "announce": "bot.cli.announce:announce",
    "check": "bot.cli.check:check",
    "richmenu": "bot.cli.richmenu:richmenu",
    "staff": "bot.cli.staff:staff",
    "dead-letters": "bot.cli.dead_letters:dead_letters",
}


class LazyGroup(click.Group):
    """Imports a command only when it is called, so that each starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101  # The table above names commands only.
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="madoguchi")
def main() -> None:
    """Madoguchi (窓口): a public library's service counter, in LINE."""
