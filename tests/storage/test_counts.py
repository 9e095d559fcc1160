"""How much the counter is used is counted by the days of the library's zone, and kept for ten minutes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import new_database
from sqlalchemy import Engine

from bot.accounts import Friends
from bot.clock import JST, StoppedClock
from bot.storage.counts import DAYS, counts
from bot.storage.depths import QUOTA
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import open_engine, writing
from bot.storage.tables.accounts import LinkRow
from bot.storage.tables.library import LoanHistoryRow, ReservationHistoryRow
from bot.storage.tables.messages import InboxRow
from bot.storage.tables.notices import NoticeMessageRow
from bot.storage.tasks import SharedValues

MIDNIGHT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
"""In Japan the second of December begins."""


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MIDNIGHT + timedelta(hours=9))


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    is_sqlite = request.param == "SQLite"
    url = new_database(tmp_path / "counts.sqlite3") if is_sqlite else request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    fill(engine, clock)
    yield engine
    engine.dispose()


def fill(engine: Engine, clock: StoppedClock) -> None:
    """Two friends with three links, one more who has blocked us; something at both ends of a day."""
    moments = [MIDNIGHT - timedelta(seconds=1), MIDNIGHT, MIDNIGHT - timedelta(days=DAYS)]
    with writing(engine) as session:
        friends = Friends(session, clock)
        for user in ("U1", "U2"):
            friends.met(user)
        friends.blocked("U3", clock.now())
        session.flush()
        for number, (user, card) in enumerate((("U1", "100"), ("U2", "100"), ("U2", "200"))):
            session.add(
                LinkRow(
                    link_id=str(number),
                    line_user_id=user,
                    card_number=card,
                    in_use=number < 2,
                    linked_at=clock.now(),
                )
            )
        DeskMessages(session, clock).add("U1", card_number="100", text="傘", message_id="", most=5)
        for at in moments:
            for kind, understood in (("message", True), ("postback", False)):
                session.add(_event(f"{kind} {at}", kind, at, understood=understood))
            session.add(LoanHistoryRow(loan_id="L", event="renewed", actor="patron", at=at))
            session.add(LoanHistoryRow(loan_id="L", event="renewed", actor="staff", at=at))
            session.add(LoanHistoryRow(loan_id="L", event="returned", actor="staff", at=at))
            session.add(
                ReservationHistoryRow(
                    reservation_id="R", event="place", to_state="queued", actor="patron", at=at
                )
            )
            for channel, state in (("line", "sent"), ("mail", "sent"), ("line", "failed")):
                session.add(
                    NoticeMessageRow(
                        channel=channel, state=state, next_attempt_at=at, created_at=at, ended_at=at
                    )
                )


def _event(event_id: str, kind: str, at: datetime, *, understood: bool) -> InboxRow:
    return InboxRow(
        webhook_event_id=event_id,
        chat_id="",
        kind=kind,
        at=at,
        received_at=at,
        state="handled",
        next_attempt_at=at,
        understood=understood,
    )


def test_days_begin_at_the_librarys_midnight(engine: Engine, clock: StoppedClock) -> None:
    found = counts(engine, clock, JST)
    today, yesterday, *rest = [dict(of_day) for _, of_day in found.days]
    one_each = {"messages": 1, "understood": 1, "missed": 1, "links": 0, "renewals": 1, "reservations": 1}
    one_each |= {"notices_line": 1, "notices_mail": 1}
    assert (today, yesterday) == (one_each | {"links": 3}, one_each)
    assert len(rest) == DAYS - 2
    assert not any(sum(of_day.values()) for of_day in rest)
    assert found.days[0][0] == clock.today()


def test_of_now_it_tells_friends_links_and_what_waits(engine: Engine, clock: StoppedClock) -> None:
    found = counts(engine, clock, JST)
    assert found.now == {"friends": 2, "linked_users": 2, "linked_cards": 2, "open_messages": 1}
    assert found.quota == {}
    with writing(engine) as session:
        SharedValues(session, clock).set(QUOTA, {"limit": 200, "used": 3})
    assert counts(engine, clock, JST).quota == {"limit": 200, "used": 3}


def test_it_is_counted_anew_after_ten_minutes(engine: Engine, clock: StoppedClock) -> None:
    first = counts(engine, clock, JST)
    with writing(engine) as session:
        Friends(session, clock).met("U4")
    clock.advance(timedelta(minutes=9))
    assert counts(engine, clock, JST) == first
    clock.advance(timedelta(minutes=1))
    again = counts(engine, clock, JST)
    assert again.now["friends"] == 3
    assert again.at == clock.now()
