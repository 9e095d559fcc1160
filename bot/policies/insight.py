"""The `[insight]` section: what is kept so that the words can be improved."""

from bot.policies.section import PositiveDays, Section


class InsightPolicy(Section):
    """What was not understood."""

    not_understood: bool
    """Whether it is kept at all, with gaps for all but the words of the counter (docs/decisions/0030)."""
    days: PositiveDays
    """How long; what was kept goes with the next night once it is no longer wanted."""
