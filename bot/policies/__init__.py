"""One TOML file a library, and the typed model that refuses what it does not know.

Reads its own files and nothing else; imports only `bot.library`.
"""

from bot.policies.load import BUNDLED, PolicyError, bundled_policy_text, load_policy, parse_policy
from bot.policies.model import WEEKDAYS, Branch, Calendar, CardPage, Policy

__all__ = [
    "BUNDLED",
    "WEEKDAYS",
    "Branch",
    "Calendar",
    "CardPage",
    "Policy",
    "PolicyError",
    "bundled_policy_text",
    "load_policy",
    "parse_policy",
]
