"""Rates that all processes keep together: what a bucket gives, and that nobody gets more by asking at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from servers import RedisServer
from sqlalchemy import Engine

from bot.jobs.pace import SharedPace
from bot.storage.base import Base
from bot.storage.engine import open_engine
from bot.storage.rate_limits import (
    LONGEST_PAUSE,
    Bucket,
    Buckets,
    BucketsInDatabase,
    BucketsInRedis,
    Rate,
    shut,
    take,
)
from bot.storage.tables.service import SharedValueRow

RATE = Rate("test", per_second=100, at_once=30)
NEVER = Rate("never", per_second=0, at_once=30)
"""Does not refill, so that counting needs no clock."""

TAKEN: list[tuple[Bucket | None, float, int, int]] = [
    # what is there, now, wanted, given
    (None, 1000.0, 100, 30),
    (None, 1000.0, 7, 7),
    (Bucket(0, 1000.0), 1000.0, 10, 0),
    (Bucket(0, 1000.0), 1000.1, 100, 10),
    (Bucket(25, 1000.0), 1000.1, 100, 30),
    (Bucket(0, 1000.0), 9999.0, 100, 30),
    (Bucket(5, 1000.0), 900.0, 100, 5),  # The clock went back.
    (Bucket(30, 1000.0, shut_until=1002.0), 1001.9, 10, 0),
    (Bucket(0, 1002.0, shut_until=1002.0), 1002.1, 100, 10),
]


@pytest.mark.parametrize(("bucket", "now", "wanted", "given"), TAKEN)
def test_a_bucket_gives_what_is_left_and_what_has_come_since(
    bucket: Bucket | None, now: float, wanted: int, given: int
) -> None:
    after, found = take(bucket, RATE, now, wanted)
    assert found == given
    assert take(after, RATE, now, 100)[1] + found <= RATE.at_once


def test_in_no_second_is_more_given_than_the_rate_and_what_may_go_at_once() -> None:
    bucket: Bucket | None = None
    given = []
    for step in range(400):
        bucket, count = take(bucket, RATE, 1000 + step / 100, 100)
        given.append(count)
    most = max(sum(given[start : start + 100]) for start in range(300))
    assert most <= RATE.per_second + RATE.at_once
    assert sum(given) >= 4 * RATE.per_second - 1


def test_each_refusal_in_a_row_shuts_it_for_longer_and_calm_makes_it_forget() -> None:
    bucket: Bucket | None = None
    now, pauses = 1000.0, []
    for _ in range(8):
        bucket = shut(bucket, now)
        assert shut(bucket, now + 0.5) == bucket, "the others who hear it meanwhile change nothing"
        pauses.append(bucket.shut_until - now)
        now = bucket.shut_until + 1
    assert pauses == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, LONGEST_PAUSE]
    assert bucket is not None
    assert shut(bucket, bucket.shut_until + 121).shut_until == bucket.shut_until + 121 + 2.0


@pytest.fixture(params=["SQLite", "PostgreSQL", "Redis", "no Redis"])
def buckets(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Buckets]:
    if request.param == "PostgreSQL":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'rates.sqlite3'}"
    engine = open_engine(url)
    Base.metadata.create_all(engine, [Base.metadata.tables[SharedValueRow.__tablename__]])
    try:
        yield _kept(request, engine)
    finally:
        engine.dispose()


def _kept(request: pytest.FixtureRequest, engine: Engine) -> Buckets:
    in_database = BucketsInDatabase(engine)
    if "Redis" not in request.param:
        return in_database
    server: RedisServer = request.getfixturevalue("redis_server")
    if request.param == "no Redis":
        server.kill()
        request.addfinalizer(server.start)
    return BucketsInRedis(server.client, in_database)


@pytest.mark.postgres
@pytest.mark.redis
def test_several_who_ask_at_once_get_no_more_than_there_is(buckets: Buckets) -> None:
    paces = [SharedPace(buckets, NEVER, wait=lambda _: None) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda pace: [pace.allow(3) for _ in range(4)], paces))
    assert sum(map(sum, found)) == 30
    assert paces[0].allow(1) == 0


@pytest.mark.postgres
@pytest.mark.redis
def test_what_one_hears_from_line_stops_all(buckets: Buckets) -> None:
    one, another = (SharedPace(buckets, NEVER, wait=lambda _: None, monotonic=lambda: 0.0) for _ in range(2))
    assert another.allow(5) == 5
    for _ in range(3):
        one.refused()
    assert one.is_shut()
    assert not another.is_shut()
    assert another.allow(5) == 0


def test_who_gets_nothing_waits_a_moment_for_what_comes() -> None:
    class Refilling:
        """Has something again the third time."""

        def __init__(self) -> None:
            self.asked = 0

        def change(self, name: str, change: Any) -> int:
            self.asked += 1
            return 4 if self.asked == 3 else 0

        def close(self) -> None:
            """There is nothing open."""

    waited: list[float] = []
    assert SharedPace(Refilling(), RATE, wait=waited.append).allow(10) == 4
    assert len(waited) == 2
