"""The page of figures, and the page of what was not understood."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from staff_world import StaffWorld, build_staff_world

from bot import wiring
from bot.config import Settings
from bot.staff import Role
from bot.storage.counts import SERIES, Counts
from bot.storage.depths import QUOTA
from bot.storage.engine import writing
from bot.storage.insight import NotUnderstood
from bot.storage.tasks import SharedValues
from webhooks.staff import create_staff_app
from webhooks.staff.charts import HEIGHT, SHARE, charts_of

TODAY = date(2026, 12, 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[StaffWorld]:
    world = build_staff_world(tmp_path)
    yield world
    world.engine.dispose()


def listening(world: StaffWorld) -> StaffWorld:
    """The console of a library that wants to know what was not understood."""
    insight = world.policy.insight.model_copy(update={"not_understood": True})
    world.policy = world.policy.model_copy(update={"insight": insight})
    settings = Settings(
        SECRET_KEY="key", STAFF_URL="https://staff.library.example", PUBLIC_URL="https://a.example"
    )
    world.app = create_staff_app(wiring.staff_services(settings, world.policy, world.clock, world.engine))
    return world


def note(world: StaffWorld, masked: str, times: int) -> None:
    with writing(world.engine) as session:
        for _ in range(times):
            NotUnderstood(session, world.clock).note(masked, "renew")


def counted(*days: dict[str, int]) -> Counts:
    """These days, today first."""
    nothing = dict.fromkeys(SERIES, 0)
    found = tuple((TODAY - timedelta(days=n), nothing | day) for n, day in enumerate(days))
    return Counts(datetime(2026, 12, 1).astimezone(), {}, found, {})


def chart(name: str, *days: dict[str, int]) -> Any:
    return next(one for one in charts_of(counted(*days)) if one.name == name)


def test_columns_go_from_the_oldest_day_to_today_and_the_highest_fills_its_chart() -> None:
    columns = chart("renewals", {"renewals": 2}, {"renewals": 4}, {}).columns
    assert [(one.day.day, one.value, one.height, one.y) for one in columns] == [
        (29, 0, 0, HEIGHT),
        (30, 4, HEIGHT, 0),
        (1, 2, HEIGHT // 2, HEIGHT // 2),
    ]


def test_share_is_of_a_hundred_and_unknown_on_a_day_without_words() -> None:
    share = chart(SHARE, {"understood": 3, "missed": 1}, {})
    assert [(one.value, one.height) for one in share.columns] == [(None, 0), (75, HEIGHT * 3 // 4)]
    assert share.latest == 75


def test_the_page_shows_each_number_in_a_table_beside_the_charts(world: StaffWorld) -> None:
    with writing(world.engine) as session:
        SharedValues(session, world.clock).set(QUOTA, {"limit": 200, "used": 90})
    browser = world.signed_in("hanako", Role.DESK)
    assert browser.open("/insight").status_code == 200
    assert browser.page.count("<svg") == browser.page.count("<figure>") == 7
    assert browser.page.count('<th scope="row">') == 7
    assert '<div class="charts" aria-hidden="true">' in browser.page
    assert "通じた割合" in browser.page
    assert "月末までの見込み" in browser.page
    assert "2,590通足りなくなります" in browser.page
    assert "通じなかったことば" not in browser.page


def test_what_was_not_understood_is_shown_from_the_second_time_on(world: StaffWorld) -> None:
    browser = listening(world).signed_in("hanako", Role.WRITER)
    note(world, "＿の延長の返却", 2)
    note(world, "予約してる＿", 1)
    browser.open("/insight")
    assert "通じなかったことば" in browser.page
    browser.open("/insight/words")
    assert "＿の延長の返却</td><td>延長</td><td>2</td><td>12月1日（火）" in browser.page
    assert "予約してる" not in browser.page


def test_where_the_library_keeps_nothing_the_page_says_so(world: StaffWorld) -> None:
    note(world, "＿の延長の返却", 2)
    browser = world.signed_in("hanako", Role.ADMIN)
    browser.open("/insight/words")
    assert "記録していません" in browser.page
    assert "返却" not in browser.page
