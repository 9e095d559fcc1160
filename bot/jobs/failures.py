"""What may be said of an exception in a log or a table: its kind and its place, never its text."""

import traceback
from pathlib import PurePath


def kind(error: BaseException) -> str:
    """The name of the exception's class."""
    return type(error).__name__


def place(error: BaseException) -> str:
    """The file and line where it was raised, as in `renewal.py:34`."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
