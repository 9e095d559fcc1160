"""A library with many LINE users, and LINE on the other side, which breaks its promises when told."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from databases import new_database
from sqlalchemy import Engine, insert

from bot import wiring
from bot.announcements import Audience, AudienceKind, Content, Layout, Move
from bot.clock import StoppedClock
from bot.config import Settings
from bot.jobs.announcements import AnnouncementParts, AnnouncementSchedule, AnnouncementSender
from bot.line.api import Delivery, Insight, Message, SendResult
from bot.policies import Policy, load_policy
from bot.storage.announcement_batches import AnnouncementBatches, Progress
from bot.storage.announcements import Announcement, Announcements
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.accounts import LineUserRow

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
CONTENT = Content(Layout.CLOSURE, "12月28日は休館です", "年末の整理のため、全館お休みします。")
EVERYONE = Audience(AudienceKind.EVERYONE)


def user(number: int) -> str:
    """A LINE user's id."""
    return f"U{number:032x}"


@dataclass
class Line:
    """LINE as `ManyApi` has it. Each result is the next of `results`, or `ACCEPTED`."""

    results: list[SendResult | str] = field(default_factory=list)
    """`lost`: accepted, and the answer was lost."""
    bad: frozenset[str] = frozenset()
    """Ids that LINE refuses."""
    reached: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    calls: list[tuple[str, int, str]] = field(default_factory=list)
    """Kind, recipients, unit."""
    insight: Insight = field(default_factory=lambda: Insight(None, None))

    def multicast(
        self, line_user_ids: Sequence[str], messages: Sequence[Message], *, retry_key: str, unit: str
    ) -> SendResult:
        self.calls.append(("multicast", len(line_user_ids), unit))
        if self.bad & set(line_user_ids):
            return SendResult(Delivery.REFUSED, 400, blamed="to")
        return self._answer(line_user_ids, retry_key)

    def broadcast(self, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        self.calls.append(("broadcast", 0, ""))
        return self._answer(("everybody",), retry_key)

    def unit_insight(self, unit: str, first: date, last: date) -> Insight:
        self.calls.append(("insight", 0, unit))
        return self.insight

    def broadcast_insight(self, request_id: str) -> Insight:
        self.calls.append(("insight", 0, request_id))
        return self.insight

    def _answer(self, ids: Sequence[str], retry_key: str) -> SendResult:
        told = self.results.pop(0) if self.results else SendResult(Delivery.ACCEPTED, 200, "r1")
        if isinstance(told, SendResult) and told.delivery is not Delivery.ACCEPTED:
            return told
        if retry_key not in self.keys:
            self.keys.add(retry_key)
            self.reached.update(ids)
        return SendResult(Delivery.UNKNOWN) if told == "lost" else SendResult(Delivery.ACCEPTED, 200, "r1")


@dataclass
class AnnouncementWorld:
    """The library's side."""

    engine: Engine
    clock: StoppedClock
    policy: Policy
    line: Line
    parts: AnnouncementParts

    @property
    def schedule(self) -> AnnouncementSchedule:
        return AnnouncementSchedule(self.engine, self.parts)

    @property
    def sender(self) -> AnnouncementSender:
        return AnnouncementSender(self.engine, self.line, self.clock, jitter=lambda: 0.0)

    def friends(self, count: int) -> None:
        """So many LINE users."""
        rows = [{"line_user_id": user(at), "followed_at": NOON, "settings": {}} for at in range(count)]
        with writing(self.engine) as session:
            session.execute(insert(LineUserRow), rows)

    def write(self, content: Content = CONTENT, audience: Audience = EVERYONE, **more: datetime) -> int:
        """One that is to go."""
        with writing(self.engine) as session:
            kept = Announcements(session, self.clock)
            number = kept.add(content, audience, more.get("send_at"), by="hanako")
            kept.move(number, Move.SCHEDULE)
            return number

    def send(self, most: int = 10_000) -> int:
        """Begin what is due and make calls, at most so many; how many were made."""
        self.schedule.look()
        made = 0
        while made < most and self.sender.send_some():
            made += 1
        self.schedule.look()
        return made

    def find(self, number: int) -> Announcement:
        with reading(self.engine) as session:
            found = Announcements(session, self.clock).find(number)
        assert found is not None
        return found

    def progress(self, number: int) -> Progress:
        with reading(self.engine) as session:
            return AnnouncementBatches(session, self.clock).progress(number)


def build_world(folder: Path, url: str = "") -> AnnouncementWorld:
    """An empty library of Mito's at noon."""
    engine = open_engine(url or new_database(folder / "announcements.sqlite3"))
    clock, policy = StoppedClock(NOON), load_policy("mito")
    parts = wiring.announcement_parts(Settings(PUBLIC_URL="https://library.example"), policy, clock)
    return AnnouncementWorld(engine, clock, policy, Line(), parts)


@dataclass
class RandomLine:
    """A server that takes multicasts, and at random refuses, fails, or loses its answer, by a seed."""

    random: Random
    url: str = ""
    reached: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    some: threading.Event = field(default_factory=threading.Event)
    """Set when a few calls were taken. From then on no answer is given until `go_on`."""
    go_on: threading.Event = field(default_factory=threading.Event)

    def take(self, key: str, ids: Sequence[str]) -> int:
        """The status of one call."""
        with self.lock:
            status = self._status(key, ids)
            self.answers[status] += 1
            if len(self.keys) >= 3:
                self.some.set()
        if self.some.is_set():
            self.go_on.wait()
        return status

    def _status(self, key: str, ids: Sequence[str]) -> int:
        luck = self.random.random()
        if luck < 0.1:
            return 429
        if luck < 0.2:
            return 500
        if key in self.keys:
            return 409
        self.keys.add(key)
        self.reached.update(ids)
        return 500 if luck < 0.3 else 200


@contextmanager
def random_line(seed: int) -> Iterator[RandomLine]:
    """Such a server on a free port of loopback."""
    world = RandomLine(Random(seed))  # noqa: S311  # Repeatable on purpose.

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = world.take(self.headers["X-Line-Retry-Key"], body["to"])
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.send_header("x-line-request-id", "r1")
                self.end_headers()
                self.wfile.write(b"{}")
            except OSError:
                self.close_connection = True  # The other side was killed meanwhile.

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The base class's name.
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield world
    finally:
        world.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
