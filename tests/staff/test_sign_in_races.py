"""Two at once: a code opens one session, failures are all counted. On both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from databases import new_database
from sqlalchemy import Engine

from bot.clock import StoppedClock
from bot.policies import load_policy
from bot.staff import StaffAccounts
from bot.staff.model import Opened, Refused, TooEarly
from bot.staff.sealing import Sealer
from bot.staff.sign_in import StaffSignIn
from bot.storage.engine import open_engine, writing

AT_ONCE = 4


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    is_sqlite = request.param == "SQLite"
    url = new_database(tmp_path / "races.sqlite3") if is_sqlite else request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))


@pytest.fixture
def sign_in(engine: Engine, clock: StoppedClock) -> StaffSignIn:
    return StaffSignIn(engine, load_policy("mito"), clock, Sealer("key", clock))


def add(engine: Engine, clock: StoppedClock) -> str:
    with writing(engine) as session:
        return StaffAccounts(session, clock).add("hanako", name="", roles=[])


def at_once(act: Callable[[int], object]) -> list[object]:
    """The same, from several threads; what each got."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(act, range(AT_ONCE)))


def opened(outcome: object) -> Opened:
    assert isinstance(outcome, Opened)
    return outcome


def test_one_code_opens_one_session(engine: Engine, clock: StoppedClock, sign_in: StaffSignIn) -> None:
    password = add(engine, clock)
    first = opened(sign_in.begin("hanako", password, ""))
    secret = sign_in.setup("hanako").secret
    opened(sign_in.finish_setup(first.token, "hanako", pyotp.TOTP(secret).at(clock.now()), ""))
    clock.advance(timedelta(seconds=30))
    code = pyotp.TOTP(secret).at(clock.now())
    tokens = [opened(sign_in.begin("hanako", password, "")).token for _ in range(AT_ONCE)]
    outcomes = at_once(lambda one: sign_in.code(tokens[one], "hanako", code, ""))
    assert sum(isinstance(outcome, Opened) for outcome in outcomes) == 1


def test_guesses_at_once_are_all_counted(engine: Engine, clock: StoppedClock, sign_in: StaffSignIn) -> None:
    add(engine, clock)
    outcomes = [
        *at_once(lambda _: sign_in.begin("hanako", "wrong", "")),
        *at_once(lambda _: sign_in.begin("hanako", "wrong", "")),
    ]
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 4
    assert sum(isinstance(outcome, TooEarly) for outcome in outcomes) == 4


def test_after_a_change_of_secret_key_codes_open_nothing_until_they_are_reset(
    engine: Engine, clock: StoppedClock, sign_in: StaffSignIn
) -> None:
    password = add(engine, clock)
    first = opened(sign_in.begin("hanako", password, ""))
    secret = sign_in.setup("hanako").secret
    opened(sign_in.finish_setup(first.token, "hanako", pyotp.TOTP(secret).at(clock.now()), ""))
    clock.advance(timedelta(seconds=30))
    changed = StaffSignIn(engine, load_policy("mito"), clock, Sealer("another key", clock))
    token = opened(changed.begin("hanako", password, "")).token
    assert isinstance(changed.code(token, "hanako", pyotp.TOTP(secret).at(clock.now()), ""), Refused)
    with writing(engine) as session:
        StaffAccounts(session, clock).reset_totp("hanako")
    opened(changed.begin("hanako", password, ""))
    assert changed.setup("hanako").secret != secret
