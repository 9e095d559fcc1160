"""Narrowcasts: to whom they go, and how far they are.

The messages go out at once; how far the work is said to be moves on one step with each look at it, so that a bot that
must look several times does so here too, and no test waits for time to pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from simulator.clock import Clock, iso
from simulator.sending import Call, Message, QuotaUsedUp, Sending

PHASES = ("waiting", "sending")
"""What is said at the first looks, before it is done."""
FEWEST_BY_ATTRIBUTES = 100
"""So many friends an account must have before it may choose among them by age or place."""


class TooFewFriends(Exception):
    """Choosing by attributes is not allowed to an account with so few friends."""


class NoSuchRecipient(Exception):
    """The recipient names an audience or request that does not exist."""


@dataclass(slots=True)
class _Narrowcast:
    accepted_at: datetime
    people: list[str]
    looks: int = 0


class Narrowcasts:
    """All narrowcasts by request id."""

    def __init__(self, clock: Clock, sending: Sending) -> None:
        self._clock = clock
        self._sending = sending
        self._lock = Lock()
        self._done: dict[str, _Narrowcast] = {}

    def send(self, request_id: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Send to whom the body describes. Raises TooFewFriends, NoSuchRecipient, QuotaUsedUp."""
        people = self._chosen(body)
        messages: Sequence[Message] = body["messages"]
        sent = self._sending.send(Call("narrowcast", request_id), people, messages)
        with self._lock:
            self._done[request_id] = _Narrowcast(self._clock.now(), people)
        return sent

    def progress(self, request_id: str) -> dict[str, Any] | None:
        """How far it is, one step further with each look; None: no such request."""
        with self._lock:
            found = self._done.get(request_id)
            if found is None:
                return None
            at, found.looks = found.looks, found.looks + 1
        accepted = iso(found.accepted_at)
        if at < len(PHASES):
            return {"phase": PHASES[at], "acceptedTime": accepted}
        count = len(found.people)
        return {
            "phase": "succeeded",
            "successCount": count,
            "failureCount": 0,
            "targetCount": count,
            "acceptedTime": accepted,
            "completedTime": accepted,
        }

    def _chosen(self, body: Mapping[str, Any]) -> list[str]:
        friends = self._sending.friends()
        recipient, limit = body.get("recipient"), body.get("limit") or {}
        meant = set(friends) if recipient is None else self._meant(recipient)
        chosen = [friend for friend in friends if friend in meant]
        if (body.get("filter") or {}).get("demographic"):
            # Nobody here has an age or a place, so that nobody is left, as in LINE where nothing is known.
            if len(friends) < FEWEST_BY_ATTRIBUTES:
                raise TooFewFriends
            chosen = []
        if limit.get("max"):
            chosen = chosen[: limit["max"]]
        left = self._sending.left_in_month()
        if left is not None and len(chosen) > left:
            if not limit.get("upToRemainingQuota"):
                raise QuotaUsedUp
            chosen = chosen[:left]
        return chosen

    def _meant(self, recipient: Mapping[str, Any]) -> set[str]:
        """Whom a recipient object means."""
        if recipient.get("type") == "redelivery":
            with self._lock:
                earlier = self._done.get(str(recipient.get("requestId")))
            if earlier is None:
                raise NoSuchRecipient
            return set(earlier.people)
        if recipient.get("type") != "operator":
            raise NoSuchRecipient
        if recipient.get("and"):
            return set.intersection(*(self._meant(part) for part in recipient["and"]))
        if recipient.get("or"):
            return set.union(*(self._meant(part) for part in recipient["or"]))
        if recipient.get("not"):
            return set(self._sending.friends()) - self._meant(recipient["not"])
        raise NoSuchRecipient
