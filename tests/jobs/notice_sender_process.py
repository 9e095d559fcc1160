"""A sender of notices in a process of its own, to be killed: `notice_sender_process.py DATABASE_URL LINE_URL AHEAD`.

Its clock is AHEAD seconds fast, so that nobody waits for the limit of attempts that another one was killed over. Says
`sending` before it begins; sends until nothing is under way any more, then ends by itself.
"""

import sys
import time
from datetime import timedelta

from sqlalchemy import Engine

from bot import logs
from bot.clock import SystemClock
from bot.jobs.notice_sending import NoticeSender
from bot.line.client import LineClient
from bot.storage.engine import open_engine, reading
from bot.storage.notice_messages import NoticeMessages


def main(database_url: str, line_url: str, ahead: str) -> None:
    """Send all there is, also what another one was killed over."""
    logs.set_up()
    engine, clock = open_engine(database_url), SystemClock(shift=timedelta(seconds=float(ahead)))
    with LineClient(access_token="token", base_url=line_url) as line:
        sender = NoticeSender(engine, line, clock)
        sys.stdout.write("sending\n")
        sys.stdout.flush()
        while _is_any_under_way(engine, clock):
            if not sender.send_due():
                time.sleep(0.05)
        sender.close()
    engine.dispose()


def _is_any_under_way(engine: Engine, clock: SystemClock) -> bool:
    with reading(engine) as session:
        return NoticeMessages(session, clock).under_way() > 0


if __name__ == "__main__":
    main(*sys.argv[1:])
