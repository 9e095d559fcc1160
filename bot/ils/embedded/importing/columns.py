"""What each CSV file holds: its columns and how a cell becomes a value. The names are fixed by contract.

A cell's reader raises ValueError with a reason for people; it sees the text without spaces around it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.ils.embedded.folding import isbn13
from bot.library import Channel, Contact, ContestDivision, CopyStatus, CopyUse, Material, ReservationState
from bot.policies import Policy

Value = str | int | bool | date | datetime | None
Reader = Callable[[str], Value]

_MAX_ID = 64
_MAX_TEXT = 4000
_ID = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how a cell is read, and whether a file may be without it."""

    name: str
    read: Reader
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FileKind:
    """One CSV file: its columns, and those that together are a row's key."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


def file_kinds(policy: Policy) -> dict[str, FileKind]:
    """The five files by the name of what they hold, in the order in which they are loaded."""
    branch, some_branch = _branch(policy), _or_empty(_branch(policy))
    kinds = (
        FileKind(
            "patrons",
            (
                Column("card_number", _identifier),
                Column("name", _filled),
                Column("name_kana", _text),
                Column("birth_date", _day_or_none),
                Column("email", _email),
                Column("home_branch", some_branch),
                Column("temporary_password", _text),
                Column("phone", _text, optional=True),
                Column("expires_on", _day_or_none, optional=True),
                Column("suspended_until", _day_or_none, optional=True),
            ),
            ("card_number",),
        ),
        FileKind(
            "titles",
            (
                Column("title_id", _identifier),
                Column("title", _filled),
                Column("title_kana", _text),
                Column("author", _text),
                Column("author_kana", _text),
                Column("publisher", _text),
                Column("published", _text),
                Column("isbn", _isbn),
                Column("material", _one_of(Material)),
                Column("subjects", _text),
                Column("series", _text),
                Column("volume", _text),
                Column("issue", _text),
                Column("latest_issue", _flag),
                Column("contest_division", _or_empty(_one_of(ContestDivision))),
                Column("arrived_on", _day_or_none),
            ),
            ("title_id",),
        ),
        FileKind(
            "copies",
            (
                Column("barcode", _identifier),
                Column("title_id", _identifier),
                Column("branch", branch),
                Column("use", _one_of(CopyUse)),
                Column("call_number", _text, optional=True),
                Column("shelf", _text, optional=True),
                Column("status", _one_of(CopyStatus), optional=True),
            ),
            ("barcode",),
        ),
        FileKind(
            "loans",
            (
                Column("card_number", _identifier),
                Column("barcode", _identifier),
                Column("checked_out_on", _day),
                Column("due_on", _day),
                Column("renewals", _count),
                Column("interlibrary", _flag),
                Column("returned_on", _day_or_none, optional=True),
            ),
            ("card_number", "barcode", "checked_out_on"),
        ),
        FileKind(
            "reservations",
            (
                Column("card_number", _identifier),
                Column("title_id", _or_empty(_identifier)),
                Column("placed_at", _instant(policy.zone)),
                Column("pickup_branch", branch),
                Column("contact", _one_of(Contact)),
                Column("state", _one_of(ReservationState)),
                Column("ready_on", _day_or_none),
                Column("pickup_by", _day_or_none),
                Column("channel", _one_of(Channel)),
                Column("placed_at_branch", some_branch, optional=True),
                Column("request_text", _text, optional=True),
            ),
            ("card_number", "title_id", "placed_at", "request_text"),
        ),
    )
    return {kind.name: kind for kind in kinds}


def _text(cell: str) -> str:
    if len(cell) > _MAX_TEXT:
        raise ValueError(f"is longer than {_MAX_TEXT} characters")
    if any(unicodedata.category(char) == "Cc" for char in cell):
        raise ValueError("holds a control character")
    return cell


def _filled(cell: str) -> str:
    if not cell:
        raise ValueError("is empty")
    return _text(cell)


def _identifier(cell: str) -> str:
    if not cell:
        raise ValueError("is empty")
    if len(cell) > _MAX_ID or not _ID.fullmatch(cell):
        raise ValueError(f"is not 1 to {_MAX_ID} half-width characters without spaces")
    return cell


def _email(cell: str) -> str:
    name, at, host = cell.rpartition("@")
    if cell and (not at or not name or "." not in host or any(char.isspace() for char in cell)):
        raise ValueError("is no e-mail address")
    return _text(cell)


def _isbn(cell: str) -> str:
    found = isbn13(cell)
    if cell and not (len(found) == 13 and found.isdigit()):  # An ISBN-13.
        raise ValueError("is no ISBN of 10 or 13 digits")
    return found


def _day(cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is no date as YYYY-MM-DD") from None


def _day_or_none(cell: str) -> date | None:
    return _day(cell) if cell else None


def _instant(zone: ZoneInfo) -> Reader:
    def read(cell: str) -> datetime:
        try:
            found = datetime.fromisoformat(cell)
        except ValueError:
            raise ValueError("is no date-time as YYYY-MM-DDTHH:MM:SS") from None
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)

    return read


def _count(cell: str) -> int:
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdigit()) or len(cell) > 4:  # More is a slip of the pen.
        raise ValueError("is no whole number from 0 to 9999")
    return int(cell)


def _flag(cell: str) -> bool:
    if cell not in {"", "true", "false"}:
        raise ValueError("is neither true nor false")
    return cell == "true"


def _one_of(names: type[StrEnum]) -> Reader:
    values = [name.value for name in names]

    def read(cell: str) -> str:
        if cell not in values:
            raise ValueError(f"is none of {', '.join(value or '(empty)' for value in values)}")
        return cell

    return read


def _or_empty(reader: Reader) -> Reader:
    return lambda cell: reader(cell) if cell else ""


def _branch(policy: Policy) -> Reader:
    def read(cell: str) -> str:
        branch = policy.branch_called(cell)
        if branch is None:
            known = ", ".join(branch.name for branch in policy.branches)
            raise ValueError(f"is no branch of this library ({known})")
        return branch.code

    return read
