"""Who is told what, by which way, and what is not told at all: the decision over a batch of notices.

The batch holds everything that is due for its recipients, so that what falls together goes together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.notices.ladder import is_phoned, ways
from bot.notices.model import Item, KeptNotice, MailTo, Recipient, Record, Way, in_order
from bot.notices.standing import still_told, without_repeats
from bot.policies import Policy
from bot.rules.notice_kinds import URGENT, is_wanted

_NOT_WANTED: Final = "not_wanted"
_OVER_QUOTA: Final = "quota"


@dataclass(frozen=True, slots=True)
class Reach:
    """How patrons can be reached at present."""

    recipients: Mapping[str, Sequence[Recipient]] = field(default_factory=dict)
    """LINE users by the card that is linked, blocked ones included; under their own id for what is theirs alone."""
    letters: Mapping[str, MailTo] = field(default_factory=dict)
    """By card number; without those that have no address."""
    sends_letters: bool = True
    """False: this counter has no mail server."""
    pushes_left: int | None = None
    """How many more messages may be pushed this month for anything that is not urgent; None: as many as wanted."""


@dataclass(slots=True)
class Decisions:
    """What becomes of a batch."""

    by_line: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """By LINE user, as they are told."""
    by_mail: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """By card number."""
    dropped: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Ids of notices by why they are not told."""
    unreached: list[tuple[Item, str]] = field(default_factory=list)
    """What no way is left for, with why the last one fails now; empty where it failed before."""

    over_quota: set[int] = field(default_factory=set)
    """Ids of notices that LINE would have told, were the month's messages not used up."""

    @property
    def to_call(self) -> list[int]:
        """Ids of those that the desk phones about."""
        return [item.notice.notice_id for item, _ in self.unreached if is_phoned(item.kind)]


def decide(
    notices: Iterable[KeptNotice], record: Record, reach: Reach, today: date, policy: Policy
) -> Decisions:
    """Decide on each notice; several for one recipient stand in the order in which they are told."""
    decisions = Decisions()
    standing: list[Item] = []
    for notice in notices:
        found = still_told(notice, record, today, policy)
        if isinstance(found, str):
            decisions.dropped[found].append(notice.notice_id)
        else:
            standing.append(found)
    told, repeats = without_repeats(standing)
    decisions.dropped["said_already"] += [item.notice.notice_id for item in repeats]
    _Sorting(decisions, reach).sort(in_order(told))
    return decisions


@dataclass(slots=True)
class _Sorting:
    decisions: Decisions
    reach: Reach
    _urgent: set[str] = field(default_factory=set)
    """LINE users who get a message anyway."""
    _others: set[str] = field(default_factory=set)
    """LINE users whose message counts against what is left."""

    def sort(self, items: Sequence[Item]) -> None:
        # What is ready goes anyway, and what else there is goes with it.
        self._urgent = {
            recipient.line_user_id
            for item in items
            if item.kind in URGENT and self._way(item, item.rung) is Way.LINE
            for recipient in self._friends(item)
        }
        for item in items:
            self._place(item)

    def _place(self, item: Item) -> None:
        why = ""
        for rung in range(item.rung, len(ways(item))):
            at = Item(item.notice, rung, item.title, item.reservation, item.loan)
            why = self._by_line(at) if self._way(item, rung) is Way.LINE else self._by_mail(at)
            if not why:
                return
            if why == _OVER_QUOTA:
                self.decisions.over_quota.add(item.notice.notice_id)
            if why == _NOT_WANTED and rung == 0:
                self.decisions.dropped[why].append(item.notice.notice_id)
                return
        self.decisions.unreached.append((item, why))

    def _by_line(self, item: Item) -> str:
        """Why it goes by LINE to nobody; empty: it does."""
        linked = self._linked(item)
        if linked and not any(is_wanted(item.kind, recipient.notices) for recipient in linked):
            return _NOT_WANTED
        friends = self._friends(item)
        if not friends:
            return "blocked" if linked else "not_linked"
        fitting = [recipient for recipient in friends if self._fits(recipient.line_user_id)]
        for recipient in fitting:
            self.decisions.by_line[recipient.line_user_id].append(item)
        return "" if fitting else _OVER_QUOTA

    def _by_mail(self, item: Item) -> str:
        """Why no letter is written; empty: one is."""
        if not self.reach.sends_letters:
            return "no_mail_server"
        address = self.reach.letters.get(item.notice.card_number)
        if address is None:
            return "no_address"
        if item.kind.value in address.stopped or "all" in address.stopped:
            return "mail_stopped"
        self.decisions.by_mail[item.notice.card_number].append(item)
        return ""

    def _fits(self, line_user_id: str) -> bool:
        if line_user_id in self._urgent | self._others:
            return True
        if self.reach.pushes_left is not None and len(self._others) >= self.reach.pushes_left:
            return False
        self._others.add(line_user_id)
        return True

    def _friends(self, item: Item) -> list[Recipient]:
        return [
            recipient
            for recipient in self._linked(item)
            if recipient.is_friend and is_wanted(item.kind, recipient.notices)
        ]

    def _linked(self, item: Item) -> Sequence[Recipient]:
        return self.reach.recipients.get(item.notice.card_number or item.notice.line_user_id, ())

    def _way(self, item: Item, rung: int) -> Way | None:
        found = ways(item)
        return found[rung] if rung < len(found) else None
