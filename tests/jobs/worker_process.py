"""One of many workers, to be killed: `worker_process.py DATABASE_URL REDIS_URL LINE_URL START LEASE_SECONDS DIES_AT`.

Says `working` once it is, stops when standard input ends, and kills itself in the middle of a turn on the word
DIES_AT, as the kernel would.
"""

import os
import signal
import sys
from datetime import datetime, timedelta
from typing import Any

from way import Dialogue, Way

from bot import logs
from bot.clock import SystemClock
from bot.jobs.queue import WORKER_SECONDS, open_broker
from bot.jobs.retention import Retention
from bot.jobs.spread import SpreadWorkers
from bot.line.client import LineClient
from bot.storage.engine import open_engine


class DyingDialogue(Dialogue):
    """Dies after the effects were performed and before the commit, when the deadly word is said."""

    def __init__(self, deadly_word: str) -> None:
        super().__init__()
        self._deadly_word = deadly_word

    def finish(self, event: Any, *more: Any) -> Any:
        """Effects are done, nothing is committed."""
        if event.text == self._deadly_word:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().finish(event, *more)


def main(
    database_url: str, redis_url: str, line_url: str, start: str, lease_seconds: str, dies_at: str
) -> None:
    """Work until standard input ends."""
    logs.set_up()
    engine = open_engine(database_url)
    clock = SystemClock.starting_at(datetime.fromisoformat(start))
    with LineClient(access_token="token", base_url=line_url) as client:
        lease = timedelta(seconds=float(lease_seconds))
        way = Way(engine, clock, client, DyingDialogue(dies_at), lease=lease)
        retention = Retention(engine, way.policy, clock)
        broker = open_broker(redis_url, WORKER_SECONDS)
        workers = SpreadWorkers(way.runner, way.sender, retention, engine, broker, clock, threads=4)
        workers.start()
        sys.stdout.write("working\n")
        sys.stdout.flush()
        sys.stdin.read()
        workers.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
