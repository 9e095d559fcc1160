"""Loads loans: what is new, what differs from the last import, and with a snapshot what is gone.

A row that is the same as last time says nothing new: a renewal or a return made here since then stays. A loan that
ended so long ago that we have forgotten it is not taken up again.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.ils.embedded import history
from bot.ils.embedded.ids import new_id
from bot.ils.embedded.importing.batches import batches
from bot.ils.embedded.importing.checking import Keys
from bot.ils.embedded.importing.reading import BadRow, CsvFile, Key, Line, Row
from bot.ils.embedded.importing.run import Counts, Run, digest, update
from bot.library import Actor
from bot.storage.tables.library import LoanRow


def load_loans(run: Run, csv_file: CsvFile, keys: Keys) -> Counts:
    """Closed loans first, so that a copy lent anew in the same files is free."""
    counts = Counts()
    if run.snapshot:
        counts.closed = _return_missing(run, keys)
    for is_open in (False, True):
        lines = (line for line in csv_file.lines(run.bad) if (line.row["returned_on"] is None) is is_open)
        for batch in batches(lines):
            _load_batch(run, csv_file, batch, counts)
            run.write()
    return counts


def _return_missing(run: Run, keys: Keys) -> int:
    """A loan that is not in a complete file was returned."""
    open_loans = run.session.execute(
        select(LoanRow.loan_id, LoanRow.card_number, LoanRow.barcode, LoanRow.checked_out_on).where(
            LoanRow.returned_on.is_(None)
        )
    )
    missing = [loan_id for loan_id, *key in open_loans if tuple(key) not in keys]
    for batch in batches(missing):
        for item in run.session.scalars(select(LoanRow).where(LoanRow.loan_id.in_(batch))):
            item.returned_on = run.today
            item.imported_as = ""
            history.loan_changed(run.session, item, "returned", Actor.SYSTEM, run.now)
        run.write()
    return len(missing)


def _load_batch(run: Run, csv_file: CsvFile, batch: Sequence[Line], counts: Counts) -> None:
    barcodes = {str(line.row["barcode"]) for line in batch}
    cards = {str(line.row["card_number"]) for line in batch}
    found = run.session.scalars(
        select(LoanRow).where(LoanRow.barcode.in_(barcodes), LoanRow.card_number.in_(cards))
    )
    recorded: dict[Key, LoanRow] = {
        (item.card_number, item.barcode, item.checked_out_on): item for item in found
    }
    on_loan = run.session.scalars(
        select(LoanRow).where(LoanRow.barcode.in_(barcodes), LoanRow.returned_on.is_(None))
    )
    lent = {item.barcode: item for item in on_loan}
    for line in batch:
        item = recorded.get(csv_file.key(line.row))
        imported_as = digest(line.row)
        if (item is None and _is_long_over(run, line.row)) or (
            item is not None and item.imported_as == imported_as
        ):
            counts.saw(changed=False)
        elif _is_lent_otherwise(lent, item, line.row):
            reason = "barcode is recorded as on loan, to another card or since another day"
            run.bad.append(BadRow(csv_file.name, line.number, reason))
        else:
            _load_loan(run, item, line.row, imported_as, counts)


def _is_long_over(run: Run, row: Row) -> bool:
    returned_on = row["returned_on"]
    return isinstance(returned_on, date) and run.is_forgotten(returned_on)


def _is_lent_otherwise(lent: dict[str, LoanRow], item: LoanRow | None, row: Row) -> bool:
    other = lent.get(str(row["barcode"]))
    return row["returned_on"] is None and other is not None and other is not item


def _load_loan(run: Run, item: LoanRow | None, row: Row, imported_as: str, counts: Counts) -> None:
    if item is None:
        item = LoanRow(loan_id=new_id(), **row, imported_as=imported_as)
        run.session.add(item)
        counts.added += 1
        history.loan_changed(run.session, item, "imported", Actor.SYSTEM, run.now)
        return
    was_open, renewals = item.returned_on is None, item.renewals
    changed = update(item, row)
    item.imported_as = imported_as
    counts.saw(changed=changed)
    if changed:
        event = "imported"
        if was_open and item.returned_on is not None:
            event = "returned"
        elif item.renewals > renewals:
            event = "renewed"
        history.loan_changed(run.session, item, event, Actor.SYSTEM, run.now)
