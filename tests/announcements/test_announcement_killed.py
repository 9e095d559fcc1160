"""A sender is killed in the middle, and LINE answers 429 and 500 at random: each is reached once.

For a city: `ANNOUNCEMENT_PEOPLE=50000 .venv/bin/pytest --timeout 0 tests/announcements/test_announcement_killed.py`.
"""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from announcement_world import AnnouncementWorld, RandomLine, build_world, random_line, user

from bot.announcements import State
from bot.jobs.announcements import AnnouncementSender
from bot.line.client import LineClient

PEOPLE = int(os.environ.get("ANNOUNCEMENT_PEOPLE", "4000"))


@pytest.mark.process
@pytest.mark.parametrize("seed", [1])
def test_each_is_reached_once_though_the_sender_is_killed(tmp_path: Path, seed: int) -> None:
    world = build_world(tmp_path)
    world.friends(PEOPLE)
    with random_line(seed) as line:
        _kill_in_the_middle(world, line)
        before = len(line.reached)
        assert 0 < before < PEOPLE, "it was to be killed in the middle"
        _go_on(world, line)
    assert set(line.reached.values()) == {1}
    assert set(line.reached) == {user(at) for at in range(PEOPLE)}
    assert world.progress(1).sent == PEOPLE
    assert world.find(1).state is State.DONE
    assert {200, 429, 500} <= set(line.answers)
    world.engine.dispose()


def _kill_in_the_middle(world: AnnouncementWorld, line: RandomLine) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": world.engine.url.render_as_string(),
        "MADOGUCHI_NOW": world.clock.now().isoformat(),
        "LINE_API_BASE_URL": line.url,
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
    }
    command = [sys.executable, "-m", "bot", "announce", "--text", "年末の休館\n全館お休みします。"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert line.some.wait(60), "it has sent nothing"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        line.go_on.set()


def _go_on(world: AnnouncementWorld, line: RandomLine) -> None:
    """As another process does, by a clock that has no need to wait."""
    with LineClient(access_token="token", base_url=line.url) as client:
        sender = AnnouncementSender(world.engine, client, world.clock)
        world.clock.advance(timedelta(minutes=10))
        while world.find(1).state is not State.DONE:
            if not sender.send_some():
                world.clock.advance(timedelta(seconds=30))
            world.schedule.look()
