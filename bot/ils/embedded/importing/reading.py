"""CSV text into checked rows. Every mistake of every row is collected; none stops the reading."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.ils.embedded.importing.columns import FileKind, Value
from bot.library import Channel, ReservationState

Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A mistake: where and why. The reason never quotes the cell, for it may be somebody's name."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class BadFilesError(Exception):
    """Something in the files is wrong; nothing was loaded. `bad_rows` lists everything."""

    def __init__(self, bad_rows: list[BadRow]) -> None:
        super().__init__(f"{len(bad_rows)} mistakes in the files; nothing was loaded")
        self.bad_rows = bad_rows


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The rows of one file by key, and the line where each stands."""

    rows: dict[tuple[Value, ...], Row]
    lines: dict[tuple[Value, ...], int]


def read_file(path: Path, kind: FileKind, bad: list[BadRow]) -> ReadFile:
    """The checked rows of `path`; what is wrong is added to `bad`."""
    found = ReadFile({}, {})
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        bad.append(BadRow(path.name, 1, "is not UTF-8"))
        return found
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    header = _header(reader, path.name, kind, bad)
    if header is None:
        return found
    for line, cells in _numbered(reader, path.name, bad):
        row = _row(cells, header, kind, path.name, line, bad)
        if row is None:
            continue
        key = tuple(row[name] for name in kind.key)
        if key in found.rows:
            bad.append(BadRow(path.name, line, f"the same {', '.join(kind.key)} as line {found.lines[key]}"))
            continue
        found.rows[key] = row
        found.lines[key] = line
    return found


def _header(
    reader: Iterator[list[str]], file: str, kind: FileKind, bad: list[BadRow]
) -> tuple[str, ...] | None:
    header = tuple(cell.strip() for cell in next(reader, []))
    known = {column.name for column in kind.columns}
    missing = [column.name for column in kind.columns if not column.optional and column.name not in header]
    unknown = [name for name in header if name not in known]
    doubled = sorted({name for name in header if header.count(name) > 1})
    problems = (("missing column", missing), ("unknown column", unknown), ("column stands twice", doubled))
    wrong = [f"{what}: {', '.join(names)}" for what, names in problems if names]
    bad += [BadRow(file, 1, reason) for reason in wrong]
    return None if wrong else header


def _numbered(reader: Iterator[list[str]], file: str, bad: list[BadRow]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each ends."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad.append(BadRow(file, getattr(reader, "line_num", line), f"is no CSV: {error}"))
            return
        line = getattr(reader, "line_num", line + 1)
        if any(cell.strip() for cell in cells):
            yield line, cells


def _row(
    cells: list[str], header: tuple[str, ...], kind: FileKind, file: str, line: int, bad: list[BadRow]
) -> Row | None:
    if len(cells) != len(header):
        bad.append(BadRow(file, line, f"has {len(cells)} cells instead of {len(header)}"))
        return None
    given = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    row: Row = {}
    reasons: list[str] = []
    for column in kind.columns:
        try:
            row[column.name] = column.read(given.get(column.name, ""))
        except ValueError as error:
            reasons.append(f"{column.name} {error}")
    if not reasons:
        reasons = list(_contradictions(kind.name, row))
    bad += [BadRow(file, line, reason) for reason in reasons]
    return None if reasons else row


def _contradictions(kind: str, row: Row) -> Iterator[str]:
    if kind == "loans":
        yield from _loan_contradictions(row)
    if kind == "reservations":
        yield from _reservation_contradictions(row)


def _loan_contradictions(row: Row) -> Iterator[str]:
    checked_out_on, due_on, returned_on = row["checked_out_on"], row["due_on"], row["returned_on"]
    if isinstance(due_on, date) and isinstance(checked_out_on, date) and due_on < checked_out_on:
        yield "due_on is before checked_out_on"
    if isinstance(returned_on, date) and isinstance(checked_out_on, date) and returned_on < checked_out_on:
        yield "returned_on is before checked_out_on"


def _reservation_contradictions(row: Row) -> Iterator[str]:
    if row["state"] == ReservationState.READY.value:
        yield from (
            f"{name} is empty, but state is ready" for name in ("ready_on", "pickup_by") if not row[name]
        )
    ready_on, pickup_by = row["ready_on"], row["pickup_by"]
    if isinstance(ready_on, date) and isinstance(pickup_by, date) and pickup_by < ready_on:
        yield "pickup_by is before ready_on"
    if not row["title_id"] and row["channel"] != Channel.COUNTER.value:
        yield "title_id is empty, but channel is not counter"
