"""`madoguchi announce`: whom it would reach, what is kept, what is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from announcement_world import NOON, AnnouncementWorld, build_world, random_line, user
from click.testing import CliRunner, Result

from bot.announcements import State
from bot.cli import main
from bot.staff import Role, StaffAccounts
from bot.storage.announcements import StaffPhones
from bot.storage.engine import reading, writing
from bot.storage.tables.accounts import LinkRow


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AnnouncementWorld]:
    world = build_world(tmp_path)
    world.friends(3)
    yield world
    world.engine.dispose()


def run(
    world: AnnouncementWorld, *arguments: str, url: str = "", now: str = "2026-12-01T12:00+09:00"
) -> Result:
    environment = {
        "DATABASE_URL": world.engine.url.render_as_string(),
        "MADOGUCHI_NOW": now,
        "LINE_API_BASE_URL": url or "http://127.0.0.1:1",
        "LINE_CHANNEL_ACCESS_TOKEN": "token",
    }
    return CliRunner().invoke(main, ["announce", *arguments], env=environment)


def test_a_rehearsal_says_what_would_be_and_keeps_nothing(world: AnnouncementWorld) -> None:
    result = run(world, "--text", "休館\\n年末です", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "3 reached" in result.output
    assert "2 yen" in result.output
    with pytest.raises(AssertionError):
        world.find(1)


def test_it_is_sent_with_a_bar(world: AnnouncementWorld) -> None:
    with random_line(seed=3) as line:
        result = run(world, "--heading", "休館", "--text", "年末です", url=line.url)
        assert result.exit_code == 0, result.output
        assert set(line.reached.values()) == {1}
    assert "3 sent, 0 failed, 0 in doubt" in result.output
    assert world.find(1).state is State.DONE


@pytest.mark.parametrize(
    ("more", "now"),
    [(("--at", "2026-12-01T15:00+09:00"), "2026-12-01T12:00+09:00"), ((), "2026-12-01T23:00+09:00")],
)
def test_what_is_for_later_is_kept(world: AnnouncementWorld, more: tuple[str, ...], now: str) -> None:
    result = run(world, "--text", "年末です", *more, now=now)
    assert "serve or worker sends it at its time" in result.output
    assert world.find(1).state is State.SCHEDULED


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--text", ""), 2),
        (("--text", "a", "--to", "branch:大阪"), 2),
        (("--text", "a", "--at", "soon"), 2),
        (("--text", "a", "--at", "2026-12-01T12:00"), 2),
        (("--text", "a", "--to", "watch:料理"), 1),
        (("--text", "a", "--to", "branch:東部"), 1),
    ],
)
def test_what_can_not_be_sent_is_explained(
    world: AnnouncementWorld, arguments: tuple[str, ...], status: int
) -> None:
    result = run(world, *arguments)
    assert result.exit_code == status, result.output
    with pytest.raises(AssertionError):
        world.find(1)


@pytest.mark.parametrize(
    ("username", "card", "status"), [("hanako", "100", 0), ("hanako", "999", 1), ("nobody", "100", 1)]
)
def test_where_trials_go_is_set_on_the_server(
    world: AnnouncementWorld, username: str, card: str, status: int
) -> None:
    with writing(world.engine) as session:
        StaffAccounts(session, world.clock).add("hanako", name="", roles=[Role.WRITER])
        session.add(
            LinkRow(link_id="l", line_user_id=user(1), card_number="100", in_use=True, linked_at=NOON)
        )
    environment = {"DATABASE_URL": world.engine.url.render_as_string()}
    result = CliRunner().invoke(main, ["staff", "phone", username, card], env=environment)
    assert result.exit_code == status, result.output
    with reading(world.engine) as session:
        assert StaffPhones(session).of("hanako") == (user(1) if status == 0 else "")
