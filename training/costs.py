"""What a parse costs: time beside Sudachi's own, memory beside Sudachi's own, and the start."""

import json
import subprocess  # Each figure needs a process of its own.
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import sudachipy  # type: ignore[import-untyped]  # It ships stubs without a py.typed marker.

from bot.intents import Parser
from training.messages import Row

_RUNS: Final = 3
_MEMORY: Final = "import re; print(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read())[1])"
_SUDACHI_ALONE: Final = (
    "import json, sys, sudachipy\n"
    "handle = sudachipy.Dictionary(dict='core').tokenizer(sudachipy.SplitMode.C)\n"
    "for say in json.load(sys.stdin): [m.normalized_form() for m in handle.tokenize(say)]\n"
)
_PARSER: Final = (
    "import json, sys\n"
    "from datetime import date\n"
    "from bot.intents import load_parser\n"
    "parser = load_parser()\n"
    "for say in json.load(sys.stdin): parser.parse(say, today=date(2026, 11, 24))\n"
)
_START: Final = (
    "import time; began = time.perf_counter()\n"
    "from datetime import date\n"
    "from bot.intents import load_parser\n"
    "load_parser().parse('延長して', today=date(2026, 11, 24))\n"
    "print(time.perf_counter() - began)"
)


@dataclass(frozen=True)
class Costs:
    """Of one core."""

    parse_seconds: float
    """Mean of a message."""
    sudachi_seconds: float
    memory_mb: float
    """Of a process with the parser, above one with SudachiPy and its dictionary, after the same messages."""
    start_seconds: float
    """From import to the first answer; the best of some runs."""

    @property
    def times_sudachi(self) -> float:
        return self.parse_seconds / self.sudachi_seconds


def measure(parser: Parser, rows: Sequence[Row]) -> Costs:
    """Measure on these messages."""
    handle = sudachipy.Dictionary(dict="core").tokenizer(sudachipy.SplitMode.C)
    says = json.dumps([row.say for row in rows])
    pairs = [
        (
            _seconds(lambda: [parser.parse(row.say, today=row.today) for row in rows]),
            _seconds(lambda: [[m.surface() for m in handle.tokenize(row.say)] for row in rows]),
        )
        for _ in range(_RUNS)
    ]
    parse, sudachi = min(pairs, key=lambda pair: pair[0])
    memory = float(_run(_PARSER + _MEMORY, says)) - float(_run(_SUDACHI_ALONE + _MEMORY, says))
    start = min(float(_run(_START)) for _ in range(_RUNS))
    return Costs(parse / len(rows), sudachi / len(rows), memory / 1024, start)


def _seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def _run(code: str, given: str = "") -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()
