"""`python -m bench`: measures, prints a table and writes JSON."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from bench import machine
from bench.accepting import accepting
from bench.growth import growth
from bench.notices import notices
from bench.outside import outside
from bench.report import table
from bench.servers import POSTGRES_SETTINGS, PROCESSES, THREADS, postgres, redis
from bench.stage import ALONE, SPREAD, Stage
from bench.turning import burst, memory, turns

Measurement = Callable[..., dict[str, object]]

MEASUREMENTS: Mapping[str, tuple[Measurement, dict[str, Any], dict[str, Any]]] = {
    "accepting": (
        accepting,
        {"rounds": 5, "seconds": 6.0, "connections": 32},
        {"rounds": 1, "seconds": 1.0, "connections": 8},
    ),
    "turns": (
        turns,
        {"rate": 25.0, "seconds": 60.0, "most": 4000, "at_once": 48},
        {"rate": 10.0, "seconds": 2.0, "most": 60, "at_once": 8},
    ),
    "burst": (
        burst,
        {"patrons": 200_000, "webhooks": 100, "events": 10},
        {"patrons": 1_000, "webhooks": 10, "events": 4},
    ),
    "growth": (
        growth,
        {"sizes": (1_000, 100_000, 1_000_000), "patrons": 15},
        {"sizes": (500, 1_000), "patrons": 2},
    ),
    "notices": (
        notices,
        {"loans": 1_000_000, "due": 100_000, "composed": 5_000, "bare": 10_000},
        {"loans": 2_000, "due": 500, "composed": 100, "bare": 100},
    ),
    "memory": (
        memory,
        {"first": 10_000, "last": 100_000, "at_once": 32},
        {"first": 30, "last": 60, "at_once": 4},
    ),
}
"""Name, and what it is given: in full, and quickly."""


def main() -> None:
    """Measure what was asked for."""
    arguments = _arguments()
    began, described = monotonic(), machine.describe()
    others_before = machine.others_cpu_seconds(os.getpid())
    results: dict[str, Any] = {}
    with ExitStack() as running:
        cluster = running.enter_context(postgres())
        redis_pid, redis_url = running.enter_context(redis())
        stage = Stage(cluster, redis_pid, redis_url, running.enter_context(outside()), arguments.form)
        for name in arguments.only or MEASUREMENTS:
            measure, full, quick = MEASUREMENTS[name]
            _say(f"{name} ...")
            results[name] = measure(stage, **(quick if arguments.quick else full))
    seconds = monotonic() - began
    beside = (machine.others_cpu_seconds(os.getpid()) - others_before) / seconds
    described |= {"cores_used_by_others_meanwhile": round(beside, 2), "load_after": os.getloadavg()[0]}
    report = {
        "command": " ".join(["python -m bench", *sys.argv[1:]]),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "machine": described,
        "servers": {
            "postgresql": list(POSTGRES_SETTINGS),
            "web": f"gunicorn, {PROCESSES} processes x {THREADS} threads"
            if arguments.form == SPREAD
            else "1 process",
        },
        "results": results,
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.write(table({"machine": described, **results}) + f"\n\nall figures: {arguments.json}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny loads: only whether it runs")
    parser.add_argument(
        "--only", nargs="+", choices=list(MEASUREMENTS), metavar="NAME", help=", ".join(MEASUREMENTS)
    )
    parser.add_argument(
        "--form",
        choices=(SPREAD, ALONE),
        default=SPREAD,
        help="web and worker over Redis, or all in one process",
    )
    parser.add_argument(
        "--json", type=Path, default=Path("artifacts/bench.json"), help="where the figures go"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
