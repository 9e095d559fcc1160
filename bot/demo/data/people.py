"""The thirty patrons of a demo library and the copies that matter, read from `<library>.toml`.

Days are counted from today: `due_in = -3` was due three days ago. An unknown key or a wrong type is refused.
"""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.library import Channel, Contact, ReservationState


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class HeldLine(_Line):
    """The copies of a title, by branch code. Titles without such a line get copies by a plain rule."""

    title: str
    copies: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Copies for loan."""
    in_library: Annotated[tuple[str, ...], Field(strict=False)] = ()
    lost: Annotated[tuple[str, ...], Field(strict=False)] = ()
    in_repair: Annotated[tuple[str, ...], Field(strict=False)] = ()
    from_elsewhere: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Copies of other libraries, borrowed for a patron of this branch."""


class LoanLine(_Line):
    """A loan. Without `out` it was lent two weeks before it is due, or was due at first if it is renewed."""

    title: str
    due_in: int
    out: int | None = None
    """Day of the checkout, counted from today: 0 or before."""
    renewals: int = 0
    interlibrary: bool = False
    returned: int | None = None
    branch: str = ""
    """Whose copy it is; empty: any."""


class ReservationLine(_Line):
    """A reservation; with `request` instead of `title` it was asked for at the counter for what is not held."""

    title: str = ""
    request: str = ""
    placed: Annotated[int, Field(lt=0)]
    """Day on which it was placed, counted from today."""
    state: Annotated[ReservationState, Field(strict=False)] = ReservationState.QUEUED
    ready: int | None = None
    """Day on which the item came to the hold shelf."""
    pickup: str = ""
    """Branch code; empty: the patron's home branch, or the main one."""
    contact: Annotated[Contact, Field(strict=False)] = Contact.LINE
    channel: Annotated[Channel, Field(strict=False)] = Channel.WEB
    at: str = ""
    """Branch code where it was asked for at the counter."""


class PersonLine(_Line):
    """One made-up patron."""

    card_number: str
    name: str
    name_kana: str
    birth_date: date
    email: str = ""
    home_branch: str = ""
    phone: str = ""
    expires_in: int | None = None
    """The card's last day, counted from today."""
    suspended_for: int | None = None
    """Days until the last day of the suspension."""
    password: str = ""
    temporary_password: str = ""
    shows_ja: str
    shows_en: str
    loans: Annotated[tuple[LoanLine, ...], Field(strict=False)] = ()
    reservations: Annotated[tuple[ReservationLine, ...], Field(strict=False)] = ()


class LibraryFile(_Line):
    """What `<library>.toml` holds."""

    card_number_form: str
    """A regular expression: what this library's card numbers look like."""
    barcode_prefix: str
    copies_of_a_title: int
    """The most copies that a title without a line in `held` gets."""
    held: Annotated[tuple[HeldLine, ...], Field(strict=False)]
    patron: Annotated[tuple[PersonLine, ...], Field(strict=False)]


def read_library_file(library: str) -> LibraryFile:
    """The copies and patrons of a demo library."""
    text = (files("bot.demo.data") / f"{library}.toml").read_text(encoding="utf-8")
    return LibraryFile.model_validate(tomllib.loads(text))
