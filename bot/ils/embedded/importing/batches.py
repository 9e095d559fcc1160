"""Rows in handfuls: few enough to be held, enough that a query for each handful costs little."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

BATCH = 500


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """`items` in lists of at most `BATCH`."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
