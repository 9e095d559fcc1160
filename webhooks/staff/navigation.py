"""What stands in the console's navigation, for whom."""

from collections.abc import Set
from dataclasses import dataclass

from bot.staff import Role


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One link."""

    endpoint: str
    key: str
    """Of its words in `texts.toml`."""
    roles: frozenset[Role]


ENTRIES: tuple[NavigationEntry, ...] = (
    NavigationEntry("audit.entries", "nav.audit", frozenset({Role.ADMIN})),
)


def entries_for(roles: Set[Role]) -> tuple[NavigationEntry, ...]:
    """What somebody with these roles can turn to."""
    return tuple(entry for entry in ENTRIES if entry.roles & roles)
