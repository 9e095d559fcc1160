"""Everything dies at random moments while patrons write; then every message and every change is counted.

Long and with its counts printed: `make chaos`, that is CHAOS_ROUNDS=… pytest -s on this file.
"""

import json
import os
import threading
from collections import Counter
from pathlib import Path
from time import sleep

import pytest
from chaos_patrons import Patrons
from chaos_world import CHANCE, World, until, world
from line_stand_in import LineStandIn
from servers import RedisServer

pytestmark = [pytest.mark.process, pytest.mark.postgres, pytest.mark.redis]

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "1"))
"""In each, everything that can happen happens once, in an order of its own."""
GROUP = 1 if ROUNDS == 1 else 4
"""Patrons of each kind who begin to write with each disaster."""

_UNDER_WAY = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')"
_UNHANDLED = "SELECT count(*) FROM inbox WHERE state <> 'handled'"
_RENEWALS = "SELECT card_number, count(*) FROM loan_history GROUP BY card_number"


@pytest.mark.timeout(0 if ROUNDS > 1 else 240)
def test_whatever_dies_nothing_is_lost_and_nothing_is_done_twice(
    line: LineStandIn, redis_server: RedisServer, tmp_path: Path
) -> None:
    with world(line, redis_server, tmp_path, patrons=ROUNDS * 6 * 3 * GROUP + 10) as everything:
        patrons = Patrons(everything.port, line)
        happened = live_through(everything, patrons)
        until(lambda: everything.rows(_UNHANDLED) == [(0,)], "all events are handled")
        until(lambda: everything.rows(_UNDER_WAY) == [(0,)], "all answers are sent or given up")
        count(everything, patrons, happened)


def live_through(everything: World, patrons: Patrons) -> Counter[str]:
    """Let everything happen while patrons write; returns what did, and how often."""
    happened: Counter[str] = Counter()
    threads: list[threading.Thread] = []
    number = 0
    for _ in range(ROUNDS):
        for disaster in CHANCE.sample(everything.disasters(), 6):
            for write in (patrons.renews, patrons.types_fast, patrons.is_delivered_often) * GROUP:
                number += 1
                threads.append(threading.Thread(target=write, args=(number,)))
                threads[-1].start()
            sleep(CHANCE.uniform(0, 1.5))
            disaster()
            happened[disaster.__name__] += 1
    for thread in threads:
        thread.join()
    return happened


def count(everything: World, patrons: Patrons, happened: Counter[str]) -> None:
    """Every message and every change."""
    stored = {event_id for (event_id,) in everything.rows("SELECT webhook_event_id FROM inbox")}
    renewals = {str(card): times for card, times in everything.rows(_RENEWALS)}
    confirmed = {f"c{patron}" for patron in patrons.confirmed}
    fates = dict(everything.rows("SELECT state, count(*) FROM outbox GROUP BY state"))
    told = {
        "happened": dict(happened),
        "deliveries": patrons.deliveries,
        "events accepted": len(patrons.accepted),
        "events given up by LINE": len(patrons.lost),
        "renewals confirmed / done": [len(confirmed), sum(renewals.values())],
        "replies / pushes": [len(patrons.line.replies), len(patrons.line.pushes)],
        "fates of answers": fates,
        "answers out of order": patrons.disordered(),
    }
    print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201  # `make chaos` shows it.
    assert {said.event_id for said in patrons.accepted} <= stored
    assert everything.rows("SELECT count(*) FROM inbox WHERE state = 'failed'") == [(0,)]
    assert all(renewals.get(card) == 1 for card in confirmed)
    assert set(renewals.values()) <= {1}
    assert max(Counter(token for token, _ in patrons.line.replies).values()) == 1
    assert patrons.too_much(range(1, ROUNDS * 6 * 3 * GROUP + 1)) == []
    assert patrons.disordered() == 0
