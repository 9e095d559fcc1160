"""What all decisions share: the patron's standing; reading a table of reasons top to bottom."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from bot.library import Patron

Reason = TypeVar("Reason", bound=StrEnum)


def applying(table: Iterable[tuple[Reason, bool]]) -> tuple[Reason, ...]:
    """The reasons of `table` whose condition holds, in its order."""
    return tuple(reason for reason, applies in table if applies)


def is_card_expired(patron: Patron, today: date) -> bool:
    """After the card's last day; on that day it still works."""
    return patron.expires_on is not None and today > patron.expires_on


def is_suspended(patron: Patron, today: date) -> bool:
    """Up to and on the last day of a suspension."""
    return patron.suspended_until is not None and today <= patron.suspended_until
