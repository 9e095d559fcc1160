"""CSV text into checked rows, one at a time. Every mistake of every row is collected; none stops the reading.

A file is never held whole: it is read once to be checked and once more to be loaded.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.ils.embedded.importing.columns import FileKind, Value
from bot.ils.embedded.importing.contradictions import contradictions

Row = dict[str, Value]
Key = Value | tuple[Value, ...]

_BOM = "\ufeff"
_COLUMN_NAME = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A mistake: where and why. The reason never quotes the cell, for it may be somebody's name."""

    file: str
    line: int
    """From 1, the header's; the line on which the row begins. 0: the file as a whole."""
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


class BadFilesError(Exception):
    """Something in the files is wrong; nothing was loaded. `bad_rows` lists everything."""

    def __init__(self, bad_rows: list[BadRow]) -> None:
        number = f"{len(bad_rows)} mistake{'' if len(bad_rows) == 1 else 's'}"
        super().__init__(f"{number} in the files; nothing was loaded")
        self.bad_rows = bad_rows


@dataclass(frozen=True, slots=True)
class Line:
    """One checked row and the line on which it begins."""

    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that is there, and what it should hold."""

    path: Path
    kind: FileKind

    @property
    def name(self) -> str:
        """As it is named in a mistake."""
        return self.path.name

    def key(self, row: Row) -> Key:
        """What tells this row from all others of its file."""
        values = tuple(row[name] for name in self.kind.key)
        return values[0] if len(values) == 1 else values

    def lines(self, bad: list[BadRow]) -> Iterator[Line]:
        """The rows that are right, in the file's order; what is wrong is added to `bad`."""
        with self.path.open("rb") as stream:
            reader = csv.reader(_decoded(stream, self.name, bad), strict=True)
            header = _header(reader, self, bad)
            if header is None:
                return
            for number, cells in _numbered(reader, self.name, bad):
                row = _row(cells, header, self, number, bad)
                if row is not None:
                    yield Line(number, row)


def _decoded(stream: Iterator[bytes], file: str, bad: list[BadRow]) -> Iterator[str]:
    """The lines as text, each with its ending. One that is no UTF-8 is a mistake, and read as far as it goes."""
    for number, line in enumerate(stream, 1):
        try:
            text = line.decode()
        except UnicodeDecodeError:
            bad.append(BadRow(file, number, "is not UTF-8"))
            text = line.decode(errors="replace")
        yield text.removeprefix(_BOM) if number == 1 else text


def _header(reader: Iterator[list[str]], csv_file: CsvFile, bad: list[BadRow]) -> tuple[str, ...] | None:
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
    except csv.Error as error:
        bad.append(BadRow(csv_file.name, 1, f"is no CSV: {error}"))
        return None
    columns = csv_file.kind.columns
    known = {column.name for column in columns}
    problems = (
        ("missing column", [it.name for it in columns if not it.optional and it.name not in header]),
        ("unknown column", [_called(name, at) for at, name in enumerate(header, 1) if name not in known]),
        ("column stands twice", sorted({name for name in known if header.count(name) > 1})),
    )
    wrong = [f"{what}: {', '.join(names)}" for what, names in problems if names]
    bad += [BadRow(csv_file.name, 1, reason) for reason in wrong]
    return None if wrong else header


def _called(name: str, number: int) -> str:
    """A column's name, if it is one: where the header row was left out, it may be somebody's."""
    return name if _COLUMN_NAME.fullmatch(name) else f"number {number}"


def _numbered(reader: Iterator[list[str]], file: str, bad: list[BadRow]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each begins; after one that is no CSV it goes on."""
    while True:
        number = _lines_read(reader) + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad.append(BadRow(file, number, f"is no CSV: {error}"))
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _lines_read(reader: Iterator[list[str]]) -> int:
    """How many lines of the file the reader has taken (its type has no public name)."""
    number: int = reader.line_num  # type: ignore[attr-defined]
    return number


def _row(
    cells: list[str], header: tuple[str, ...], csv_file: CsvFile, number: int, bad: list[BadRow]
) -> Row | None:
    if len(cells) != len(header):
        bad.append(BadRow(csv_file.name, number, f"has {len(cells)} cells instead of {len(header)}"))
        return None
    given = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    row: Row = {}
    reasons: list[str] = []
    for column in csv_file.kind.columns:
        try:
            row[column.name] = column.read(given.get(column.name, ""))
        except ValueError as error:
            reasons.append(f"{column.name} {error}")
    reasons = reasons or list(contradictions(csv_file.kind.name, row))
    bad += [BadRow(csv_file.name, number, reason) for reason in reasons]
    return None if reasons else row
