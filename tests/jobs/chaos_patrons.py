"""Patrons who write while the world breaks, and LINE, which delivers again what was not answered 200 in time."""

import http.client
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from chaos_world import CHANCE
from line_stand_in import LineStandIn

from bench.webhooks import PATH, line_user_id, request, text_event

LINES_PATIENCE_SECONDS = 2.0
REDELIVERED_FOR_SECONDS = 60
ANSWER_SECONDS = 40


@dataclass(frozen=True)
class Said:
    """An event that was answered 200."""

    patron: int
    token: str
    event_id: str
    began: float
    accepted: float


@dataclass
class Patrons:
    """All of them, and what came of what they wrote."""

    port: int
    line: LineStandIn
    accepted: list[Said] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Events that LINE gave up: none was ever answered 200."""
    deliveries: int = 0
    confirmed: set[int] = field(default_factory=set)
    """Patrons who saw the question and whose yes was accepted."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def renews(self, patron: int) -> None:
        """Asks, reads the question, says yes."""
        asked = self._say(patron, "延長して")
        if asked is not None and self._sees_an_answer(asked) and self._say(patron, "はい") is not None:
            with self._lock:
                self.confirmed.add(patron)

    def types_fast(self, patron: int) -> None:
        """Ten messages within a second, one after the other."""
        events = [text_event(patron, "ありがとう") for _ in range(10)]
        for number, event in enumerate(events):
            event["timestamp"] += number
        with ThreadPoolExecutor(10) as pool:
            for number, event in enumerate(events):
                pool.submit(self._deliver, patron, event)
                sleep(0.1 if number < 9 else 0)

    def is_delivered_often(self, patron: int) -> None:
        """The same event five times, at once and later once more."""
        event = text_event(patron, "貸出状況")
        with ThreadPoolExecutor(5) as pool:
            for _ in range(5):
                pool.submit(self._deliver, patron, event)
        self._deliver(patron, event)

    def _say(self, patron: int, words: str) -> Said | None:
        return self._deliver(patron, text_event(patron, words))

    def _deliver(self, patron: int, event: dict[str, Any]) -> Said | None:
        """As LINE does; None: given up."""
        began = monotonic()
        while monotonic() < began + REDELIVERED_FOR_SECONDS:
            with self._lock:
                self.deliveries += 1
            if self._post(event) == 200:
                said = Said(patron, event["replyToken"], event["webhookEventId"], began, monotonic())
                with self._lock:
                    if all(said.event_id != other.event_id for other in self.accepted):
                        self.accepted.append(said)
                return said
            event = event | {"deliveryContext": {"isRedelivery": True}}
            sleep(CHANCE.uniform(0.1, 0.6))
        with self._lock:
            self.lost.append(event["webhookEventId"])
        return None

    def _post(self, event: dict[str, Any]) -> int:
        head, _, body = request("127.0.0.1", [event]).partition(b"\r\n\r\n")
        lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LINES_PATIENCE_SECONDS)
        try:
            connection.request("POST", PATH, body, dict(lines))  # type: ignore[arg-type]  # Pairs.
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _sees_an_answer(self, said: Said) -> bool:
        end = monotonic() + ANSWER_SECONDS
        while monotonic() < end:
            if said.token in dict(self.line.replies) or line_user_id(said.patron) in dict(self.line.pushes):
                return True
            sleep(0.1)
        return False

    def disordered(self) -> int:
        """Answers that overtook the answer to an event that had been accepted before theirs was even delivered."""
        place = {token: number for number, (token, _) in enumerate(self.line.replies)}
        answered = [said for said in self.accepted if said.token in place]
        return sum(
            place[first.token] > place[second.token]
            for first in answered
            for second in answered
            if first.patron == second.patron and first.accepted < second.began
        )

    def too_much(self, patrons: Iterable[int]) -> list[int]:
        """Patrons who got more answers than they wrote messages."""
        replies = {token for token, _ in self.line.replies}
        return [
            patron
            for patron in patrons
            if sum(said.token in replies for said in self.accepted if said.patron == patron)
            + sum(who == line_user_id(patron) for who, _ in self.line.pushes)
            > sum(said.patron == patron for said in self.accepted)
        ]
