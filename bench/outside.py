"""Everything outside the product in one process: patrons who write, and LINE, which delivers and takes replies.

One process and one clock, so that the time from a webhook to its reply needs no comparing; its CPU is counted apart.
"""

import asyncio
import multiprocessing
import resource
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from bench.conversation import MIX, message
from bench.http_client import Client
from bench.line_stand_in import StandIn
from bench.webhooks import request, text_event

HOST = "127.0.0.1"
PATIENCE_SECONDS = 90.0
"""How long a reply may take before it counts as missing."""


@dataclass
class Outcome:
    """What came of a load, as plain values."""

    seconds: float = 0.0
    """From the first request to the last answer or reply."""
    webhook_seconds: list[float] = field(default_factory=list)
    """From sending a webhook to its answer 200."""
    turn_seconds: list[float] = field(default_factory=list)
    """From sending a webhook to the reply to its event."""
    failed: int = 0
    """Webhooks not answered 200."""
    missing: int = 0
    """Events without a reply."""
    doubled: int = 0
    """Events with more than one reply."""
    disordered: int = 0
    """Patrons whose replies came in another order than their messages."""
    pushes: int = 0
    cpu_seconds: float = 0.0
    """Of this process."""
    said: dict[str, int] = field(default_factory=dict)
    """What was answered, by its first words."""


@dataclass(frozen=True)
class Load:
    """What is to be done, by the name of a method of `_World`."""

    what: str
    port: int
    options: dict[str, Any]


class Outside:
    """The process, seen from the bench."""

    def __init__(self, pipe: Connection, line_port: int, pid: int) -> None:
        self._pipe = pipe
        self.line_port = line_port
        self.pid = pid

    def run(self, what: str, port: int, **options: Any) -> Outcome:
        """Put a load on the web server at `port`. Raises RuntimeError where that itself failed."""
        self._pipe.send(Load(what, port, options))
        outcome = self._pipe.recv()
        if not isinstance(outcome, Outcome):
            raise RuntimeError(f"the load {what} failed: {outcome}")
        return outcome


@contextmanager
def outside() -> Iterator[Outside]:
    """The process, from its start to its end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_live, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Outside(ours, ours.recv(), process.pid or 0)
    finally:
        ours.send(None)
        process.join()


def _live(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    line = StandIn()
    await line.start()
    pipe.send(line.port)
    loop = asyncio.get_running_loop()
    while (load := await loop.run_in_executor(None, pipe.recv)) is not None:
        try:
            pipe.send(await _World(line, load.port).run(load))
        except Exception as error:  # Told to the one who asked.
            pipe.send(f"{type(error).__name__}: {error}")
    await line.stop()


class _World:
    """One load."""

    def __init__(self, line: StandIn, port: int) -> None:
        self._line = line
        self._client = Client(HOST, port)
        self._host = f"{HOST}:{port}"
        self._outcome = Outcome()
        self._sent: dict[int, list[str]] = {}
        """Reply tokens by patron, in the order in which they were written."""

    async def run(self, load: Load) -> Outcome:
        self._line.replies.clear()
        self._line.order.clear()
        self._line.pushes.clear()
        self._line.said.clear()
        self._line.waiting.clear()
        method: Callable[..., Coroutine[Any, Any, None]] = getattr(self, load.what)
        cpu, began = _cpu(), monotonic()
        await method(**load.options)
        outcome = self._outcome
        outcome.seconds = outcome.seconds or monotonic() - began
        outcome.cpu_seconds = _cpu() - cpu
        outcome.said = dict(self._line.said.most_common(40))
        outcome.doubled = sum(times > 1 for times in self._line.replies.values())
        outcome.pushes = len(self._line.pushes)
        outcome.disordered = self._disordered()
        self._client.close()
        return outcome

    async def accept_most(self, *, seconds: float, connections: int, line_delay: float = 0.0) -> None:
        """As many webhooks of one event as are answered, so many at a time."""
        self._line.delay_seconds = line_delay
        end = monotonic() + seconds

        async def writer(patron: int) -> None:
            while monotonic() < end:
                await self._deliver([text_event(patron, "貸出状況")])

        await asyncio.gather(*(writer(number + 1) for number in range(connections)))

    async def accept_steadily(self, *, rate: float, seconds: float, line_delay: float = 0.0) -> None:
        """Webhooks of one event at a rate, whether or not those before were answered."""
        self._line.delay_seconds = line_delay
        await self._steadily(
            rate,
            round(rate * seconds),
            lambda number, due: self._deliver([text_event(number % 500 + 1, "貸出状況")], due),
        )

    async def turns_steadily(self, *, rate: float, seconds: float, patrons: int, first: int) -> None:
        """Messages of the mix at a rate, patron after patron; each is timed from when it was to be written."""
        self._line.delay_seconds = 0.0

        async def turn(number: int, due: float) -> None:
            round_, patron = divmod(number, patrons)
            await self._turn(first + patron, message(patron, round_), due)

        await self._steadily(rate, round(rate * seconds), turn)

    async def turns_most(self, *, turns: int, patrons: int, first: int) -> None:
        """Messages of the mix by so many patrons at a time, each writing on as soon as they are answered."""
        self._line.delay_seconds = 0.0
        numbers = iter(range(turns))

        async def patron(place: int) -> None:
            for said, _ in enumerate(numbers):
                # After the whole mix somebody else goes on: nobody borrows or reserves it all.
                round_, number = divmod(said, len(MIX))
                who = first + place + round_ * patrons
                await self._turn(who, message(who, number), monotonic())

        await asyncio.gather(*(patron(place) for place in range(patrons)))

    async def burst(self, *, webhooks: int, events: int, at_once: int, first: int, spread: int) -> None:
        """All at once, webhooks of many events, by patrons from all over the record who write twice each."""
        self._line.delay_seconds = 0.0
        batches = [
            [
                self._expected(first + (number * events + place) // 2 * spread, place)
                for place in range(events)
            ]
            for number in range(webhooks)
        ]
        gate = asyncio.Semaphore(at_once)
        began = monotonic()

        async def deliver(batch: list[tuple[dict[str, Any], "asyncio.Future[float]"]]) -> None:
            async with gate:
                await self._deliver([event for event, _ in batch])

        await asyncio.gather(*(deliver(batch) for batch in batches))
        for batch in batches:
            for _, reply in batch:
                await self._wait(reply, began)
        self._outcome.seconds = max(self._outcome.turn_seconds, default=0.0)

    def _expected(self, patron: int, place: int) -> "tuple[dict[str, Any], asyncio.Future[float]]":
        event = text_event(patron, "貸出状況" if place % 2 == 0 else "予約一覧")
        self._sent.setdefault(patron, []).append(event["replyToken"])
        return event, self._line.expect(event["replyToken"])

    async def _turn(self, patron: int, text: str, due: float) -> None:
        event = text_event(patron, text)
        self._sent.setdefault(patron, []).append(event["replyToken"])
        reply = self._line.expect(event["replyToken"])
        if await self._deliver([event], due):
            await self._wait(reply, due)

    async def _deliver(self, events: list[dict[str, Any]], due: float | None = None) -> bool:
        began = monotonic() if due is None else due
        is_taken = await self._client.status(request(self._host, events)) == 200
        if is_taken:
            self._outcome.webhook_seconds.append(monotonic() - began)
        else:
            self._outcome.failed += 1
        return is_taken

    async def _wait(self, reply: "asyncio.Future[float]", due: float) -> None:
        try:
            self._outcome.turn_seconds.append(await asyncio.wait_for(reply, PATIENCE_SECONDS) - due)
        except TimeoutError:
            self._outcome.missing += 1

    async def _steadily(
        self, rate: float, times: int, act: Callable[[int, float], Coroutine[Any, Any, object]]
    ) -> None:
        began, tasks = monotonic(), []
        for number in range(times):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - monotonic()))
            tasks.append(asyncio.ensure_future(act(number, due)))
        await asyncio.gather(*tasks)

    def _disordered(self) -> int:
        places = {token: place for place, token in enumerate(self._line.order)}
        orders = ([places[token] for token in tokens if token in places] for tokens in self._sent.values())
        return sum(order != sorted(order) for order in orders)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
