"""The same turns at libraries of growing size: queries, buffers and time of each."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, event

from bench.conversation import MIX, message
from bench.stage import Stage
from bench.webhooks import line_user_id, text_event
from bot import logs, wiring
from bot.clock import SystemClock
from bot.intents import load_parser
from bot.jobs.sender import Sender
from bot.jobs.turns import TurnRunner
from bot.line.api import Delivery, Message, SendResult
from bot.policies import load_policy
from bot.storage.engine import open_engine


class _TakesAll:
    """LINE, for whom this bench has no use."""

    def reply(self, reply_token: str, messages: Sequence[Message]) -> SendResult:
        return SendResult(Delivery.ACCEPTED, 200)

    def push(self, line_user_id: str, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        return SendResult(Delivery.ACCEPTED, 200)

    def issue_link_token(self, line_user_id: str) -> str:
        return "token"

    def is_friend(self, line_user_id: str) -> bool:
        return True


def growth(stage: Stage, *, sizes: Sequence[int], patrons: int) -> dict[str, object]:
    """The mix, by so many patrons, in libraries of these sizes: stored, handled and sent in this process."""
    with Path(os.devnull).open("w") as nowhere:
        logs.set_up(nowhere)
        found = {str(size): _at(stage, size, patrons) for size in sizes}
    first, last = found[str(sizes[0])], found[str(sizes[-1])]
    ratios = {
        name: round(last[name] / first[name], 2)
        for name in ("queries_each", "buffers_each", "ms_each", "ms_median")
    }
    return {"turns_each": patrons * len(MIX), "sizes": found, "largest_to_smallest": ratios}


def _at(stage: Stage, size: int, patrons: int) -> Mapping[str, float]:
    name = f"growing_{size}"
    engine = open_engine(stage.library(name, size))
    turn = _Turns(engine)
    # The patrons stand all over the record; the last one says it once before, so that all is warm.
    chosen = [1 + place * (size - 1) // patrons for place in range(patrons)]
    for number in range(len(MIX)):
        turn.take(size, number)
    stage.postgres.run("SELECT pg_stat_statements_reset()", name)
    turn.queries.clear()
    times = [turn.take(patron, number) for patron in chosen for number in range(len(MIX))]
    [[buffers]] = stage.postgres.run(
        "SELECT sum(shared_blks_hit + shared_blks_read) FROM pg_stat_statements s"
        f" JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '{name}'",
        name,
    )
    engine.dispose()
    stage.postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
    return {
        "queries_each": round(turn.queries.total() / len(times), 2),
        "buffers_each": round(float(str(buffers)) / len(times), 1),
        "ms_each": round(sum(times) / len(times) * 1000, 2),
        "ms_median": round(median(times) * 1000, 2),
    }


class _Turns:
    """The way of a message without HTTP."""

    def __init__(self, engine: Engine) -> None:
        policy = load_policy("mito")
        clock = SystemClock.starting_at(datetime.now(UTC), policy.zone)
        self._store = wiring.inbox_store(engine, clock)
        self._runner = TurnRunner(
            engine=engine,
            dialogue=wiring.build_dialogue(load_parser()),
            policy=policy,
            clock=clock,
            open_library=lambda session: wiring.open_library(session, policy, clock),
        )
        self._sender = Sender(engine, _TakesAll(), clock, "https://counter.example.jp")
        self.queries: Counter[str] = Counter()

        @event.listens_for(engine, "before_cursor_execute")
        def _count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            self.queries[statement] += 1

    def take(self, patron: int, number: int) -> float:
        """One turn, from storing to sent; returns its seconds."""
        began = perf_counter()
        chat_id = line_user_id(patron)
        self._store([text_event(patron, message(patron, number))])
        self._runner.run(chat_id)
        self._sender.send(chat_id)
        return perf_counter() - began
