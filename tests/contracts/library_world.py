"""A library system under test, filled with nouns. A later adapter gets a world of its own beside `EmbeddedWorld`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import StoppedClock
from bot.ils.embedded import history
from bot.ils.embedded.importing.catalogue import with_search_keys
from bot.ils.embedded.library import EmbeddedLibrary
from bot.ils.embedded.notices import EmbeddedNotices
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.library import (
    Actor,
    Channel,
    Contact,
    Copy,
    Library,
    Loan,
    PasswordDesk,
    Patron,
    Reservation,
    ReservationState,
    Title,
)
from bot.library.notices import NoticeReader
from bot.policies import Policy, load_policy
from bot.rules.reservation_life import LifeEvent
from bot.storage.base import Base
from bot.storage.engine import writing
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow, TitleRow

R = TypeVar("R")

CARD, OTHER = "1000000001", "1000000002"
NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
RENEWED_UNTIL = date(2026, 12, 15)
"""Two weeks from today: what a renewal gives in both libraries."""

Noun = Patron | Title | Copy | Loan | Reservation


class World(Protocol):
    """What the suite needs of an adapter beside the Protocol itself."""

    policy: Policy
    clock: StoppedClock

    def put(self, *nouns: Noun) -> None:
        """Record these, in this order."""
        ...

    def library(self) -> AbstractContextManager[Library]:
        """The library on a connection of its own; what was done is kept at the end."""
        ...

    def notices(self) -> AbstractContextManager[NoticeReader]:
        """The record for many patrons at once, likewise."""
        ...

    def ended(self, reservation_id: str, state: ReservationState, actor: Actor, reason: str = "") -> None:
        """A queued reservation came to an end now, by the hand of `actor`."""
        ...

    def passwords(self) -> AbstractContextManager[PasswordDesk]:
        """The password desk, likewise."""
        ...

    def set_password(self, card_number: str, password: str, *, temporary: bool = False) -> None:
        """What the counter does."""
        ...


class EmbeddedWorld:
    """The embedded library."""

    def __init__(self, engine: Engine, library: str = "mito") -> None:
        self.engine = engine
        self.policy = load_policy(library)
        self.clock = StoppedClock(NOW)

    def put(self, *nouns: Noun) -> None:
        with writing(self.engine) as session:
            for noun in nouns:
                session.add(_row(noun))
                session.flush()

    @contextmanager
    def library(self) -> Iterator[Library]:
        with writing(self.engine) as session:
            yield EmbeddedLibrary(session, self.policy, self.clock)

    @contextmanager
    def notices(self) -> Iterator[NoticeReader]:
        with writing(self.engine) as session:
            yield EmbeddedNotices(session, self.clock)

    def ended(self, reservation_id: str, state: ReservationState, actor: Actor, reason: str = "") -> None:
        events = {ReservationState.CANCELLED: LifeEvent.CANCEL, ReservationState.DECLINED: LifeEvent.DECLINE}
        with writing(self.engine) as session:
            row = session.get_one(ReservationRow, reservation_id)
            history.move(session, row, events[state], actor, self.clock.now(), reason=reason)

    @contextmanager
    def passwords(self) -> Iterator[PasswordDesk]:
        with writing(self.engine) as session:
            yield self._passwords(session)

    def set_password(self, card_number: str, password: str, *, temporary: bool = False) -> None:
        with writing(self.engine) as session:
            self._passwords(session).set_by_staff(
                card_number, password, temporary=temporary, actor=Actor.STAFF
            )

    def _passwords(self, session: Session) -> EmbeddedPasswords:
        return EmbeddedPasswords(session, self.policy, self.clock)


def _row(noun: Noun) -> Base:
    cells = asdict(noun)
    match noun:
        case Patron():
            return PatronRow(**cells)
        case Title():
            special = {"subjects": ";".join(noun.subjects), "contest_division": noun.contest_division or ""}
            return TitleRow(**with_search_keys(cells | special))
        case Copy():
            return CopyRow(**cells)
        case Loan():
            del cells["title"], cells["branch"]
            return LoanRow(**cells)
        case Reservation():
            for name in ("title", "queue_position", "queue_length"):
                del cells[name]
            title_id = noun.title.title_id if noun.title is not None else None
            return ReservationRow(**cells | {"title_id": title_id, "barcode": noun.barcode or None})


def a_patron(card_number: str = CARD, **differs: Any) -> Patron:
    """A patron in good standing, with an address."""
    usual = {"name": "水戸 花子", "birth_date": date(1950, 4, 1), "email": "hanako@example.jp"}
    return Patron(card_number=card_number, **usual | differs)


def a_title(title_id: str = "kokoro", **differs: Any) -> Title:
    """An ordinary book."""
    return Title(title_id=title_id, **{"title": "こころ", "author": "夏目漱石"} | differs)


def a_copy(barcode: str = "b1", title_id: str = "kokoro", **differs: Any) -> Copy:
    """A copy for loan at the main branch."""
    return Copy(barcode=barcode, title_id=title_id, **{"branch": "chuo"} | differs)


def a_loan(barcode: str = "b1", title_id: str = "kokoro", **differs: Any) -> Loan:
    """A loan of two weeks, due in three days."""
    usual = {
        "loan_id": f"loan-{barcode}",
        "card_number": CARD,
        "title": a_title(title_id),
        "branch": "chuo",
        "checked_out_on": date(2026, 11, 20),
        "due_on": date(2026, 12, 4),
    }
    return Loan(barcode=barcode, **usual | differs)


def a_reservation(title_id: str | None = "kokoro", **differs: Any) -> Reservation:
    """A reservation queued since November."""
    usual = {
        "card_number": CARD,
        "placed_at": datetime(2026, 11, 25, 3, 0, tzinfo=UTC),
        "pickup_branch": "chuo",
        "contact": Contact.LINE,
        "state": ReservationState.QUEUED,
        "channel": Channel.LINE,
    } | differs
    usual = {"reservation_id": f"reservation-{title_id}-{usual['card_number']}"} | usual
    return Reservation(title=a_title(title_id) if title_id is not None else None, **usual)


def together(count: int, do: Callable[[int], R]) -> list[R]:
    """What `do(0)` … `do(count - 1)` gave, all begun at one moment in threads of their own."""
    start = Barrier(count)

    def begin(number: int) -> R:
        start.wait()
        return do(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))
