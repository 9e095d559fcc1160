"""One TOML file a library, and the typed model that refuses what it does not know.

Reads its own files and nothing else; imports only `bot.library`.
"""

from bot.policies.calendar import Calendar, SpecialDays
from bot.policies.load import BUNDLED, PolicyError, bundled_policy_text, load_policy, parse_policy
from bot.policies.model import Branch, CardPage, Policy
from bot.policies.section import WEEKDAYS
from bot.policies.staff import StaffPolicy

__all__ = [
    "BUNDLED",
    "WEEKDAYS",
    "Branch",
    "Calendar",
    "CardPage",
    "Policy",
    "PolicyError",
    "SpecialDays",
    "StaffPolicy",
    "bundled_policy_text",
    "load_policy",
    "parse_policy",
]
