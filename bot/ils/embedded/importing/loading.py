"""Checks the files of a folder and loads them in one transaction: all of them or nothing.

An import leaves alone what patrons did themselves and the files don't carry: passwords, links, settings. On
PostgreSQL what patrons change waits until the import is done, on SQLite every writer does: run it at night.
A first temporary password costs a hash (some 50 ms), nothing else is slow: a million titles take minutes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded.importing.catalogue import load_copies, load_patrons, load_titles
from bot.ils.embedded.importing.checking import Keys, check_files
from bot.ils.embedded.importing.columns import file_kinds
from bot.ils.embedded.importing.loans import load_loans
from bot.ils.embedded.importing.reading import BadFilesError, BadRow, CsvFile
from bot.ils.embedded.importing.reservations import load_reservations
from bot.ils.embedded.importing.run import Counts, Run
from bot.policies import Policy
from bot.storage.engine import reading, writing
from bot.storage.follow_ups import look_now


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, by file: rows added, updated, unchanged, closed (only by a snapshot)."""

    counts: dict[str, Counts]
    absent: tuple[str, ...] = ()
    """Files that were not there and so were not looked at."""


def import_folder(
    engine: Engine, policy: Policy, clock: Clock, folder: Path, *, snapshot: bool = False
) -> ImportReport:
    """Load the CSV files in `folder`, as many of the five as are there. The same files again change nothing.

    With `snapshot` the files are complete: a loan no longer there was returned, a reservation no longer there
    is closed. Raises BadFilesError naming every bad row; nothing is loaded then.
    """
    kinds = file_kinds(policy)
    paths = {name: folder / f"{name}.csv" for name in kinds}
    files = {name: CsvFile(path, kinds[name]) for name, path in paths.items() if path.is_file()}
    keys = _checked(engine, files)
    with writing(engine) as session:
        _let_patrons_wait(session)
        run = Run(session, policy, clock.now(), clock.today(), snapshot)
        counts = _load(run, files, keys)
        _raise_if(run.bad)
        look_now(session, clock)
    return ImportReport(counts, tuple(path.name for name, path in paths.items() if name not in files))


def _checked(engine: Engine, files: Mapping[str, CsvFile]) -> dict[str, Keys]:
    if not files:
        raise BadFilesError([BadRow("the folder", 0, "there is none of the CSV files in it")])
    bad: list[BadRow] = []
    with reading(engine) as session:
        keys = check_files(session, files, bad)
    _raise_if(bad)
    return keys


def _load(run: Run, files: Mapping[str, CsvFile], keys: Mapping[str, Keys]) -> dict[str, Counts]:
    """In the order in which the files refer to each other."""
    steps: dict[str, Callable[[CsvFile], Counts]] = {
        "patrons": lambda found: load_patrons(run, found),
        "titles": lambda found: load_titles(run, found),
        "copies": lambda found: load_copies(run, found),
        "loans": lambda found: load_loans(run, found, keys["loans"]),
        "reservations": lambda found: load_reservations(run, found, keys["reservations"]),
    }
    return {name: step(files[name]) for name, step in steps.items() if name in files}


def _let_patrons_wait(session: Session) -> None:
    """Nobody renews or reserves while the files are compared with the record; reading goes on."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE patrons IN EXCLUSIVE MODE"))


def _raise_if(bad: list[BadRow]) -> None:
    if bad:
        raise BadFilesError(sorted(set(bad), key=lambda row: (row.file, row.line, row.reason)))
