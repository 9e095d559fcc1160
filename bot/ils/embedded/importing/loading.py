"""Compares checked rows with the record and writes what differs, in one transaction.

An import leaves alone what patrons did themselves and the files don't carry: passwords, links, settings.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded.importing.applying import Counts, apply_files
from bot.ils.embedded.importing.checking import check_references
from bot.ils.embedded.importing.columns import file_kinds
from bot.ils.embedded.importing.reading import BadFilesError, BadRow, ReadFile, read_file
from bot.policies import Policy
from bot.storage.engine import writing


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, a file: rows added, updated, unchanged, closed (only by a snapshot)."""

    counts: dict[str, Counts]
    absent: tuple[str, ...] = field(default=())
    """Files that were not there and so were not looked at."""


def import_folder(
    engine: Engine, policy: Policy, clock: Clock, folder: Path, *, snapshot: bool = False
) -> ImportReport:
    """Load the CSV files in `folder`. The same files again change nothing.

    With `snapshot` the files are complete: a loan no longer there was returned, a reservation no
    longer there is closed. Raises BadFilesError naming every bad row; nothing is loaded then.
    """
    files, absent = _read_folder(folder, policy, needs_all=snapshot)
    try:
        with writing(engine) as session:
            _check(session, files)
            counts = apply_files(session, policy, clock, files, snapshot=snapshot)
    except IntegrityError:
        # The tables hold more than the checks of rows can see (a copy on loan twice within the record).
        raise BadFilesError(
            [
                BadRow(
                    str(folder), 0, "contradicts what is recorded already (a copy or a queue place is taken)"
                )
            ]
        ) from None
    return ImportReport(counts, absent)


def _read_folder(
    folder: Path, policy: Policy, *, needs_all: bool
) -> tuple[dict[str, ReadFile], tuple[str, ...]]:
    bad: list[BadRow] = []
    files: dict[str, ReadFile] = {}
    absent: list[str] = []
    for name, kind in file_kinds(policy).items():
        path = folder / f"{name}.csv"
        if path.is_file():
            files[name] = read_file(path, kind, bad)
        else:
            absent.append(path.name)
    if not files:
        bad.append(BadRow(str(folder), 0, "there is none of the CSV files here"))
    elif needs_all:
        bad += [BadRow(name, 0, "is not there; a snapshot must be complete") for name in absent]
    _raise_if(bad)
    return files, tuple(absent)


def _check(session: Session, files: dict[str, ReadFile]) -> None:
    _raise_if(list(check_references(session, files)))


def _raise_if(bad: Iterable[BadRow]) -> None:
    found = sorted(bad, key=lambda row: (row.file, row.line))
    if found:
        raise BadFilesError(found)
