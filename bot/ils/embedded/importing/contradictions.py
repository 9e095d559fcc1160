"""What can't be true of one row, though each of its cells can be read."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.ils.embedded.importing.columns import Value
from bot.library import Channel, ReservationState


def contradictions(kind: str, row: Mapping[str, Value]) -> Iterator[str]:
    """Every contradiction within a row of the file `kind`, without quoting a cell."""
    if kind == "loans":
        yield from _of_loan(row)
    if kind == "reservations":
        yield from _of_reservation(row)


def _of_loan(row: Mapping[str, Value]) -> Iterator[str]:
    for name in ("due_on", "returned_on"):
        if _is_before(row[name], row["checked_out_on"]):
            yield f"{name} is before checked_out_on"


def _of_reservation(row: Mapping[str, Value]) -> Iterator[str]:
    is_ready = row["state"] == ReservationState.READY.value
    if is_ready and row["ready_on"] is None and row["pickup_by"] is None:
        yield "ready_on and pickup_by are empty, but state is ready"
    if _is_before(row["pickup_by"], row["ready_on"]):
        yield "pickup_by is before ready_on"
    if not row["title_id"] and row["channel"] != Channel.COUNTER.value:
        yield "title_id is empty, but channel is not counter"


def _is_before(day: Value, start: Value) -> bool:
    return isinstance(day, date) and isinstance(start, date) and day < start
