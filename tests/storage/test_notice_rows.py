"""Notices as rows: raised once under their key, and what becomes of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import new_database
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import StoppedClock
from bot.rules.notice_kinds import NoticeKind
from bot.storage.engine import open_engine, writing
from bot.storage.notices import NewNotice, Notices
from bot.storage.tables.notices import NoticeRow

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
READY = NewNotice(NoticeKind.READY, "1001", "R1", date(2026, 12, 1), NOON, {"why": "秘密"})


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(new_database(tmp_path / "notices.sqlite3"))
    with writing(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def notices(session: Session, clock: StoppedClock) -> Notices:
    return Notices(session, clock)


def _other(**changes: object) -> NewNotice:
    values = {name: getattr(READY, name) for name in NewNotice.__slots__}
    return NewNotice(**{**values, **changes})  # type: ignore[arg-type]


def test_a_notice_is_raised_once_under_its_key(notices: Notices) -> None:
    assert notices.add([READY, READY]) == 1
    assert notices.add([READY, _other(facts={"why": "他"})]) == 0
    assert notices.add([_other(day=date(2026, 12, 2)), _other(card_number="1002"), _other(subject="R2")]) == 3
    assert len(notices.due(most=10)) == 4


def test_thousands_are_raised_at_once(notices: Notices) -> None:
    assert notices.add(_other(subject=f"R{number}") for number in range(1200)) == 1200


def test_a_notice_waits_for_its_time(notices: Notices, clock: StoppedClock) -> None:
    notices.add([_other(not_before=NOON + timedelta(hours=1))])
    assert notices.due(most=10) == ()
    clock.advance(timedelta(hours=1))
    assert [notice.subject for notice in notices.due(most=10)] == ["R1"]


def test_what_is_particular_is_forgotten_once_it_is_over_and_the_key_stays(
    notices: Notices, session: Session, clock: StoppedClock
) -> None:
    notices.add([READY, _other(subject="R2")])
    first, second = (notice.notice_id for notice in notices.due(most=10))
    notices.told([first])
    notices.dropped([second], "cancelled")
    rows = session.scalars(select(NoticeRow).execution_options(populate_existing=True)).all()
    assert [(row.state, row.reason, row.facts) for row in rows] == [
        ("told", "", {}),
        ("dropped", "cancelled", {}),
    ]
    assert notices.add([READY]) == 0
    clock.advance(timedelta(days=61))
    notices.forget_old(timedelta(days=60))
    assert notices.add([READY]) == 1


def test_what_is_over_stays_as_it_is(notices: Notices, session: Session) -> None:
    notices.add([READY])
    [notice] = notices.due(most=1)
    notices.told([notice.notice_id])
    notices.climb([notice.notice_id], "blocked")
    assert session.get_one(NoticeRow, notice.notice_id, populate_existing=True).state == "told"


def test_the_desk_calls_whom_nothing_reached_and_is_shown_so_for_the_day(
    notices: Notices, clock: StoppedClock
) -> None:
    notices.add([READY, _other(subject="R2")])
    ready, other = (notice.notice_id for notice in notices.due(most=10))
    notices.climb([ready], "blocked")
    assert [notice.rung for notice in notices.due(most=10)] == [1, 0]
    notices.unreached([ready], "blocked", to_call=True)
    notices.unreached([other], "blocked", to_call=False)
    [call] = notices.call_list(clock.today())
    assert (call.card_number, call.subject, call.reason, call.since) == (
        "1001",
        "R1",
        "blocked",
        clock.today(),
    )
    assert notices.called(ready)
    assert not notices.called(ready)
    assert [call.called_on for call in notices.call_list(clock.today())] == [clock.today()]
    clock.advance(timedelta(days=1))
    assert notices.call_list(clock.today()) == ()
