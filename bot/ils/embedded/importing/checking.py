"""What one row can't tell alone: keys that stand twice, references to nothing, contradictions between rows.

Of the rows nothing is kept but their keys, so that a million titles fit into memory (some 200 MB of it).
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.ils.embedded.importing.batches import batches
from bot.ils.embedded.importing.reading import BadRow, CsvFile, Key, Line, Row
from bot.library import ACTIVE_STATES
from bot.storage.tables.library import CopyRow, PatronRow, TitleRow

Keys = dict[Key, int]
"""The keys of a file, each with the line on which it stands."""

_ACTIVE = {state.value for state in ACTIVE_STATES}
_REFERENCES = {
    "copies": (("title_id", "titles"),),
    "loans": (("card_number", "patrons"), ("barcode", "copies")),
    "reservations": (("card_number", "patrons"), ("title_id", "titles")),
}
_RECORDED: Mapping[str, InstrumentedAttribute[str]] = {
    "patrons": PatronRow.card_number,
    "titles": TitleRow.title_id,
    "copies": CopyRow.barcode,
}


def check_files(session: Session, files: Mapping[str, CsvFile], bad: list[BadRow]) -> dict[str, Keys]:
    """Read all files once and add every mistake to `bad`. Returns the keys of each file."""
    keys: dict[str, Keys] = {}
    for name, csv_file in files.items():
        keys[name] = _check(session, csv_file, keys, bad)
    return keys


def _check(session: Session, csv_file: CsvFile, others: Mapping[str, Keys], bad: list[BadRow]) -> Keys:
    keys: Keys = {}
    taken: dict[tuple[object, ...], int] = {}
    for batch in batches(csv_file.lines(bad)):
        for line in batch:
            key = csv_file.key(line.row)
            if (first := keys.setdefault(key, line.number)) != line.number:
                columns = ", ".join(csv_file.kind.key)
                bad.append(BadRow(csv_file.name, line.number, f"has the same {columns} as line {first}"))
            else:
                _check_taken(csv_file, line, taken, bad)
        _check_references(session, csv_file, batch, others, bad)
    return keys


def _check_taken(
    csv_file: CsvFile, line: Line, taken: dict[tuple[object, ...], int], bad: list[BadRow]
) -> None:
    """A copy has one open loan, a patron one active reservation of a title."""
    rule = _TAKES.get(csv_file.kind.name)
    if rule is None or (what := rule(line.row)) is None:
        return
    if (first := taken.setdefault(what, line.number)) != line.number:
        reason = {"loans": "the copy is on loan", "reservations": "the patron has reserved the title"}
        bad.append(
            BadRow(csv_file.name, line.number, f"{reason[csv_file.kind.name]} already by line {first}")
        )


def _lent_copy(row: Row) -> tuple[object, ...] | None:
    return (row["barcode"],) if row["returned_on"] is None else None


def _reserved_title(row: Row) -> tuple[object, ...] | None:
    is_active = row["state"] in _ACTIVE and bool(row["title_id"])
    return (row["card_number"], row["title_id"]) if is_active else None


_TAKES: Mapping[str, Callable[[Row], tuple[object, ...] | None]] = {
    "loans": _lent_copy,
    "reservations": _reserved_title,
}


def _check_references(
    session: Session,
    csv_file: CsvFile,
    batch: Sequence[Line],
    others: Mapping[str, Keys],
    bad: list[BadRow],
) -> None:
    for column, target in _REFERENCES.get(csv_file.kind.name, ()):
        in_file = others.get(target, {})
        open_ones = {line.row[column] for line in batch} - {""} - in_file.keys()
        if not open_ones:
            continue
        recorded = _RECORDED[target]
        found = set(session.scalars(select(recorded).where(recorded.in_(open_ones))))
        reason = f"{column} is neither in {target}.csv nor recorded"
        dangling = open_ones - found
        bad += [BadRow(csv_file.name, line.number, reason) for line in batch if line.row[column] in dangling]
