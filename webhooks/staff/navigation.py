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
    part: str = ""
    """How the endpoints of its part begin; empty: it is the one page."""

    def is_here(self, endpoint: str) -> bool:
        """Whether this page is of its part."""
        return endpoint.startswith(self.part or self.endpoint)


ENTRIES: tuple[NavigationEntry, ...] = (
    NavigationEntry("desk.checkout", "nav.desk", frozenset({Role.DESK}), "desk."),
    NavigationEntry(
        "announcements.everything",
        "nav.announcements",
        frozenset({Role.WRITER, Role.APPROVER}),
        "announcements.",
    ),
    NavigationEntry("messages.waiting", "nav.messages", frozenset({Role.DESK}), "messages."),
    NavigationEntry("lists.calls", "nav.calls", frozenset({Role.DESK})),
    NavigationEntry("lists.shelf", "nav.shelf", frozenset({Role.DESK})),
    NavigationEntry("cards.find", "nav.cards", frozenset({Role.DESK}), "cards."),
    NavigationEntry("closures.entries", "nav.closures", frozenset({Role.DESK}), "closures."),
    NavigationEntry("insight.usage", "nav.insight", frozenset(Role), "insight."),
    NavigationEntry("accounts.everybody", "nav.accounts", frozenset({Role.ADMIN}), "accounts."),
    NavigationEntry("audit.entries", "nav.audit", frozenset({Role.ADMIN})),
)


def entries_for(roles: Set[Role]) -> tuple[NavigationEntry, ...]:
    """What somebody with these roles can turn to."""
    return tuple(entry for entry in ENTRIES if entry.roles & roles)
