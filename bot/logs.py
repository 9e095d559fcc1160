"""Logs: one JSON object a line on standard error, with nothing personal in it by construction.

Our own modules log names of events, ids of our own, codes and durations. What others log may quote
anything (urllib3 an address with a LINE user id, gunicorn one with a link token), so of their lines only the
unfilled text is kept. Of an exception the type and the places are kept, never its message.
"""

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final, TextIO

import structlog

OURS: Final = ("bot", "webhooks")

_ROOT = str(Path(__file__).parents[1])
_OUR_FOLDERS = tuple(f"{_ROOT}/{name}/" for name in OURS)


Observer = Callable[[Mapping[str, Any]], None]
"""Sees each of our own lines before it is written."""


def set_up(stream: TextIO | None = None, observe: Observer | None = None) -> None:
    """Send everything that is logged in this process to `stream` (None: standard error) as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_without_message,
    ]
    written, as_json = stream or sys.stderr, structlog.processors.JSONRenderer(ensure_ascii=False)
    # Ours go straight to the stream: by way of the standard library's logging each line takes twice the time.
    structlog.configure(
        processors=[*([_observed_by(observe)] if observe is not None else []), *shared, as_json],
        logger_factory=lambda *_name: _Lines(written),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_unfilled, *shared],
        pass_foreign_args=True,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            as_json,
        ],
    )
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)


class _Lines:
    """Writes whole lines to a stream, each at once, so that those of several threads are not mixed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write it. Where that is impossible, what was going on goes on."""
        with suppress(OSError, ValueError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = critical = exception = msg


def _observed_by(observe: Observer) -> Any:
    def see(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        observe(entry)
        return entry

    return see


def what_broke(error: BaseException) -> dict[str, Any]:
    """An exception for a log: its type, the places in our code that it came through, and where it was raised."""
    frames = extract_tb(error.__traceback__)
    kept = [frame for frame in frames[:-1] if frame.filename.startswith(_OUR_FOLDERS)] + frames[-1:]
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in kept]
    return {"error": type(error).__name__, "where": places}


def _exception_without_message(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    raised = entry.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        entry.update(what_broke(error))
    return entry


def _unfilled(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Lines that came by way of the standard library's logging: others' without what was filled in."""
    record: logging.LogRecord = entry["_record"]
    filled_in = entry.pop("positional_args", None)
    if record.name.partition(".")[0] not in OURS:
        entry["event"] = str(record.msg) if filled_in else "(a line that is not kept)"
        entry["at"] = f"{_short(record.pathname)}:{record.lineno}"
    entry["logger"] = record.name
    if record.exc_info:
        entry["exc_info"] = record.exc_info
    return entry


def _short(filename: str) -> str:
    """The path from the package on."""
    if filename.startswith(_OUR_FOLDERS):
        return filename.removeprefix(f"{_ROOT}/")
    return filename.rpartition("/site-packages/")[2] if "/site-packages/" in filename else Path(filename).name
