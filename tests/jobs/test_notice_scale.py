"""Many notices: senders that are killed at random moments, and what LINE's 429 has all of them do.

Ten thousand with as many kills as you like: `make chaos`, that is CHAOS_NOTICES=… pytest -s on this file.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import pytest
from line_stand_in import LineStandIn
from sqlalchemy import Engine, insert, select

from bot.clock import SystemClock
from bot.jobs.notice_sending import NoticeSender
from bot.jobs.pace import PUSHES, SharedPace
from bot.line.client import LineClient
from bot.notices.model import NewNotice
from bot.rules.notice_kinds import NoticeKind
from bot.storage.engine import open_engine, reading, writing
from bot.storage.notice_messages import ATTEMPT_LIMIT, NoticeMessages
from bot.storage.notices import Notices
from bot.storage.rate_limits import Bucket, Change
from bot.storage.tables.accounts import LineUserRow
from bot.storage.tables.notices import NoticeRow

NOTICES = int(os.environ.get("CHAOS_NOTICES", "150"))
KILLS = max(NOTICES // 500, 2)
PATIENCE_SECONDS = 60.0 if NOTICES < 1000 else 3600.0
FAULTS = ("500", "500 accepted", "lost", "429")


def frozen(engine: Engine, count: int, *, urgent: bool = False) -> None:
    """So many notices to as many LINE users, each composed into a message."""
    clock = SystemClock()
    now, today = clock.now(), clock.today()
    who = [f"U{number}" for number in range(count)]
    with writing(engine) as session:
        people = [{"line_user_id": one, "followed_at": now, "settings": {}} for one in who]
        session.execute(insert(LineUserRow), people)
        notices = Notices(session, clock)
        notices.add(
            NewNotice(NoticeKind.DUE_SOON, f"C{number}", f"L{number}", today, now) for number in range(count)
        )
        known = session.scalars(select(NoticeRow.id).order_by(NoticeRow.id)).all()
        notices.under_way(known, 0)
        text = [{"type": "text", "text": "返却期限が近づいています。"}]
        NoticeMessages(session, clock).add_pushes(
            (one, text, urgent, [notice_id]) for one, notice_id in zip(who, known, strict=True)
        )


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for it."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        assert monotonic() < deadline, f"it did not happen in time: {what}"
        sleep(0.005)


def start(url: str, line: LineStandIn, ahead: float) -> "subprocess.Popen[str]":
    """A sender, which is at it already."""
    program = str(Path(__file__).with_name("notice_sender_process.py"))
    process = subprocess.Popen(
        [sys.executable, program, url, line.url, str(ahead)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.process
@pytest.mark.postgres
@pytest.mark.timeout(PATIENCE_SECONDS * 2)
def test_whenever_senders_are_killed_each_notice_is_received_once(
    line: LineStandIn, postgres_url: str
) -> None:
    engine = open_engine(postgres_url)
    frozen(engine, NOTICES)
    chance = random.SystemRandom()
    moments = sorted(chance.sample(range(1, NOTICES - 1), KILLS))
    for number, moment in enumerate(moments):
        with start(postgres_url, line, number * ATTEMPT_LIMIT.total_seconds()) as sender:
            until(lambda moment=moment: len(line.pushes) >= moment, "it sends")  # type: ignore[misc]
            line.faults.append(chance.choice(FAULTS))
            sender.kill()
    with start(postgres_url, line, KILLS * ATTEMPT_LIMIT.total_seconds()) as last:
        assert last.wait(PATIENCE_SECONDS) == 0
    with reading(engine) as session:
        states = Notices(session, SystemClock()).states()
    engine.dispose()
    calls = sum(path.endswith("/push") for path, *_ in line.bodies)
    counts = {"notices": NOTICES, "kills": KILLS, "calls": calls, "received": len(line.pushes)}
    print(json.dumps(counts))  # noqa: T201  # `make chaos` shows it.
    assert Counter(who for who, _ in line.pushes) == Counter(f"U{number}" for number in range(NOTICES))
    assert states == {"told": NOTICES}


@dataclass
class StillBuckets:
    """Buckets for which no time passes."""

    kept: dict[str, Bucket] = field(default_factory=dict)

    def change(self, name: str, change: Change) -> int:
        self.kept[name], given = change(self.kept.get(name), 1000.0)
        return given

    def close(self) -> None:
        """There is nothing open."""


@contextmanager
def sender_of(engine: Engine, line: LineStandIn, buckets: StillBuckets) -> Iterator[NoticeSender]:
    """One of several processes that keep a rate together."""
    with LineClient(access_token="token", base_url=line.url) as client:
        pace = SharedPace(buckets, PUSHES, wait=lambda _: None, monotonic=lambda: 0.0)
        sender = NoticeSender(engine, client, SystemClock(), threads=1, pace=pace)
        try:
            yield sender
        finally:
            sender.close()


def test_what_one_sender_hears_from_line_stops_the_others_and_the_rest_of_its_batch(
    line: LineStandIn, engine: Engine
) -> None:
    frozen(engine, 5)
    line.faults.extend(["429"] * 5)
    buckets = StillBuckets()
    with sender_of(engine, line, buckets) as one, sender_of(engine, line, buckets) as another:
        assert one.send_some()
        assert len(line.bodies) == 1, "after the first refusal the rest of the batch is left for later"
        assert not another.send_some()
    assert line.pushes == []
    with reading(engine) as session:
        assert NoticeMessages(session, SystemClock()).under_way() == 5
