"""Numbers for Prometheus, read from our own log lines as they are written, and from the database when asked.

So a number and the lines behind it never disagree, and nothing else need know of metrics. Labels are codes with few
values; nothing about anybody is among them.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Engine

from bot.clock import Clock
from bot.storage.depths import depths
from bot.storage.engine import reading

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own name for where the processes of one server put their numbers together."""
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_log = structlog.get_logger("bot.metrics")


@dataclass(frozen=True, slots=True)
class _Book:
    """The counters of this process."""

    registry: "CollectorRegistry"
    by_event: Mapping[str, Callable[[Mapping[str, Any]], None]]


_LINE_FAILED = "line failed"
_book: _Book | None = None


def begin(*, processes: int = 1) -> None:
    """Count from now on; called once, before the process forks. More than one process put their numbers together."""
    global _book  # Logging is global, and this reads it.
    if processes > 1:
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="madoguchi-metrics-")
    # Only now: the library looks at once whether processes share.
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    _book = _Book(registry, _counters(registry))


def end() -> None:
    """Remove what the processes shared."""
    folder = os.environ.pop(_FOLDER, "")
    if folder:
        rmtree(folder, ignore_errors=True)


def observe(entry: Mapping[str, Any]) -> None:
    """One of our log lines was written."""
    if _book is None:
        return
    event = str(entry.get("event"))
    count = _book.by_event.get(
        _LINE_FAILED if event.startswith("line.") and event.endswith("failed") else event
    )
    if count is not None:
        with suppress(KeyError, TypeError, ValueError):  # A line without that number counts nothing.
            count(entry)


def registry(engine: Engine, clock: Clock) -> "CollectorRegistry":
    """All numbers of this server, and the depths of inbox and outbox as they are when asked."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    if _book is None:
        begin()
    assert _book is not None  # noqa: S101  # It was begun just now.
    whole = CollectorRegistry()
    if os.environ.get(_FOLDER):
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    else:
        whole.register(_book.registry)
    whole.register(_Depths(engine, clock))
    return whole


def text(found: "CollectorRegistry") -> bytes:
    """In Prometheus' text format."""
    from prometheus_client import generate_latest

    return generate_latest(found)


def _counters(registry: "CollectorRegistry") -> dict[str, Callable[[Mapping[str, Any]], None]]:
    """What each kind of line counts."""
    from prometheus_client import Counter, Histogram

    def counter(name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"madoguchi_{name}", help_text, labels, registry=registry)

    def seconds(name: str, help_text: str, *labels: str) -> Histogram:
        return Histogram(f"madoguchi_{name}_seconds", help_text, labels, buckets=_BUCKETS, registry=registry)

    http = seconds("http", "Requests that were answered.", "rule", "status")
    events = counter("webhook_events", "Events that were stored.")
    unstored = counter("webhook_events_unstored", "Events that could not be stored.")
    unwoken = counter("wake_failures", "Times that Redis stopped to answer.")
    turns = seconds("turn", "Turns, from taking up the event to the end of its work.", "flow")
    broken = counter("turns_broken", "Turns that broke.", "for_good")
    parses = seconds("parse", "Messages that were read.", "intent")
    calls = seconds("line_send", "Attempts to send by LINE's API, by its answer's status.", "call", "status")
    failed = counter(
        "line_questions_failed", "Calls of LINE's API other than sending that failed.", "call", "status"
    )
    waits = seconds("reply", "From the receipt of an event until its answer was accepted by LINE.", "by")
    attempts = counter("attempts", "Attempts to send, and what came of them.", "by", "delivery")
    letters = counter("letters", "Attempts to send a letter by e-mail.", "delivery", "refusal")
    ended = counter("parcels_given_up", "Answers and notices that were not sent.", "reason")

    raised = counter("notices_raised", "Notices that were found for the first time.", "kind")
    told = counter("notices_told", "Notices in messages whose fate is known.", "kind", "channel", "state")

    def line_call(name: str) -> Callable[[Mapping[str, Any]], None]:
        return lambda e: calls.labels(name, str(e["status"])).observe(e["seconds"])

    def attempt(entry: Mapping[str, Any]) -> None:
        attempts.labels(entry["by"], entry["delivery"]).inc()
        if entry["delivery"] == "accepted" and entry.get("waited") is not None:
            waits.labels(entry["by"]).observe(entry["waited"])

    return {
        "http": lambda e: http.labels(e["rule"], str(e["status"])).observe(e["seconds"]),
        "webhook: events stored": lambda e: events.inc(e["events"]),
        "webhook: events could not be stored": lambda e: unstored.inc(e["events"]),
        "redis does not answer: the sweeper finds what waits": lambda _: unwoken.inc(),
        "turn": lambda e: turns.labels(e["said"]).observe(e["duration_ms"] / 1000),
        "turn broke": lambda e: broken.labels(str(e["for_good"]).lower()).inc(),
        "parsed": lambda e: parses.labels(e["intent"]).observe(e["seconds"]),
        _LINE_FAILED: lambda e: failed.labels(
            e["event"].split(".")[1].split(" ")[0], str(e.get("status"))
        ).inc(),
        "line.reply": line_call("reply"),
        "line.push": line_call("push"),
        "attempt": attempt,
        "letter": lambda e: letters.labels(e["delivery"], e["refusal"] or "").inc(),
        "notice raised": lambda e: raised.labels(e["kind"]).inc(e["count"]),
        "notice told": lambda e: told.labels(e["kind"], e["channel"], e["state"]).inc(e["count"]),
        "parcel ended": lambda e: ended.labels(e["reason"]).inc(),
    }


class _Depths:
    """What waits, by the database; nothing where it does not answer."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def collect(self) -> Iterable["Metric"]:
        """One number each."""
        from prometheus_client.core import GaugeMetricFamily

        try:
            with reading(self._engine) as session:
                found = depths(session, self._clock)
        except Exception as error:
            _log.warning("no depths", error=type(error).__name__)
            return
        for name, (value, help_text) in found.items():
            if value is not None:
                yield GaugeMetricFamily(f"madoguchi_{name}", help_text, value=value)
