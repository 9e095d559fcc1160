"""The `[staff]` section: how long a sign-in to the staff console lasts, and what its audit log keeps."""

from typing import Annotated

from pydantic import Field

from bot.policies.section import Minutes, PositiveDays, Section


class StaffPolicy(Section):
    """The staff console."""

    idle_minutes: Minutes
    """A session that was left alone for so long has ended."""
    session_hours: Annotated[int, Field(ge=1, le=24)]
    """A session ends after so long, however busy."""
    password_min_length: Annotated[int, Field(ge=8, le=64)]
    audit_subject_days: PositiveDays
    """After these the audit log no longer tells which card or loan an entry is about; the entry itself stays."""
