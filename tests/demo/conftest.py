"""The demo's libraries, imported once a library and day by the import that a real library uses."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest
from imported_demo import ImportedDemo, import_demo
from sqlalchemy.orm import Session

from bot.clock import JST, StoppedClock
from bot.storage.engine import reading

_ON_SHOW = [
    pytest.param(("mito", date(2026, 11, 24)), id="mito"),
    pytest.param(("mito", date(2024, 2, 29)), id="mito-leap-day"),
    pytest.param(("mito", date(2027, 1, 1)), id="mito-new-year"),
    pytest.param(("kyoto", date(2026, 11, 23)), id="kyoto-closed-monday"),
    pytest.param(("kyoto", date(2026, 12, 31)), id="kyoto-year-end"),
    pytest.param(("kyoto", date(2026, 8, 1)), id="kyoto-summer"),
]


@pytest.fixture(scope="session", params=_ON_SHOW)
def imported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ImportedDemo]:
    """The library of the parameter on its day, in the morning."""
    library, today = request.param
    demo = import_demo(library, _morning(today), tmp_path_factory.mktemp("demo"))
    yield demo
    demo.engine.dispose()


@pytest.fixture
def mito_in_summer(tmp_path: Path) -> Iterator[ImportedDemo]:
    """Mito in the season of the contest."""
    demo = import_demo("mito", _morning(date(2026, 7, 20)), tmp_path)
    yield demo
    demo.engine.dispose()


@pytest.fixture
def session(imported: ImportedDemo) -> Iterator[Session]:
    with reading(imported.engine) as session:
        yield session


def _morning(today: date) -> StoppedClock:
    return StoppedClock(datetime.combine(today, time(9), JST))
