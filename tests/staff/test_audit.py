"""The log of what staff did: only added to, on both databases; a change made past that is found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from databases import new_database
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bot.clock import StoppedClock
from bot.staff import Audit, Subject, SubjectKind
from bot.staff.audit import SHELL, Action, Wanted
from bot.storage.engine import open_engine, reading, writing

CARD = Subject(SubjectKind.CARD, "100")
START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(START)


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    is_sqlite = request.param == "SQLite"
    url = new_database(tmp_path / "audit.sqlite3") if is_sqlite else request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    yield engine
    engine.dispose()


def note(engine: Engine, clock: StoppedClock, *actions: Action, subject: Subject = CARD) -> None:
    for action in actions:
        with writing(engine) as session:
            Audit(session, clock).note("hanako", action, subject)
        clock.advance(timedelta(minutes=1))


def flaw(engine: Engine, clock: StoppedClock) -> int | None:
    with reading(engine) as session:
        return Audit(session, clock).first_flaw()


THREE = (Action.LINKS_LOOKED_UP, Action.LINK_CUT, Action.TEMPORARY_PASSWORD)


def test_an_entry_tells_who_what_to_what_and_when(engine: Engine, clock: StoppedClock) -> None:
    note(engine, clock, Action.LINK_CUT)
    with reading(engine) as session:
        [entry] = Audit(session, clock).list(Wanted(), limit=10)
    assert (entry.number, entry.at, entry.actor, entry.action) == (1, START, "hanako", "link_cut")
    assert entry.subject == CARD


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [3, 2, 1]),
        (Wanted(actor="hanako"), [3, 2, 1]),
        (Wanted(actor="jiro"), []),
        (Wanted(action="link_cut"), [2]),
        (Wanted(subject="100"), [3, 2, 1]),
        (Wanted(subject="10"), []),
        (Wanted(since=START + timedelta(minutes=1)), [3, 2]),
        (Wanted(until=START + timedelta(minutes=1)), [1]),
        (Wanted(before=3), [2, 1]),
    ],
)
def test_entries_are_filtered(
    clock: StoppedClock, tmp_path: Path, wanted: Wanted, numbers: list[int]
) -> None:
    engine = open_engine(new_database(tmp_path / "audit.sqlite3"))
    note(engine, clock, *THREE)
    with reading(engine) as session:
        found = Audit(session, clock).list(wanted, limit=10)
    assert [entry.number for entry in found] == numbers
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_audit SET actor = 'jiro'",
        "UPDATE staff_audit SET digest = digest WHERE number = 1",
        "DELETE FROM staff_audit",
        "DELETE FROM staff_audit WHERE number = 1",
        "UPDATE staff_audit_subjects SET subject = '200'",
    ],
)
def test_the_database_refuses_every_change(engine: Engine, clock: StoppedClock, statement: str) -> None:
    note(engine, clock, *THREE)
    with pytest.raises(DBAPIError), writing(engine) as session:
        session.execute(text("DELETE FROM staff_audit_subjects WHERE number = 3"))
        session.execute(text(statement))
    assert flaw(engine, clock) is None
    with reading(engine) as session:
        assert len(Audit(session, clock).list(Wanted(subject="100"), limit=10)) == 3


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE staff_audit SET actor = 'jiro' WHERE number = 2", 2),
        ("UPDATE staff_audit SET action = 'returned' WHERE number = 3", 3),
        ("UPDATE staff_audit_subjects SET subject = '200' WHERE number = 1", 1),
        ("DELETE FROM staff_audit WHERE number = 2", 2),
        ("DELETE FROM staff_audit WHERE number = 1", 1),
    ],
)
def test_a_change_made_past_the_triggers_is_found(
    clock: StoppedClock, tmp_path: Path, statement: str, number: int
) -> None:
    engine = open_engine(new_database(tmp_path / "audit.sqlite3"))
    note(engine, clock, *THREE)
    with writing(engine) as session:
        for name in ("staff_audit_no_update", "staff_audit_no_delete", "staff_audit_subjects_no_update"):
            session.execute(text(f"DROP TRIGGER {name}"))
        if "DELETE" in statement:
            session.execute(text("DELETE FROM staff_audit_subjects"))
        session.execute(text(statement))
    assert flaw(engine, clock) == number
    engine.dispose()


def test_what_an_entry_was_about_is_forgotten_and_the_entry_stays(
    engine: Engine, clock: StoppedClock
) -> None:
    note(engine, clock, *THREE)
    clock.advance(timedelta(days=30) - timedelta(minutes=2))
    with writing(engine) as session:
        Audit(session, clock).forget_subjects(timedelta(days=30))
    with reading(engine) as session:
        found = Audit(session, clock).list(Wanted(), limit=10)
    assert [entry.subject.value for entry in found] == ["100", "100", ""]
    assert {entry.subject.kind for entry in found} == {SubjectKind.CARD}
    assert flaw(engine, clock) is None


def test_an_act_that_is_undone_leaves_no_entry(engine: Engine, clock: StoppedClock) -> None:
    with pytest.raises(RuntimeError, match="undone"), writing(engine) as session:
        Audit(session, clock).note(SHELL, Action.ACCOUNT_ADDED)
        raise RuntimeError("undone")
    assert flaw(engine, clock) is None
    note(engine, clock, Action.LINK_CUT)
    assert flaw(engine, clock) is None


def test_many_at_once_write_one_chain(engine: Engine, clock: StoppedClock) -> None:
    def write() -> None:
        for _ in range(5):
            with writing(engine) as session:
                Audit(session, clock).note("hanako", Action.RETURNED)

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert flaw(engine, clock) is None
    with reading(engine) as session:
        assert len(Audit(session, clock).list(Wanted(), limit=100)) == 20
