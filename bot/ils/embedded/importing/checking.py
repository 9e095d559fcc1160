"""What one row can't tell alone: references to what exists nowhere, and contradictions between rows."""

from collections.abc import Callable, Iterator, Set

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.ils.embedded.importing.reading import BadRow, ReadFile, Row
from bot.library import ACTIVE_STATES
from bot.storage.tables.library import CopyRow, PatronRow, TitleRow

_ACTIVE = {state.value for state in ACTIVE_STATES}
_REFERENCES = (
    ("copies", "title_id", "titles", TitleRow.title_id),
    ("loans", "card_number", "patrons", PatronRow.card_number),
    ("loans", "barcode", "copies", CopyRow.barcode),
    ("reservations", "card_number", "patrons", PatronRow.card_number),
    ("reservations", "title_id", "titles", TitleRow.title_id),
)


def check_references(session: Session, files: dict[str, ReadFile]) -> Iterator[BadRow]:
    """Every row that refers to nothing, lends a copy twice, or reserves a title twice."""
    for name, column, target, recorded in _REFERENCES:
        if name in files:
            known = _known(session, files, target, recorded)
            yield from _dangling(files[name], f"{name}.csv", column, target, known)
    if "loans" in files:
        yield from _doubled(
            files["loans"], "loans.csv", ("barcode",), "the copy is on loan twice", _is_open_loan
        )
    if "reservations" in files:
        yield from _doubled(
            files["reservations"],
            "reservations.csv",
            ("card_number", "title_id"),
            "the patron has reserved the title twice",
            _is_active_with_title,
        )


def _known(
    session: Session, files: dict[str, ReadFile], target: str, recorded: InstrumentedAttribute[str]
) -> Set[object]:
    column: ColumnElement[str] = recorded.expression
    in_file = {key[0] for key in files[target].rows} if target in files else set()
    return in_file | set(session.scalars(select(column)))


def _dangling(found: ReadFile, file: str, column: str, target: str, known: Set[object]) -> Iterator[BadRow]:
    for key, row in found.rows.items():
        if row[column] and row[column] not in known:
            yield BadRow(file, found.lines[key], f"{column} is not in {target}.csv and not recorded")


def _is_open_loan(row: Row) -> bool:
    return row["returned_on"] is None


def _is_active_with_title(row: Row) -> bool:
    return row["state"] in _ACTIVE and bool(row["title_id"])


def _doubled(
    found: ReadFile, file: str, columns: tuple[str, ...], reason: str, counts: Callable[[Row], bool]
) -> Iterator[BadRow]:
    seen: set[tuple[object, ...]] = set()
    for key, row in found.rows.items():
        if not counts(row):
            continue
        values = tuple(row[column] for column in columns)
        if values in seen:
            yield BadRow(file, found.lines[key], reason)
        seen.add(values)
