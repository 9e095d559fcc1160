"""Whom an announcement is for: which LINE users it reaches, and why the others are left out.

AUDIENCE-1  blocked            the library's account is blocked
AUDIENCE-2  opted_out          announcements are turned off
AUDIENCE-3  not_in_audience    not linked, of another branch, watches something else
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from bot.policies import Policy
from bot.rules.notice_settings import Notice, settings_of


class AudienceKind(StrEnum):
    """By what it is chosen."""

    EVERYONE = "everyone"
    """Whoever has not turned announcements off."""
    LINKED = "linked"
    """Whoever has linked a card."""
    BRANCH = "branch"
    """Linked patrons of one home branch."""
    WATCH = "watch"
    """Whoever watches for a theme or an author."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A choice, and how it is written: `everyone`, `linked`, `branch:tobu`, `watch:料理`."""

    kind: AudienceKind
    value: str = ""

    @classmethod
    def read(cls, written: str, policy: Policy) -> Self:
        """As it is written. Raises ValueError, naming nothing personal."""
        name, _, value = written.strip().partition(":")
        if name not in set(AudienceKind):
            raise ValueError("an audience is everyone, linked, branch:NAME or watch:WORDS")
        kind, value = AudienceKind(name), " ".join(value.split())
        if bool(value) is not (kind in {AudienceKind.BRANCH, AudienceKind.WATCH}):
            raise ValueError(f"{kind.value}: {'something' if not value else 'nothing'} must follow")
        if kind is AudienceKind.BRANCH:
            branch = policy.branch_called(value)
            if branch is None:
                raise ValueError("there is no such branch")
            value = branch.code
        return cls(kind, value)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.value}" if self.value else self.kind.value


class LeftOut(StrEnum):
    """Why somebody is not reached, in order of precedence."""

    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A LINE user, as far as an audience is about them."""

    line_user_id: str
    is_blocked: bool
    settings: Mapping[str, Any]
    is_linked: bool = False
    branches: frozenset[str] = frozenset()
    """Codes of the home branches of the linked cards."""
    watches: frozenset[str] = frozenset()
    """What is watched, as written."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who is reached, and how many of the audience are not."""

    recipients: tuple[str, ...]
    """LINE user ids in a fixed order; never shown."""
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    is_too_small: bool = False
    """So few that it could tell who watches what: it can't be sent."""

    @property
    def count(self) -> int:
        """How many are reached."""
        return len(self.recipients)


def choose(candidates: Iterable[Candidate], audience: Audience, policy: Policy) -> Reach:
    """Whom it reaches. A too small audience by watches tells no number and names nobody."""
    reached: list[str] = []
    left_out: Counter[LeftOut] = Counter()
    for candidate in candidates:
        if not _is_meant(candidate, audience):
            continue
        reason = _left_out(candidate, policy)
        if reason is None:
            reached.append(candidate.line_user_id)
        else:
            left_out[reason] += 1
    if audience.kind is AudienceKind.WATCH and len(reached) < policy.announcements.least_watchers:
        return Reach((), is_too_small=True)
    return Reach(tuple(sorted(reached)), dict(left_out))


def _is_meant(candidate: Candidate, audience: Audience) -> bool:
    match audience.kind:
        case AudienceKind.EVERYONE:
            return True
        case AudienceKind.LINKED:
            return candidate.is_linked
        case AudienceKind.BRANCH:
            return audience.value in candidate.branches
        case AudienceKind.WATCH:
            return audience.value in candidate.watches


def _left_out(candidate: Candidate, policy: Policy) -> LeftOut | None:
    if candidate.is_blocked:
        return LeftOut.BLOCKED
    if not settings_of(candidate.settings, policy).wants(Notice.ANNOUNCEMENTS):
        return LeftOut.OPTED_OUT
    return None
