"""What LINE counts: people reached by day and month, who opened what and tapped which link."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any

from simulator.clock import Clock, line_day

FEWEST_SHOWN = 20
"""Smaller numbers are withheld, so that nobody can be told from them."""
MOST_UNITS = 1000
"""Names of aggregation units in a month; messages under a further name go out without one."""
COUNTED_APART = frozenset({"broadcast", "narrowcast"})
"""Calls whose openings are counted by request id."""
TOWARD_QUOTA = frozenset({"push", "multicast", "broadcast", "narrowcast"})

_LINK = re.compile(r"https?://[^\s<>\"]+")

Count = int | None


@dataclass(slots=True, eq=False)
class Request:
    """One accepted call whose messages are followed: by its id, or under its unit."""

    id: str
    at: datetime
    people: int
    """So many it reached."""
    links: tuple[tuple[int, str], ...]
    """Number of the message and address, in the order of the messages."""
    messages: int
    views: Counter[int] = field(default_factory=Counter)
    viewers: dict[int, set[str]] = field(default_factory=dict)
    clicks: Counter[tuple[int, str]] = field(default_factory=Counter)
    clickers: dict[tuple[int, str], set[str]] = field(default_factory=dict)

    def seen(self, seq: int, user_id: str) -> None:
        """Somebody's phone showed a message."""
        self.views[seq] += 1
        self.viewers.setdefault(seq, set()).add(user_id)

    def clicked(self, seq: int, url: str, user_id: str) -> None:
        """Somebody tapped a link of a message."""
        if (seq, url) in self.links:
            self.clicks[seq, url] += 1
            self.clickers.setdefault((seq, url), set()).add(user_id)


class Statistics:
    """All counts of the channel; days and months are LINE's (UTC+9)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_day: Counter[tuple[str, date]] = Counter()
        self._by_month: Counter[tuple[int, int]] = Counter()
        self._requests: dict[str, Request] = {}
        self._units: dict[str, list[Request]] = {}
        self._unit_months: dict[tuple[int, int], dict[str, None]] = {}

    def count(self, kind: str, people: int) -> None:
        """So many people were reached by a call of this kind just now."""
        with self._lock:
            day = self._today()
            self._by_day[kind, day] += people
            if kind in TOWARD_QUOTA:
                self._by_month[day.year, day.month] += people

    def used(self) -> int:
        """Messages of this month that count toward the quota."""
        with self._lock:
            day = self._today()
            return self._by_month[day.year, day.month]

    def sent_on(self, kind: str, day: date) -> int:
        """People reached on a day by calls of a kind."""
        with self._lock:
            return self._by_day[kind, day]

    def follow(
        self, kind: str, request_id: str, unit: str, messages: Sequence[dict[str, Any]], people: int
    ) -> Request | None:
        """Follow the messages of this call, if LINE does."""
        with self._lock:
            unit = unit if unit and self._takes(unit) else ""
            if not unit and kind not in COUNTED_APART:
                return None
            request = Request(request_id, self._clock.now(), people, links_of(messages), len(messages))
            if kind in COUNTED_APART:
                self._requests[request_id] = request
            if unit:
                self._units.setdefault(unit, []).append(request)
            return request

    def seen(self, request: Request, seq: int, user_id: str) -> None:
        """Somebody's phone showed a message; it counts once a person."""
        with self._lock:
            if user_id not in request.viewers.get(seq, ()):
                request.seen(seq, user_id)

    def clicked(self, request: Request, seq: int, url: str, user_id: str) -> None:
        """Somebody tapped a link of a message."""
        with self._lock:
            request.clicked(seq, url, user_id)

    def units(self) -> list[str]:
        """The names used this month."""
        with self._lock:
            day = self._today()
            return list(self._unit_months.get((day.year, day.month), ()))

    def of_request(self, request_id: str) -> dict[str, Any] | None:
        """LINE's statistics of one broadcast or narrowcast; None: no such request."""
        with self._lock:
            request = self._requests.get(request_id)
            if request is None:
                return None
            found = _summary([request])
            overview = {
                "requestId": request.id,
                "timestamp": int(request.at.timestamp()),
                "delivered": request.people,
            }
            return {**found, "overview": overview | found["overview"]}

    def of_unit(self, unit: str, first: date, last: date) -> dict[str, Any]:
        """LINE's statistics of all that was sent under a name in these days."""
        with self._lock:
            found = [one for one in self._units.get(unit, ()) if first <= line_day(one.at) <= last]
            return _summary(found)

    def _takes(self, unit: str) -> bool:
        day = self._today()
        names = self._unit_months.setdefault((day.year, day.month), {})
        if unit not in names and len(names) >= MOST_UNITS:
            return False
        names[unit] = None
        return True

    def _today(self) -> date:
        return line_day(self._clock.now())


def links_of(messages: Sequence[dict[str, Any]]) -> tuple[tuple[int, str], ...]:
    """Every web address in the messages, once for each message."""
    found = [(seq, url) for seq, message in enumerate(messages, 1) for url in _addresses(message)]
    return tuple(dict.fromkeys(found))


def shown(number: int) -> Count:
    """A number as LINE shows it; None: withheld, because it is small."""
    return number if number >= FEWEST_SHOWN else None


def _addresses(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _addresses(item)
    if not isinstance(part, dict):
        return
    if part.get("type") == "uri" and str(part.get("uri", "")).startswith("http"):
        yield part["uri"]
    elif part.get("type") == "text" and "text" in part:
        yield from _LINK.findall(str(part["text"]))
    for value in part.values():
        yield from _addresses(value)


def _summary(requests: Sequence[Request]) -> dict[str, Any]:
    viewers = {user for request in requests for seen in request.viewers.values() for user in seen}
    clickers = {user for request in requests for tapped in request.clickers.values() for user in tapped}
    most = max((request.messages for request in requests), default=0)
    links = dict.fromkeys(link for request in requests for link in request.links)
    return {
        "overview": {
            "uniqueImpression": shown(len(viewers)),
            "uniqueClick": shown(len(clickers)),
            "uniqueMediaPlayed": None,
            "uniqueMediaPlayed100Percent": None,
        },
        "messages": [_message(requests, seq) for seq in range(1, most + 1)],
        "clicks": [_link(requests, seq, url) for seq, url in links],
    }


def _message(requests: Sequence[Request], seq: int) -> dict[str, Any]:
    viewers = {user for request in requests for user in request.viewers.get(seq, ())}
    views = sum(request.views[seq] for request in requests)
    return {"seq": seq, "impression": shown(views), "uniqueImpression": shown(len(viewers))}


def _link(requests: Sequence[Request], seq: int, url: str) -> dict[str, Any]:
    taps = sum(request.clicks[seq, url] for request in requests)
    here = {user for request in requests for user in request.clickers.get((seq, url), ())}
    anywhere = {
        user
        for request in requests
        for (_, address), users in request.clickers.items()
        if address == url
        for user in users
    }
    return {
        "seq": seq,
        "url": url,
        "click": shown(taps),
        "uniqueClick": shown(len(here)),
        "uniqueClickOfRequest": shown(len(anywhere)),
    }
