"""What all parts of a policy share, and the kinds of values that several of them use."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=0, le=3650)]
PositiveDays = Annotated[int, Field(ge=1, le=3650)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Filled = Annotated[str, Field(min_length=1)]
BranchCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
OpeningHours = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$")]
"""`09:30-19:00`, or empty on days when the branch is closed."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""


class Section(BaseModel):
    """A part of a policy: frozen, no unknown key, no guessing of types.

    What TOML can't say (tuples, enums) is converted from lists and strings; nothing else is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def is_day_of_year(day: str) -> bool:
    """Whether there is such a day (`MM-DD`) in some year."""
    try:
        date.fromisoformat(f"2024-{day}")  # A leap year, so that 02-29 is a day.
    except ValueError:
        return False
    return True
