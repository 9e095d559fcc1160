"""A whole counter in a process of its own, to be killed: `counter_process.py DATABASE_URL LINE_URL START DIES_AT`.

Reads webhooks from standard input, a JSON list of events a line, and answers each with `stored` once its events are
safe. It kills itself at the point named by DIES_AT, as the kernel would: no cleaning up.
"""

import json
import os
import signal
import sys
import threading
from datetime import datetime
from typing import Any

from sqlalchemy import select
from way import Dialogue, Way

from bot import logs
from bot.clock import SystemClock
from bot.jobs.retention import Retention
from bot.jobs.workers import Workers
from bot.line.client import LineClient
from bot.storage.engine import open_engine, writing
from bot.storage.inbox import Inbox
from bot.storage.tables.messages import OutboxRow

DEADLY_WORD = "はい"


def die(*_args: object) -> Any:
    """At once, with everything that is not committed lost."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingDialogue(Dialogue):
    """Dies after the effects were performed and before the commit, when the deadly word is said."""

    def finish(self, event: Any, *more: Any) -> Any:
        """Effects are done, nothing is committed."""
        return die() if event.text == DEADLY_WORD else super().finish(event, *more)


def _die_before_sending_a_change(way: Way) -> None:
    """After the commit of a turn that changed something, before anything of it is sent."""
    run, begin, one_at_a_time = way.runner.run, way.sender._begin, threading.RLock()
    changes = select(OutboxRow.id).where(OutboxRow.state == "waiting", OutboxRow.reports_change)

    def run_and_die(chat_id: str) -> tuple[str, ...]:
        with one_at_a_time:
            woken = run(chat_id)
            return die() if way.one(lambda session: session.scalar(changes)) else woken

    def begin_in_turn(*what: Any) -> Any:
        with one_at_a_time:
            return begin(*what)

    way.runner.run = run_and_die  # type: ignore[method-assign]
    way.sender._begin = begin_in_turn  # type: ignore[method-assign]


def main(database_url: str, line_url: str, start: str, dies_at: str) -> None:
    """Serve until standard input ends."""
    logs.set_up()
    engine = open_engine(database_url)
    clock = SystemClock.starting_at(datetime.fromisoformat(start))
    with LineClient(access_token="token", base_url=line_url) as client:
        dialogue = DyingDialogue() if dies_at == "turn" else Dialogue()
        way = Way(engine, clock, client, dialogue)
        if dies_at == "committed":
            _die_before_sending_a_change(way)
        workers = Workers(way.runner, way.sender, Retention(engine, way.policy, clock), engine, clock)
        workers.start()
        for line in sys.stdin:
            events = json.loads(line)
            with writing(engine) as session:
                chats = Inbox(session, clock).store(events)
            if DEADLY_WORD in line and dies_at == "stored":
                die()
            sys.stdout.write("stored\n")
            sys.stdout.flush()
            workers.wake(chats)
        workers.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
