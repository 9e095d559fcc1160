"""Days of a library, one after the other, with everything that can happen drawn at random, against a naive oracle.

A few weeks in every run; a whole year, or several, with `SIMULATED_DAYS=365 SIMULATED_SEEDS=3`.
"""

import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import new_database
from line_stand_in import LineStandIn
from naive_oracle import Oracle, Person, Row, Told
from notice_world import NoticeWorld
from sqlalchemy import event, select

from bot.accounts.watches import Watches
from bot.ils.embedded.desk import DeskError
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Contact
from bot.line.api import Delivery, Message, SendResult
from bot.policies import bundled_policy_text, parse_policy
from bot.storage.calendar import SpecialEntry
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import CopyRow, LoanRow, ReservationRow
from bot.storage.tables.notices import NoticeMessageItemRow, NoticeMessageRow, NoticeRow

DAYS = int(os.environ.get("SIMULATED_DAYS", "40"))
SEEDS = int(os.environ.get("SIMULATED_SEEDS", "1"))
DAY = timedelta(days=1)
FIRST = date(2026, 4, 7)
LOAN_KINDS = frozenset({"due_soon", "due_today", "overdue"})
PEOPLE = (
    Person("C0", "U0", "c0@example.jp", LOAN_KINDS | {"reserved_by_other"}),
    Person("C1", "U0", wants=LOAN_KINDS | {"reserved_by_other"}),
    Person("C2", "U1", wants=frozenset({"due_soon"})),
    Person("C3", "U2", wants=frozenset({"reserved_by_other", "overdue"})),
    Person("C4", email="c4@example.jp"),
    Person("C5"),
    Person("C6", "U3", wants=LOAN_KINDS),
)
SWITCHES = {"due_soon": "due"}


@dataclass
class Line:
    """LINE, at the Protocol: takes everything, once under a key, and knows who blocked us."""

    taken: dict[str, tuple[str, Sequence[Message]]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)

    def push(self, line_user_id: str, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        """Taken."""
        assert retry_key not in self.taken
        self.taken[retry_key] = (line_user_id, messages)
        return SendResult(Delivery.ACCEPTED, 200)

    def is_friend(self, line_user_id: str) -> bool:
        """As their profile would show."""
        return line_user_id not in self.blocked


class Year:
    """The library, the oracle beside it, and the dice."""

    def __init__(self, engine: Any, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  # Dice of a test.
        self.line = Line()
        closed_on_mondays = f'{bundled_policy_text("mito")}\n[calendar]\nclosed_weekdays = ["mon"]\n'
        policy = parse_policy(closed_on_mondays, "year.toml")
        self.world = NoticeWorld(engine, self.line, LineStandIn(), policy=policy)  # type: ignore[arg-type]
        self.oracle = Oracle({person.card: person for person in PEOPLE})
        self.today = FIRST
        self._begin()

    def _begin(self) -> None:
        world = self.world
        world.go_to(self.today)
        for person in PEOPLE:
            users = (person.user,) if person.user else ()
            world.patron(person.card, *users, email=person.email)
            if person.user:
                world.settings(person.user, **{SWITCHES.get(kind, kind): True for kind in person.wants})
        self.titles = [world.title(f"本{number}", copies=1 + number % 2) for number in range(12)]
        with writing(world.engine) as session:
            assert Watches(session, world.clock).add("U0", "author", "夏目漱石", most=9)
        self.oracle.watchers["U0"] = self.today

    def live(self, days: int) -> None:
        """Day by day; sometimes the machine is off."""
        is_on = True
        for _ in range(days):
            self.today += DAY
            is_on = self.dice.random() > (0.12 if is_on else 0.5)
            if is_on:
                self._morning()
            self.world.go_to(self.today, 12)
            for _ in range(self.dice.randint(1, 7)):
                self._something_happens()
            if is_on:
                self._afternoon()

    def told(self) -> Counter[Told]:
        """What was told, and whom the desk was to phone."""
        found: list[Told] = []
        zone = self.world.policy.zone
        with reading(self.world.engine) as session:
            rows = session.execute(
                select(NoticeRow, NoticeMessageRow)
                .join(NoticeMessageItemRow, NoticeMessageItemRow.notice_id == NoticeRow.id)
                .join(NoticeMessageRow, NoticeMessageRow.id == NoticeMessageItemRow.message_id)
                .where(NoticeMessageRow.state == "sent")
            ).all()
            calls = session.scalars(select(NoticeRow).where(NoticeRow.call_on.is_not(None))).all()
        for notice, message in rows:
            day = message.created_at.astimezone(zone).date()
            who = message.recipient or notice.card_number
            found.append((day, message.channel, who, notice.kind, notice.subject))
        found += [
            (row.call_on, "call", row.card_number, row.kind, row.subject) for row in calls if row.call_on
        ]
        return Counter(found)

    def messages(self) -> int:
        """How many messages went by LINE; no two to one recipient at one time."""
        with reading(self.world.engine) as session:
            rows = session.execute(
                select(NoticeMessageRow.recipient, NoticeMessageRow.created_at).where(
                    NoticeMessageRow.channel == "line"
                )
            ).all()
        assert len(set(rows)) == len(rows)
        return len(rows)

    def _morning(self) -> None:
        world = self.world
        before = [row for row in self._reservations() if row.state == "ready"]
        world.go_to(self.today, 7, 35)
        assert world.run().planned_day
        released = [row for row in before if row.pickup_by and row.pickup_by < self.today]
        self.oracle.morning(self.today, released, self._reservations(), self._loans())
        world.go_to(self.today, 8)
        self._run()

    def _afternoon(self) -> None:
        self.oracle.afternoon(self.today)
        self._run()

    def _run(self) -> None:
        self.world.run()
        self.world.end_letters("sent")
        self.world.run()

    def _something_happens(self) -> None:
        happenings = (
            *(self._check_out,) * 8,
            *(self._take_back,) * 3,
            *(self._reserve,) * 8,
            *(self._set_ready,) * 8,
            self._pick_up,
            self._renew,
            self._decline,
            self._cancel_by_staff,
            self._cancel_by_patron,
            self._close,
            self._arrive,
            self._block,
        )
        with suppress(DeskError):
            self.dice.choice(happenings)()

    def _check_out(self) -> None:
        with reading(self.world.engine) as session:
            barcode = self.dice.choice(session.scalars(select(CopyRow.barcode)).all())
        with self._desk() as desk:
            desk.lending.checkout(self.dice.choice(PEOPLE).card, barcode)

    def _take_back(self) -> None:
        with reading(self.world.engine) as session:
            lent = session.scalars(select(LoanRow.barcode).where(LoanRow.returned_on.is_(None))).all()
        if lent:
            with self._desk() as desk:
                desk.lending.take_back(self.dice.choice(lent))

    def _renew(self) -> None:
        loan = self._one(self._loans())
        if loan is not None:
            with reading(self.world.engine) as session:
                barcode = session.get_one(LoanRow, loan.id).barcode
            with self._desk() as desk:
                desk.lending.renew(loan.card, barcode)

    def _reserve(self) -> None:
        person = self.dice.choice(PEOPLE)
        contact = self.dice.choice((Contact.LINE, Contact.LINE, Contact.MAIL, Contact.NONE))
        with writing(self.world.engine) as session:
            EmbeddedLibrary(session, self.world.policy, self.world.clock).reserve(
                person.card, self.dice.choice(self.titles), pickup_branch="chuo", contact=contact
            )

    def _set_ready(self) -> None:
        self._at_the_desk("ready", "queued", "in_preparation")

    def _pick_up(self) -> None:
        row = self._one([row for row in self._reservations() if row.state == "ready"])
        if row is not None:
            with self._desk() as desk:
                desk.lending.pick_up(row.id)

    def _decline(self) -> None:
        row = self._at_the_desk("decline", "queued", "in_preparation", "ready", reason="破損のため")
        if row is not None:
            self.oracle.happened("declined", row)

    def _cancel_by_staff(self) -> None:
        row = self._at_the_desk("cancel", "queued", "in_preparation", "ready")
        if row is not None:
            self.oracle.happened("ended_by_library", row)

    def _cancel_by_patron(self) -> None:
        row = self._one([row for row in self._reservations() if row.state == "queued"])
        if row is not None:
            with writing(self.world.engine) as session:
                EmbeddedLibrary(session, self.world.policy, self.world.clock).cancel(row.card, row.id)

    def _close(self) -> None:
        """A typhoon is coming: closed tomorrow, or for two days."""
        if self.dice.random() > 0.3:
            return
        first, days = self.today + DAY, self.dice.randint(1, 2)
        before = {row.id: row for row in (*self._reservations(), *self._loans())}
        with self._desk() as desk:
            desk.opening.enter(SpecialEntry("", first, first + (days - 1) * DAY, "", "台風のため"), by="t")
        self.oracle.closed |= {first + number * DAY for number in range(days)}
        for row in (*self._reservations(), *self._loans()):
            was = before[row.id]
            if row.due_on != was.due_on or (row.state == "ready" and row.pickup_by != was.pickup_by):
                self.oracle.happened("closure_moved", row)

    def _arrive(self) -> None:
        title = self.world.title(
            "新しい本", author="夏目漱石", author_key="夏目漱石", words_key="夏目漱石", arrived_on=self.today
        )
        self.oracle.arrivals.append((title, self.today))

    def _block(self) -> None:
        """One of them blocks us, once."""
        if self.dice.random() < 0.1 and "U3" not in self.line.blocked:
            self.line.blocked.add("U3")
            self.world.block("U3")
            self.oracle.blocked.add("U3")

    def _at_the_desk(self, act: str, *states: str, **more: str) -> Row | None:
        row = self._one([row for row in self._reservations() if row.state in states])
        if row is None:
            return None
        with self._desk() as desk:
            getattr(desk.reservations, act)(row.id, **more)
        return row

    def _desk(self) -> Any:
        return self.world.desk()

    def _one(self, rows: Sequence[Row]) -> Row | None:
        return self.dice.choice(sorted(rows, key=lambda row: row.id)) if rows else None

    def _reservations(self) -> list[Row]:
        with reading(self.world.engine) as session:
            rows = session.scalars(
                select(ReservationRow).where(ReservationRow.state.in_(("queued", "in_preparation", "ready")))
            ).all()
        return [
            Row(
                row.reservation_id,
                row.card_number,
                str(row.title_id),
                row.state,
                row.contact,
                row.ready_on,
                row.pickup_by,
                placed_on=row.placed_at.astimezone(self.world.policy.zone).date(),
            )
            for row in rows
        ]

    def _loans(self) -> list[Row]:
        with reading(self.world.engine) as session:
            rows = session.execute(
                select(LoanRow, CopyRow.title_id)
                .join(CopyRow, CopyRow.barcode == LoanRow.barcode)
                .where(LoanRow.returned_on.is_(None))
            ).all()
        return [
            Row(row.loan_id, row.card_number, title, due_on=row.due_on, renewals=row.renewals)
            for row, title in rows
        ]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_notice_comes_once_on_the_right_day_and_no_other(tmp_path: Path, seed: int) -> None:
    engine = open_engine(new_database(tmp_path / "year.sqlite3"))

    @event.listens_for(engine, "connect")
    def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    year = Year(engine, seed)
    try:
        year.live(DAYS)
        expected, told = Counter(year.oracle.expected), year.told()
        assert sorted((expected - told).elements()) == []
        assert sorted((told - expected).elements()) == []
        assert year.messages() == len(year.line.taken)
        assert len({kind for _, _, _, kind, _ in told}) >= 8
    finally:
        year.world.close()
        engine.dispose()
