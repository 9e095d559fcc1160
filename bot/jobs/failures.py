"""What may be said of an exception in a log or a table: its kind and its place, never its text."""

import traceback
from pathlib import PurePath

_OURS = PurePath(__file__).parents[1]


def kind(error: BaseException) -> str:
    """The name of the exception's class."""
    return type(error).__name__


def place(error: BaseException) -> str:
    """The file and line of our own code where it came from, as in `renewal.py:34`."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _OURS in PurePath(frame.filename).parents]
    named = [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in ours or frames]
    return named[-1] if named else "unknown"
