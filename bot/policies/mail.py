"""Letters by e-mail: the `[mail]` of a policy. Who they come from stands in `[contact]`."""

from typing import Annotated

from pydantic import Field

from bot.policies.section import PositiveDays, Section

_NAME = r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*"
_DOMAIN = r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"

Mailbox = Annotated[str, Field(pattern=f"^{_NAME}@{_DOMAIN}$", max_length=254)]
"""An e-mail address of the library's."""
MailboxOrNone = Annotated[str, Field(pattern=f"^({_NAME}@{_DOMAIN})?$", max_length=254)]
"""The same, or empty."""


class MailPolicy(Section):
    """Letters by e-mail."""

    reply_to: MailboxOrNone
    """Where answers go; empty: to the sender."""
    stop_address: MailboxOrNone
    """A mailbox that staff read, where one may write to get no more letters; empty: none is named."""
    confirm_link_days: PositiveDays
    """How long the link in a letter that asks to confirm an address can be used."""
    confirm_letters_a_day: Annotated[int, Field(ge=1, le=20)]
    """How many letters ask, within 24 hours, for one card or at one address."""
    stop_link_days: PositiveDays
    """How long the link in a letter by which one gets no more of its kind can be used."""
