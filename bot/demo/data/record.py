"""A demo library's record as rows of the five CSV files, all days counted from one given day."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.demo.data.calendar import policy_with_calendar
from bot.demo.data.catalogue import Catalogue, Work, read_catalogue
from bot.demo.data.people import (
    HeldLine,
    LibraryFile,
    LoanLine,
    PersonLine,
    ReservationLine,
    read_library_file,
)
from bot.library import Channel, ReservationState
from bot.policies import Policy
from bot.rules.calendar import is_open_on, next_open_day
from bot.rules.pickup import pickup_by

Row = dict[str, str]

_LOAN_DAYS: Final = 14
"""From the checkout to the due date."""
_RENEWED_AFTER_DAYS: Final = 10
"""From the checkout to the renewal, of what has been renewed."""
_TEXTS_OF_A_TITLE: Final = (
    *("title_id", "title", "title_kana", "author", "author_kana", "publisher", "published", "isbn"),
    *("material", "subjects", "series", "volume", "issue"),
)


@dataclass(frozen=True, slots=True)
class _Copy:
    """One copy to be written, and whether it is another library's."""

    title_id: str
    barcode: str = ""
    branch: str = ""
    use: str = "loan"
    status: str = ""
    shelf: str = ""
    call_number: str = ""
    from_elsewhere: bool = False

    @property
    def may_be_lent(self) -> bool:
        return self.use == "loan" and not self.status


def build_record(library: str, today: date) -> dict[str, list[Row]]:
    """The rows of each file by its name without `.csv`. Raises ValueError where the demo's files don't fit together."""
    builder = _Builder(
        today,
        policy_with_calendar(library),
        read_catalogue(library, today),
        read_library_file(library),
    )
    return builder.rows()


class _Builder:
    def __init__(self, today: date, policy: Policy, catalogue: Catalogue, library: LibraryFile) -> None:
        self._today = today
        self._policy = policy
        self._catalogue = catalogue
        self._library = library
        self._copies = tuple(self._all_copies())
        self._lent: set[str] = set()

    def rows(self) -> dict[str, list[Row]]:
        people = self._library.patron
        return {
            "patrons": [self._patron(person) for person in people],
            "titles": [_title(work) for work in self._catalogue.works],
            "copies": [_copy(copy) for copy in self._copies],
            "loans": [self._loan(person, line) for person in people for line in person.loans],
            "reservations": [
                self._reservation(person, line, number)
                for number, (person, line) in enumerate(
                    (person, line) for person in people for line in person.reservations
                )
            ],
        }

    def _day(self, days: int | None) -> date | None:
        return None if days is None else self._today + timedelta(days=days)

    def _patron(self, person: PersonLine) -> Row:
        return {
            "card_number": person.card_number,
            "name": person.name,
            "name_kana": person.name_kana,
            "birth_date": person.birth_date.isoformat(),
            "email": person.email,
            "home_branch": person.home_branch,
            "temporary_password": person.temporary_password,
            "phone": person.phone,
            "expires_on": _iso(self._day(person.expires_in)),
            "suspended_until": _iso(self._day(person.suspended_for)),
        }

    def _all_copies(self) -> Iterator[_Copy]:
        held = {self._catalogue.find(line.title).title_id: line for line in self._library.held}
        number = 0
        for work in self._catalogue.works:
            line = held.get(work.title_id) or self._usual_copies(work)
            for copy in _copies_of(work, line):
                number += 1
                yield replace(copy, barcode=f"{self._library.barcode_prefix}{number:07}")

    def _usual_copies(self, work: Work) -> HeldLine:
        """One to three copies in neighbouring branches, always the same ones for a title."""
        seed = zlib.crc32(work.title_id.encode())
        branches = [branch.code for branch in self._policy.branches]
        count = 1 + seed % self._library.copies_of_a_title
        first = seed // 7
        return HeldLine(
            title=work.title_id,
            copies=tuple(branches[(first + step) % len(branches)] for step in range(count)),
        )

    def _loan(self, person: PersonLine, line: LoanLine) -> Row:
        copy = self._take_copy(line)
        checked_out_on = self._checked_out_on(line)
        return {
            "card_number": person.card_number,
            "barcode": copy.barcode,
            "checked_out_on": checked_out_on.isoformat(),
            "due_on": _iso(self._day(line.due_in)),
            "renewals": str(line.renewals),
            "interlibrary": _flag(line.interlibrary),
            "returned_on": _iso(self._day(line.returned)),
        }

    def _take_copy(self, line: LoanLine) -> _Copy:
        """A copy that is not lent yet; returned ones stay free for others."""
        title_id = self._catalogue.find(line.title).title_id
        for copy in self._copies:
            if (
                copy.title_id == title_id
                and copy.may_be_lent
                and copy.from_elsewhere == line.interlibrary
                and line.branch in {"", copy.branch}
                and copy.barcode not in self._lent
            ):
                if line.returned is None:
                    self._lent.add(copy.barcode)
                return copy
        raise ValueError(f"the demo lends {line.title} more often than it has copies")

    def _checked_out_on(self, line: LoanLine) -> date:
        if line.out == 0:
            return self._today  # Also on a closed day, or the demo could not show the day of checkout then.
        before_due = _LOAN_DAYS + (_RENEWED_AFTER_DAYS if line.renewals else 0)
        days = line.due_in - before_due if line.out is None else line.out
        return self._open_day_before(self._policy.main_branch, self._today + timedelta(days=days))

    def _open_day_before(self, branch: str, day: date) -> date:
        """`day` or the last open day before it: nothing is lent or set aside on a closed day."""
        while not is_open_on(branch, day, self._policy):
            day -= timedelta(days=1)
        return day

    def _reservation(self, person: PersonLine, line: ReservationLine, number: int) -> Row:
        branch = line.pickup or person.home_branch or self._policy.main_branch
        ready_on = self._ready_on(line, branch)
        keep_by = pickup_by(ready_on, branch, line.contact, self._policy) if ready_on is not None else None
        return {
            "card_number": person.card_number,
            "title_id": self._catalogue.find(line.title).title_id if line.title else "",
            "placed_at": self._placed_at(line, number),
            "pickup_branch": branch,
            "contact": line.contact.value,
            "state": line.state.value,
            "ready_on": _iso(ready_on),
            "pickup_by": _iso(keep_by),
            "channel": line.channel.value,
            "placed_at_branch": line.at,
            "request_text": line.request,
        }

    def _ready_on(self, line: ReservationLine, branch: str) -> date | None:
        """An open day. What still waits became ready after a closed day, so that it has not run out before its time."""
        day = self._day(line.ready)
        if day is None:
            return None
        open_day = next_open_day(branch, day, self._policy)
        is_waiting = line.state is ReservationState.READY
        return open_day if is_waiting and open_day <= self._today else self._open_day_before(branch, day)

    def _placed_at(self, line: ReservationLine, number: int) -> str:
        """Between ten in the morning and five, no two at the same minute; at the counter on an open day."""
        at = time(10 + number // 60 % 7, number % 60)
        day = self._today + timedelta(days=line.placed)
        if line.channel is Channel.COUNTER:
            day = self._open_day_before(line.at, day)
        return datetime.combine(day, at, self._policy.zone).isoformat()


def _copies_of(work: Work, line: HeldLine) -> Iterator[_Copy]:
    """The copies of one title; they get their barcodes later."""
    ours = _Copy(title_id=work.title_id, shelf=work.shelf, call_number=work.call_number)
    for branch in line.copies:
        yield replace(ours, branch=branch)
    for branch in line.in_library:
        yield replace(ours, branch=branch, use="in_library")
    for branch in line.lost:
        yield replace(ours, branch=branch, status="lost")
    for branch in line.in_repair:
        yield replace(ours, branch=branch, status="in_repair")
    for branch in line.from_elsewhere:
        yield replace(ours, branch=branch, shelf="相互貸借", call_number="", from_elsewhere=True)


def _title(work: Work) -> Row:
    row = {column: getattr(work, column) for column in _TEXTS_OF_A_TITLE}
    row["latest_issue"] = _flag(work.latest_issue)
    row["contest_division"] = work.contest_division
    row["arrived_on"] = _iso(work.arrived_on)
    return row


def _copy(copy: _Copy) -> Row:
    return {
        "barcode": copy.barcode,
        "title_id": copy.title_id,
        "branch": copy.branch,
        "use": copy.use,
        "call_number": copy.call_number,
        "shelf": copy.shelf,
        "status": copy.status,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _flag(value: bool) -> str:
    return "true" if value else "false"
