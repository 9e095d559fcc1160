"""A morning's notices in a large library: finding what is due, writing the messages, sending them."""

import json
import os
import resource
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine, event

from bench import pushing
from bench.servers import PROCESSES, settings
from bench.stage import Stage
from bot import logs, wiring
from bot.clock import Clock, SystemClock
from bot.jobs.notice_composing import NoticeComposer, NoticeParts
from bot.policies import load_policy
from bot.storage.engine import open_engine

DATABASE = "telling"

_DUE = """UPDATE loans SET due_on = checked_out_on + 10 + %(days)s
    WHERE card_number IN (SELECT 'c' || (n * %(every)s) FROM generate_series(1, %(due)s) n)"""
_ASKED = """UPDATE line_users SET settings = '{"notices": {"due": true}}'
    WHERE line_user_id IN (SELECT 'U' || lpad(to_hex(n * %(every)s), 32, '0') FROM generate_series(1, %(due)s) n)"""
_FREEZE = (
    # What the composer writes, for all that are left at once: the same message to each.
    """INSERT INTO notice_messages (channel, recipient, messages, retry_key, urgent, state, attempts,
                                    next_attempt_at, created_at, reason, request_id)
       SELECT 'line', l.line_user_id, m.messages, gen_random_uuid()::text, false, 'waiting', 0,
              now() - interval '1 day', now(), '', ''
       FROM notices n JOIN links l USING (card_number),
            (SELECT messages FROM notice_messages WHERE state = 'waiting' ORDER BY id LIMIT 1) m
       WHERE n.state = 'waiting'""",
    """INSERT INTO notice_message_items (message_id, notice_id)
       SELECT m.id, n.id FROM notices n JOIN links l USING (card_number)
       JOIN notice_messages m ON m.recipient = l.line_user_id WHERE n.state = 'waiting'""",
    "UPDATE notices SET state = 'sending' WHERE state = 'waiting'",
    "VACUUM ANALYZE",
)
_LEFT = "SELECT state, count(*) FROM notices GROUP BY state"


def notices(stage: Stage, *, loans: int, due: int, composed: int, bare: int) -> dict[str, object]:
    """So many due of so many loans: planned here, some composed here, all sent by processes, beside a bare loop."""
    url = stage.library(DATABASE, loans)
    policy, shift = load_policy("mito"), pushing.by_day()
    clock = SystemClock(policy.zone, shift)
    days = policy.notices.due_reminder_days_before
    for statement in (_DUE, _ASKED):
        every = {"days": str(days), "every": str(loans // due), "due": str(due)}
        stage.postgres.run(_filled(statement, every), DATABASE)
    stage.postgres.run("VACUUM ANALYZE", DATABASE)
    with Path(os.devnull).open("w") as nowhere:
        logs.set_up(nowhere)
        engine = open_engine(url)
        planned, written = _plan(engine, clock, due), _compose(engine, clock, composed)
        engine.dispose()
    for statement in _FREEZE:
        stage.postgres.run(statement, DATABASE)
    sent = _send(stage, url, shift, due=due, bare=bare)
    stage.postgres.run(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    return {"loans": loans, "due": due, "planning": planned, "composing": written, "sending": sent}


def _filled(statement: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        statement = statement.replace(f"%({name})s", value)
    return statement


def _plan(engine: Engine, clock: Clock, due: int) -> dict[str, object]:
    queries = 0

    def count(*_: Any) -> None:
        nonlocal queries
        queries += 1

    event.listen(engine, "before_cursor_execute", count)
    planner = wiring.notice_planner(engine, load_policy("mito"), clock)
    before, began, cpu = _peak_mb(), perf_counter(), process_time()
    raised = planner.plan_day().total()
    seconds, cpu = perf_counter() - began, process_time() - cpu
    event.remove(engine, "before_cursor_execute", count)
    if raised != due:
        raise RuntimeError(f"{raised} notices were raised, not {due}")
    return {
        "seconds": round(seconds, 1),
        "own_cpu_seconds": round(cpu, 1),
        "queries": queries,
        "more_memory_mb": round(_peak_mb() - before, 1),
    }


def _compose(engine: Engine, clock: Clock, most: int) -> dict[str, object]:
    parts = NoticeParts(
        load_policy("mito"),
        clock,
        lambda session: wiring.open_notice_reader(session, clock),
        "https://counter.example.jp",
        sends_letters=False,
    )
    composer = NoticeComposer(engine, parts)
    began = perf_counter()
    count = composer.compose(most)
    return {"notices": count, "each_ms": round((perf_counter() - began) / count * 1000, 2)}


def _send(stage: Stage, url: str, shift: timedelta, *, due: int, bare: int) -> dict[str, object]:
    line_port = stage.outside.line_port
    [[messages]] = stage.postgres.run("SELECT messages FROM notice_messages LIMIT 1", DATABASE)
    slow = pushing.side_by_side(
        pushing.bare, PROCESSES, line_port=line_port, messages=json.dumps(messages), count=bare
    )
    found = pushing.side_by_side(
        pushing.notices,
        PROCESSES,
        environment=settings(url, "", line_port),
        shift=shift,
        marks=[due // 10 // PROCESSES],
    )
    left = {str(state): count for state, count in stage.postgres.run(_LEFT, DATABASE)}
    ours, theirs = pushing.rate(found), pushing.rate(slow)
    return {
        "processes": PROCESSES,
        "a_second": round(ours, 1),
        "bare_loop_a_second": round(theirs, 1),
        "to_bare_loop": round(ours / theirs, 2),
        "states": left,
        "memory_mb": {str(number): dict(one.memory) for number, one in enumerate(found)},
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
