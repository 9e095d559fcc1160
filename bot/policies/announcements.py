"""The `[announcements]` section: who must agree to an announcement, whom it may be for, and what a message costs."""

from typing import Annotated

from pydantic import Field

from bot.policies.section import PositiveDays, Section

Yen = Annotated[int, Field(ge=0, le=10_000_000)]


class AnnouncementPolicy(Section):
    """What staff tell many at once."""

    needs_approval: bool
    """A second person must approve it; the writer can't."""
    urgent_reaches_everybody: bool
    """What is urgent goes by LINE's broadcast, to those who turned announcements off, too, and to friends unknown."""
    least_watchers: Annotated[int, Field(ge=20, le=10_000)]
    """An audience by what is watched is never smaller."""
    plan_yen: Yen
    """A month's fee for LINE's plan."""
    plan_messages: Annotated[int, Field(ge=1)]
    """Messages in it."""
    extra_yen_per_thousand: Yen
    """For a thousand messages beyond these."""
    kept_days: PositiveDays
    """Of an announcement and its numbers, once it is over."""
