"""Processes that push: the product's sender of notices, and a bare loop of the SDK's push, to be compared with it."""

import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from linebot.v3.messaging import ApiClient, Configuration, Message, MessagingApi, PushMessageRequest

from bench import machine
from bot import logs, wiring
from bot.clock import SystemClock
from bot.config import load_settings
from bot.jobs.notice_sending import BATCH
from bot.policies import load_policy
from bot.storage.engine import open_engine


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one process did."""

    count: int
    began: float
    ended: float
    """By the clock that all processes of a machine share."""
    memory: tuple[tuple[int, float], ...]
    """Its MB after so many pushes."""


def rate(found: Sequence[Pushed]) -> float:
    """Pushes a second of processes that began together."""
    seconds = max(one.ended for one in found) - min(one.began for one in found)
    return sum(one.count for one in found) / seconds


def side_by_side(push: Callable[..., Pushed], processes: int, **options: Any) -> list[Pushed]:
    """Run it in so many processes that begin at one moment. Raises RuntimeError where one failed."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as running:
        pipes = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_run, args=(theirs, push, options), daemon=True)
            process.start()
            running.callback(process.join)
            pipes.append(ours)
        for pipe in pipes:
            pipe.recv()  # It is ready.
        for pipe in pipes:
            pipe.send("go")
        found = [pipe.recv() for pipe in pipes]
    failed = [one for one in found if not isinstance(one, Pushed)]
    if failed:
        raise RuntimeError(f"pushing failed: {failed}")
    return found


def by_day() -> timedelta:
    """By how much a clock is to be shifted so that no quiet hours are near, whenever the bench is run."""
    return timedelta(hours=10 - datetime.now(load_policy("mito").zone).hour)


def _run(pipe: Connection, push: Callable[..., Pushed], options: dict[str, Any]) -> None:
    def start() -> None:
        pipe.send("ready")
        pipe.recv()

    try:
        with Path(os.devnull).open("w") as nowhere:
            logs.set_up(nowhere)
            pipe.send(push(start, **options))
    except Exception as error:  # Told to the one who asked.
        pipe.send(f"{type(error).__name__}: {error}")


def bare(start: Callable[[], None], *, line_port: int, messages: str, count: int) -> Pushed:
    """The SDK's push in a loop, over one connection, the message read once."""
    configuration = Configuration(access_token="bench", host=f"http://127.0.0.1:{line_port}")  # noqa: S106
    made = [Message.from_dict(message) for message in json.loads(messages)]
    with ApiClient(configuration) as client:
        api = MessagingApi(client)
        start()
        began = monotonic()
        for number in range(count):
            api.push_message(
                PushMessageRequest(to=f"U{number:032x}", messages=made), x_line_retry_key=str(uuid4())
            )
    return Pushed(count, began, monotonic(), ())


def notices(
    start: Callable[[], None], *, environment: dict[str, str], shift: timedelta, marks: Sequence[int]
) -> Pushed:
    """The product's sender, until nothing is due; its memory after so many pushes, and at the end."""
    settings, policy = load_settings(**environment), load_policy("mito")
    clock = SystemClock(policy.zone, shift)
    engine = open_engine(settings.database_url)
    memory: list[tuple[int, float]] = []
    with wiring.notice_run(settings, policy, clock, engine) as work:
        count, waiting = 0, sorted(marks)
        start()
        began = monotonic()
        while work.sender.send_some():
            count += BATCH
            if waiting and count >= waiting[0]:
                memory.append((waiting.pop(0), round(machine.resident_mb(os.getpid()), 1)))
        ended = monotonic()
        memory.append((count, round(machine.resident_mb(os.getpid()), 1)))
    engine.dispose()
    return Pushed(count, began, ended, tuple(memory))
