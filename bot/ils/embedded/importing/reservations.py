"""Loads reservations: what is new, what differs from the last import, and with a snapshot what is gone.

A row that is the same as last time says nothing new: what the patron or the counter did here since then stays. A
reservation that ended so long ago that we have forgotten it is not taken up again.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from bot.ils.embedded import gathering, history
from bot.ils.embedded.copies import give_copies
from bot.ils.embedded.ids import new_id
from bot.ils.embedded.importing.batches import batches
from bot.ils.embedded.importing.checking import Keys
from bot.ils.embedded.importing.reading import BadRow, CsvFile, Key, Line, Row
from bot.ils.embedded.importing.run import Counts, Run, digest, update
from bot.ils.embedded.records import reservation_of
from bot.library import ACTIVE_STATES, Actor, Contact, ReservationState
from bot.rules import pickup
from bot.storage.tables.library import ReservationRow

_ACTIVE = frozenset(state.value for state in ACTIVE_STATES)


def load_reservations(run: Run, csv_file: CsvFile, keys: Keys) -> Counts:
    """Closed ones first, so that a title reserved anew in the same files is free for it."""
    counts = Counts()
    for is_active in (False, True):
        lines = (line for line in csv_file.lines(run.bad) if (line.row["state"] in _ACTIVE) is is_active)
        for batch in batches(lines):
            _load_batch(run, csv_file, batch, counts)
            run.write()
    if run.snapshot:
        counts.closed += _close_missing(run, keys)
    give_copies(run.session)
    run.write()
    return counts


class _Recorded:
    """The recorded reservations of the patrons in a batch."""

    def __init__(self, items: Iterable[ReservationRow]) -> None:
        self._by_key: dict[Key, ReservationRow] = {}
        self._active: dict[tuple[str, str], ReservationRow] = {}
        for item in items:
            self._by_key[_key_of(item)] = item
            if item.title_id is not None and item.state in _ACTIVE:
                self._active[item.card_number, item.title_id] = item

    def same(self, key: Key, row: Row) -> ReservationRow | None:
        """The one with this key, or else the patron's active one of the title: the system there has taken it over."""
        return self._by_key.get(key) or self.in_the_way(row)

    def in_the_way(self, row: Row) -> ReservationRow | None:
        """The patron's active reservation of the title, if the row is active too."""
        if row["state"] not in _ACTIVE:
            return None
        return self._active.get((str(row["card_number"]), str(row["title_id"])))


def _key_of(item: ReservationRow) -> Key:
    return (item.card_number, item.title_id or "", item.placed_at, item.request_text)


def _load_batch(run: Run, csv_file: CsvFile, batch: Sequence[Line], counts: Counts) -> None:
    cards = {str(line.row["card_number"]) for line in batch}
    found = run.session.scalars(select(ReservationRow).where(ReservationRow.card_number.in_(cards)))
    recorded = _Recorded(found.all())
    for line in batch:
        item = recorded.same(csv_file.key(line.row), line.row)
        imported_as = digest(line.row)
        if (item is None and _is_long_over(run, line.row)) or (
            item is not None and item.imported_as == imported_as
        ):
            counts.saw(changed=False)
        elif item is None:
            _add(run, line.row, imported_as)
            counts.added += 1
        elif recorded.in_the_way(line.row) in {None, item}:
            counts.saw(changed=_change(run, item, line.row, imported_as))
        else:
            reason = "the patron has another active reservation of the title recorded"
            run.bad.append(BadRow(csv_file.name, line.number, reason))


def _is_long_over(run: Run, row: Row) -> bool:
    """The files don't say when a reservation was closed: its last known day counts, and as many days again."""
    if row["state"] in _ACTIVE:
        return False
    placed_at = row["placed_at"]
    days = [placed_at.date() if isinstance(placed_at, datetime) else None, row["ready_on"], row["pickup_by"]]
    last = max(day for day in days if isinstance(day, date))
    return run.is_forgotten(last + timedelta(days=run.policy.retention.history_person_days))


def _add(run: Run, row: Row, imported_as: str) -> None:
    item = ReservationRow(reservation_id=new_id(), **_cells(run, row), imported_as=imported_as)
    run.session.add(item)
    history.reservation_placed(run.session, item, Actor.SYSTEM, run.now)


def _change(run: Run, item: ReservationRow, row: Row, imported_as: str) -> bool:
    cells = _cells(run, row)
    state = ReservationState(str(cells.pop("state")))
    changed = update(item, cells)
    item.imported_as = imported_as
    if item.state == state.value:
        return changed
    history.imported_state(run.session, item, state, run.now)
    return True


def _cells(run: Run, row: Row) -> Row:
    """The cells as they are recorded; a last day that the files don't know is counted by the rule."""
    cells = row | {"title_id": row["title_id"] or None}
    ready_on = row["ready_on"]
    if row["state"] == ReservationState.READY.value and not row["pickup_by"] and isinstance(ready_on, date):
        cells["pickup_by"] = pickup.pickup_by(
            ready_on, str(row["pickup_branch"]), Contact(str(row["contact"])), run.policy
        )
    return cells


def _close_missing(run: Run, keys: Keys) -> int:
    """A reservation that is not in a complete file is over, one way or another."""
    missing = [
        item.reservation_id
        for item in run.session.scalars(
            select(ReservationRow).where(ReservationRow.state.in_(_ACTIVE)).execution_options(yield_per=500)
        )
        if _key_of(item) not in keys
    ]
    run.session.expunge_all()
    for batch in batches(missing):
        column = ReservationRow.reservation_id
        for item in run.session.scalars(select(ReservationRow).where(column.in_(batch))).all():
            history.imported_state(run.session, item, _end_of(run, item), run.now)
            item.imported_as = ""
        run.write()
    return len(missing)


def _end_of(run: Run, item: ReservationRow) -> ReservationState:
    """The files don't say how it ended: picked up if the patron has the title now, run out if its last day is past."""
    if item.title_id is not None and gathering.has_on_loan(run.session, item.card_number, item.title_id):
        return ReservationState.FULFILLED
    if pickup.has_run_out(reservation_of(item, None, position=None, length=None), run.today):
        return ReservationState.EXPIRED
    return ReservationState.CANCELLED
