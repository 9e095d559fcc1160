"""What ought to be told, found out the simplest way: every morning every row is looked at, by dates alone.

It shares nothing with the rules, the planner or the composer: no rule, no query, no calendar of theirs. It knows
Mito's figures by heart: told on the next open day, kept for a week, Mondays closed, three days before a due date.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """One card, and how it can be reached."""

    card: str
    user: str = ""
    email: str = ""
    wants: frozenset[str] = frozenset()
    """Kinds about loans that the LINE user asked for."""


@dataclass
class Row:
    """A reservation or a loan as it stands in the record."""

    id: str
    card: str
    title: str
    state: str = ""
    contact: str = ""
    ready_on: date | None = None
    pickup_by: date | None = None
    due_on: date | None = None
    renewals: int = 0
    placed_on: date | None = None


Told = tuple[date, str, str, str, str]
"""Day, way (`line`, `mail`, `call`), to whom, kind, subject."""


@dataclass
class Oracle:
    """Expects."""

    people: dict[str, Person]
    closed: set[date] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    expected: list[Told] = field(default_factory=list)
    known: set[tuple[Any, ...]] = field(default_factory=set)
    arrivals: list[tuple[str, date]] = field(default_factory=list)
    watchers: dict[str, date] = field(default_factory=dict)
    pending: list[tuple[str, str, str, str]] = field(default_factory=list)
    """What happened while nobody was there to tell it: kind, subject, card, contact."""

    def morning(
        self, today: date, released: Iterable[Row], waiting: Iterable[Row], loans: Iterable[Row]
    ) -> None:
        """The day's plan, at eight."""
        waiting, loans = list(waiting), list(loans)
        for row in released:
            self.happened("pickup_passed", row)
        self.afternoon(today)
        for row in waiting:
            if row.state == "ready" and row.contact != "none":
                self._ready(today, row)
        for row in loans:
            self._loan(today, row, waiting)
        for title, arrived_on in self.arrivals:
            for user, since in self.watchers.items():
                is_news = since <= arrived_on <= today and user not in self.blocked
                if is_news and self._new("new_arrivals", user, title):
                    self.expected.append((today, "line", user, "new_arrivals", title))

    def happened(self, kind: str, row: Row) -> None:
        """Something is to be told as soon as somebody is there to tell it."""
        if row.contact != "none":
            self.pending.append((kind, row.id, row.card, row.contact))

    def afternoon(self, today: date) -> None:
        """What happened is told."""
        for kind, subject, card, contact in self.pending:
            self._tell(today, kind, subject, card, contact)
        self.pending.clear()

    def _ready(self, today: date, row: Row) -> None:
        assert row.ready_on
        assert row.pickup_by
        told_on = row.ready_on + DAY
        while told_on.weekday() == 0 or told_on in self.closed:
            told_on += DAY
        if today < told_on:
            return
        is_new = self._new("ready", row.id, row.ready_on)
        if is_new:
            self._tell(today, "ready", row.id, row.card, row.contact)
        is_late = today > told_on and today >= row.pickup_by - 2 * DAY
        if is_late and self._new("pickup_soon", row.id, row.pickup_by) and not is_new:
            self._tell(today, "pickup_soon", row.id, row.card, row.contact)

    def _loan(self, today: date, row: Row, waiting: list[Row]) -> None:
        assert row.due_on
        left, user = (row.due_on - today).days, self.people[row.card].user
        wants = self.people[row.card].wants
        kind = (
            "due_soon"
            if 1 <= left <= 3
            else "due_today"
            if left == 0
            else "overdue"
            if -8 <= left < 0
            else ""
        )
        if kind in wants and user not in self.blocked and self._new(kind, row.id, row.due_on):
            self._tell(today, kind, row.id, row.card, "line")
        others = [
            one
            for one in waiting
            if one.title == row.title and one.card != row.card and one.state == "queued"
        ]
        if not others or left < 0 or row.renewals or "reserved_by_other" not in wants:
            return
        is_news = any(one.placed_on and one.placed_on >= today - 7 * DAY for one in others)
        if is_news and self._new("reserved_by_other", row.id):
            self._tell(today, "reserved_by_other", row.id, row.card, "line")

    def _tell(self, today: date, kind: str, subject: str, card: str, contact: str) -> None:
        person = self.people[card]
        line = [("line", person.user)] if person.user and person.user not in self.blocked else []
        mail = [("mail", card)] if person.email else []
        ways = mail + line if contact == "mail" else line + mail
        if ways:
            self.expected.append((today, *ways[0], kind, subject))
        elif kind == "ready":
            self.expected.append((today, "call", card, kind, subject))

    def _new(self, *key: Any) -> bool:
        if key in self.known:
            return False
        self.known.add(key)
        return True
