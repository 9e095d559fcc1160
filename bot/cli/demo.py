"""`madoguchi demo`: the whole counter on this machine, with LINE played by the simulator."""

import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import click

from bot.cli.context import CommandError, Context, explains_failures
from bot.clock import SystemClock
from bot.demo.data_files import DemoCard
from bot.demo.processes import DemoError, choose_addresses, running
from bot.demo.staff import DemoStaff
from bot.demo.world import World, build

CARDS_SHOWN = 8
CODES_SHOWN = 5
_POLL_SECONDS = 0.5


@click.command()
@click.option("--library", type=click.Choice(["mito", "kyoto"]), default="mito", show_default=True)
@click.option("--port", default=8100, show_default=True, help="Where the phone page opens. 0: any free port.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where its files go. Default: var/demo/LIBRARY."
)
@click.option("--all-cards", is_flag=True, help="Name all thirty cards, not only the best eight.")
@explains_failures
def demo(library: str, port: int, folder: Path | None, all_cards: bool) -> None:
    """Open the counter with sample patrons and a LINE simulator in front of it. Ctrl-C stops it.

    Each start makes the sample library anew, with dates counted from today (MADOGUCHI_NOW is heeded).
    """
    for name in (signal.SIGTERM, signal.SIGHUP):
        # As Ctrl-C: the two servers must not outlive the demo.
        signal.signal(name, signal.default_int_handler)
    start = Context(library=library).settings.now
    clock = SystemClock.starting_at(start)
    click.echo("見本の図書館を用意しています… (making the sample library)")
    world = build(library, folder or Path("var", "demo", library), clock)
    try:
        addresses = choose_addresses(port)
        with running(world, addresses, start) as processes:
            _say_console(addresses.counter, world.staff)
            _say_where(addresses.phone, world.cards if all_cards else world.cards[:CARDS_SHOWN])
            _wait(processes, world)
    except DemoError as error:
        raise CommandError(str(error)) from None
    except KeyboardInterrupt:
        click.echo("\nおわります。")


def _say_console(address: str, staff: DemoStaff) -> None:
    click.echo(f"\nStaff console (職員用の画面): {address}/staff/")
    click.echo(f"  user name {staff.username}, password {staff.password}")
    click.echo("  then, in place of a phone's code, one of these, each once:")
    for code in staff.recovery_codes[:CODES_SHOWN]:
        click.echo(f"    {code}")


def _say_where(address: str, cards: Iterable[DemoCard]) -> None:
    click.echo("\nCards to try (試せるカード):")
    for card in cards:
        click.echo(f"  {card.card_number}  {card.how_to_sign_in()}\n      {card.shows_ja} / {card.shows_en}")
    click.echo("\nThen type 延長して, 予約一覧, こころを予約 … All thirty cards: madoguchi demo --all-cards")
    click.echo(f"\n  Open {address}/ in a browser.  Ctrl-C stops it.\n")


def _wait(processes: Iterable[subprocess.Popen[bytes]], world: World) -> None:
    processes = tuple(processes)
    while all(process.poll() is None for process in processes):
        time.sleep(_POLL_SECONDS)
    raise CommandError(f"a part of the demo stopped; see above, and {world.log_file}")
