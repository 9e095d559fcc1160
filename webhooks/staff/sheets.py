"""CSV files that a spreadsheet opens as they are meant: its encoding is marked, and nothing in it is a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO

from werkzeug.wrappers import Response

_MARK = "\ufeff"
"""By it a spreadsheet knows UTF-8."""
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[date | str | None]]) -> Response:
    """The file, to be saved under `name` (ASCII)."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = Response(_MARK + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: date | str | None) -> str:
    """A patron's name or a title may begin like a formula, and would be one: a quote in front keeps it text."""
    text = value.isoformat() if isinstance(value, date) else value or ""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
