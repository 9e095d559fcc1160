"""`madoguchi import`: the library's CSV files. The counter's commands are in `bot.cli.desk`."""

from pathlib import Path

import click

from bot import wiring
from bot.cli.context import CommandError, Context, explains_failures, pass_context
from bot.cli.desk import desk as desk
from bot.cli.record import migrated
from bot.wiring import BadFilesError, ImportReport


@click.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--snapshot",
    is_flag=True,
    help="The files are complete: a loan no longer there was returned, a reservation no longer there is closed.",
)
@pass_context
@explains_failures
def import_command(context: Context, folder: Path, snapshot: bool) -> None:
    """Load patrons.csv, titles.csv, copies.csv, loans.csv and reservations.csv from DIR, as many as are there.

    Rows are added or updated by key. Either all is loaded or nothing; then every bad row is named. The same files
    again change nothing. What patrons change waits meanwhile.
    """
    engine = migrated(context)
    try:
        report = wiring.import_record(engine, context.policy, context.clock, folder, snapshot)
    except BadFilesError as error:
        for bad_row in error.bad_rows:
            click.echo(str(bad_row), err=True)
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"a file can't be read: {error.strerror}: {error.filename}") from None
    _say(report)


def _say(report: ImportReport) -> None:
    for name, counts in report.counts.items():
        numbers = [f"{counts.added} added", f"{counts.updated} updated", f"{counts.unchanged} unchanged"]
        if counts.closed:
            numbers.append(f"{counts.closed} closed")
        click.echo(f"{name}.csv: {', '.join(numbers)}")
    for file in report.absent:
        click.echo(f"{file}: not there, left as it is")
