"""How many calls all processes together may make: buckets of tokens that refill, in Redis or in the database.

The time is that of the server which keeps the bucket, so that machines whose clocks differ keep one pace.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol, TypeAlias

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from sqlalchemy import Engine, text

from bot.storage.engine import writing
from bot.storage.tables.service import SharedValueRow
from bot.storage.upsert import insert_into

FIRST_PAUSE: Final = 2.0
LONGEST_PAUSE: Final = 60.0
"""Seconds in which nobody calls after LINE said that it was too much: doubled each time it says so again."""
CALM: Final = 120.0
"""Seconds after a pause from which on the next refusal counts as a first one."""

_KEPT_SECONDS: Final = 3600
_NOW: Final = {
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second, and so many at once after a while without any."""

    name: str
    per_second: float
    at_once: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a rate. Times are seconds by the clock of who keeps it."""

    left: float
    at: float
    shut_until: float = 0.0
    refusals: int = 0
    """In a row."""


def take(bucket: Bucket | None, rate: Rate, now: float, wanted: int) -> tuple[Bucket, int]:
    """Take as many of `wanted` as there are. Nothing while it is shut."""
    if bucket is None:
        bucket = Bucket(rate.at_once, now)
    if now < bucket.shut_until:
        return bucket, 0
    passed = max(now - bucket.at, 0.0)
    left = min(bucket.left + passed * rate.per_second, rate.at_once)
    given = min(int(left), wanted)
    return replace(bucket, left=left - given, at=now), given


def shut(bucket: Bucket | None, now: float) -> Bucket:
    """LINE said that it was too much: nobody calls for a while. One that is shut already stays so."""
    if bucket is None:
        bucket = Bucket(0.0, now)
    if now < bucket.shut_until:
        return bucket
    refusals = bucket.refusals + 1 if now < bucket.shut_until + CALM else 1
    pause = min(FIRST_PAUSE * 2 ** min(refusals - 1, 16), LONGEST_PAUSE)
    return Bucket(0.0, now + pause, now + pause, refusals)


Change: TypeAlias = Callable[[Bucket | None, float], tuple[Bucket, int]]
"""From the bucket (None: there is none yet) and the time: the bucket as it is now, and how many were taken."""


class Buckets(Protocol):
    """Where buckets are kept."""

    def change(self, name: str, change: Change) -> int:
        """Change one, nobody else at the same time; how many were taken."""
        ...

    def close(self) -> None:
        """Let go of what was opened for them."""
        ...


class BucketsInDatabase:
    """One short transaction a change."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def change(self, name: str, change: Change) -> int:
        """Change one, nobody else at the same time; how many were taken."""
        with writing(self._engine) as session:
            new = {"name": name, "value": {}, "at": datetime.fromtimestamp(0, UTC)}
            session.execute(insert_into(session, SharedValueRow).values(**new).on_conflict_do_nothing())
            row = session.get_one(SharedValueRow, name, with_for_update=True)
            now = float(session.scalar(_NOW[self._engine.dialect.name]) or 0)
            bucket, given = change(Bucket(**row.value) if row.value else None, now)
            row.value, row.at = asdict(bucket), datetime.fromtimestamp(now, UTC)
        return given

    def close(self) -> None:
        """The engine is others'."""


class BucketsInRedis:
    """One round or two a change; while Redis is away, `otherwise` keeps them."""

    def __init__(self, client: Redis, otherwise: Buckets) -> None:
        self._client = client
        self._otherwise = otherwise

    def change(self, name: str, change: Change) -> int:
        """Change one, nobody else at the same time; how many were taken."""
        key, given = f"madoguchi:rate:{name}", 0

        def attempt(pipe: Pipeline) -> None:
            nonlocal given
            found = pipe.get(key)
            seconds, microseconds = pipe.time()
            known = Bucket(**json.loads(found)) if found else None
            bucket, given = change(known, int(seconds) + int(microseconds) / 1e6)
            pipe.multi()
            pipe.set(key, json.dumps(asdict(bucket)), ex=_KEPT_SECONDS)

        try:
            self._client.transaction(attempt, key)
        except RedisError:
            return self._otherwise.change(name, change)
        return given

    def close(self) -> None:
        """Close the connections to Redis."""
        self._client.close()
