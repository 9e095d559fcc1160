"""The engine: writers on SQLite wait for each other; instants keep their zone."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from bot.storage.base import UtcDateTime
from bot.storage.engine import open_engine, reading, writing

metadata = MetaData()
counters = Table("counters", metadata, Column("id", Integer, primary_key=True), Column("value", Integer))
instants = Table("instants", metadata, Column("id", Integer, primary_key=True), Column("at", UtcDateTime))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'er' / 'test.sqlite3'}"


def test_a_sqlite_files_folder_is_made(url: str, tmp_path: Path) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    assert (tmp_path / "deep" / "er" / "test.sqlite3").exists()


def test_a_new_sqlite_file_and_its_log_are_their_owners_alone(url: str, tmp_path: Path) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    with writing(engine) as session:
        session.execute(insert(counters).values(id=1, value=0))
        modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "deep" / "er").iterdir()}
    engine.dispose()
    assert modes == {0o600}


def test_sqlite_keeps_a_write_ahead_log_and_foreign_keys(url: str) -> None:
    engine = open_engine(url)
    with reading(engine) as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA synchronous")) == 2
    engine.dispose()


def test_two_writers_who_read_first_lose_no_count(url: str) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    with writing(engine) as session:
        session.execute(insert(counters).values(id=1, value=0))
    together = threading.Barrier(4)

    def count() -> None:
        together.wait()
        for _ in range(10):
            with writing(engine) as session:
                value = session.scalar(select(counters.c.value))
                session.execute(update(counters).values(value=value + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert session.scalar(select(counters.c.value)) == 40
    engine.dispose()


def test_a_failed_transaction_leaves_nothing(url: str) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.execute(insert(counters).values(id=1, value=1))
        session.execute(insert(counters).values(id=1, value=2))
    with reading(engine) as session:
        assert session.scalar(select(counters.c.value)) is None
    engine.dispose()


def test_an_instant_comes_back_aware_and_in_utc(url: str) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    noon_in_japan = datetime(2026, 12, 1, 12, tzinfo=timezone(timedelta(hours=9)))
    with writing(engine) as session:
        session.execute(insert(instants).values(id=1, at=noon_in_japan))
    with reading(engine) as session:
        found = session.scalar(select(instants.c.at))
    assert found == noon_in_japan
    assert found is not None
    assert found.tzinfo == UTC
    engine.dispose()


def test_an_instant_without_a_zone_is_refused(url: str) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    with pytest.raises(StatementError, match="without a zone"), writing(engine) as session:
        session.execute(insert(instants).values(id=1, at=datetime(2026, 12, 1)))  # noqa: DTZ001
    engine.dispose()


def test_what_was_written_stands_in_no_error(url: str) -> None:
    engine = open_engine(url)
    metadata.create_all(engine)
    with pytest.raises(IntegrityError) as error, writing(engine) as session:
        session.execute(insert(counters).values(id=1, value=424242))
        session.execute(insert(counters).values(id=1, value=424242))
    assert "424242" not in str(error.value)
    engine.dispose()
