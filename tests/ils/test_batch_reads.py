"""Reads of many titles cost as many queries as reads of one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from bot.clock import StoppedClock
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import LibraryReader
from bot.policies import load_policy
from bot.storage.base import Base
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.library import CopyRow, PatronRow, TitleRow

CARD = "1000000001"
TITLES = [f"t{number}" for number in range(20)]

Read = Callable[[LibraryReader, list[str]], object]


@pytest.fixture
def engine(tmp_path: object) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/batch.sqlite3")
    Base.metadata.create_all(engine)
    with writing(engine) as session:
        session.add(PatronRow(card_number=CARD, name="水戸 花子"))
        session.add_all(TitleRow(title_id=title_id, title=title_id, material="book") for title_id in TITLES)
        session.flush()
        session.add_all(
            CopyRow(barcode=f"b-{one}", title_id=one, branch="chuo", use="loan") for one in TITLES
        )
    yield engine
    engine.dispose()


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    yield seen
    event.remove(engine, "before_cursor_execute", see)


def _queries(engine: Engine, read: Read, title_ids: list[str]) -> int:
    policy = load_policy("mito")
    with reading(engine) as session, _counted(engine) as seen:
        read(EmbeddedLibrary(session, policy, StoppedClock(datetime(2026, 12, 1, tzinfo=UTC))), title_ids)
    return len(seen)


@pytest.mark.parametrize(
    "read",
    [
        lambda library, title_ids: library.reservation_facts_of(CARD, title_ids),
        lambda library, title_ids: library.title_facts_of(title_ids),
    ],
    ids=["with a card", "without a card"],
)
def test_many_titles_cost_no_more_queries_than_one(engine: Engine, read: Read) -> None:
    assert _queries(engine, read, TITLES) == _queries(engine, read, TITLES[:1])
