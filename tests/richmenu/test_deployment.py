"""Putting menus in place at the simulator, with whatever may go wrong on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import new_database
from sqlalchemy import Engine

from bot.accounts import Friends, Links, Nonces
from bot.clock import StoppedClock
from bot.jobs.rich_menu_deploy import RichMenuDeployment
from bot.jobs.rich_menu_links import MenuLinks
from bot.line.api import LineUnavailable
from bot.line.richmenus import RichMenuClient
from bot.policies import load_policy
from bot.policies.menu import MenuColours
from bot.richmenu import Menu, menus_of
from bot.storage.engine import open_engine, reading, writing
from bot.storage.richmenus import MenuChanges, RichMenus
from simulator.clock import HandClock
from simulator.platform import Platform
from simulator.server import running
from simulator.settings import Settings

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
MENUS = menus_of(load_policy("mito"))
OTHERS = menus_of(load_policy("kyoto"))
"""The same menus with other words and colours, as after a change."""


class Killed(BaseException):
    """The process is gone."""


class KilledAfter:
    """LINE's calls, of which this process does not survive one: the call is made, its answer is never heard."""

    def __init__(self, line: RichMenuClient, calls: int) -> None:
        self._line = line
        self.left = calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._line, name)

        def made(*arguments: Any, **named: Any) -> Any:
            answer = call(*arguments, **named)
            self.left -= 1
            if self.left == 0:
                raise Killed
            return answer

        return made


@dataclass
class World:
    """A database, the simulator, and somebody with a card and somebody without."""

    engine: Engine
    clock: StoppedClock
    platform: Platform
    line_clock: HandClock
    line: RichMenuClient
    patron: str
    guest: str

    def deployment(self, menus: tuple[Menu, ...] = MENUS, line: Any = None) -> RichMenuDeployment:
        """Of these menus."""
        return RichMenuDeployment(self.engine, line or self.line, self.clock, menus)

    def links(self) -> MenuLinks:
        """What the running process does."""
        return MenuLinks(self.engine, self.line, self.clock)

    def link_card(self, line_user_id: str, card_number: str = "1234567890") -> None:
        """A card is linked, as at the end of the dialog."""
        with writing(self.engine) as session:
            Friends(session, self.clock).met(line_user_id)
            nonce = Nonces(session, self.clock).make(line_user_id, card_number)
            Links(session, self.clock).complete(nonce, line_user_id)

    def unlink_card(self, line_user_id: str, card_number: str = "1234567890") -> None:
        """It is unlinked."""
        with writing(self.engine) as session:
            Links(session, self.clock).unlink(line_user_id, card_number)

    def shown(self, line_user_id: str) -> str:
        """The name of the menu that a person sees."""
        menu = self.platform.rich_menus.shown_to(line_user_id)
        return str(menu["name"]) if menu else ""

    def waiting(self) -> int:
        """How many wait for their menu."""
        with reading(self.engine) as session:
            return MenuChanges(session, self.clock).count()

    def is_in_place(self, menus: tuple[Menu, ...]) -> None:
        """These menus and nothing else of ours are there, and everybody sees theirs."""
        by_key = {menu.key: menu for menu in menus}
        listed = {menu["richMenuId"]: menu["name"] for menu in self.platform.rich_menus.all()}
        assert sorted(listed.values()) == sorted(menu.name for menu in menus)
        aliases = {alias: listed[menu_id] for alias, menu_id in self.platform.rich_menus.aliases.items()}
        assert aliases == {menu.alias: menu.name for menu in menus}
        assert self.shown(self.guest) == by_key["guest"].name
        assert self.shown(self.patron) == by_key["loans"].name
        assert self.waiting() == 0
        assert all(
            (menu.is_in_use, menu.is_at_line, menu.has_alias) == (True, True, True)
            for menu in self.deployment(menus).status()
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = open_engine(new_database(tmp_path / "menus.sqlite3"))
    settings = Settings("http://127.0.0.1:9/", "secret", "token")
    line_clock = HandClock(START)
    with running(settings, line_clock) as (platform, url):
        people = [platform.state.add_person(name) for name in ("はなこ", "たろう")]
        for person in people:
            person.is_friend = True
        line = RichMenuClient(access_token="token", base_url=url, data_base_url=url)
        clock = StoppedClock(START)
        world = World(engine, clock, platform, line_clock, line, *(person.user_id for person in people))
        world.link_card(world.patron)
        yield world
        line.close()
    engine.dispose()


def test_menus_are_put_in_place_and_once_more_changes_nothing(world: World) -> None:
    world.deployment().deploy()
    world.is_in_place(MENUS)
    before = world.platform.rich_menus.all()
    steps: list[str] = []
    RichMenuDeployment(world.engine, world.line, world.clock, MENUS, steps.append).deploy()
    assert world.platform.rich_menus.all() == before
    assert steps == []


def test_changed_menus_take_the_place_of_the_old_ones_also_for_whoever_turned_to_another_tab(
    world: World,
) -> None:
    world.deployment().deploy()
    world.platform.rich_menus.switch(world.patron, "madoguchi-settings")
    world.deployment(OTHERS).deploy()
    world.is_in_place(OTHERS)


def test_menus_of_others_stay(world: World) -> None:
    theirs = world.line.create_menu(MENUS[0].body() | {"name": "somebody else's"})
    world.deployment().deploy()
    world.deployment().remove()
    assert [menu["richMenuId"] for menu in world.platform.rich_menus.all()] == [theirs]
    assert world.platform.rich_menus.aliases == {}
    assert world.shown(world.guest) == ""
    with reading(world.engine) as session:
        assert RichMenus(session, world.clock).deployed() == {}


def test_killed_after_any_call_the_next_run_ends_the_same(world: World) -> None:
    """Each round puts other menus in place, is killed one call later than the round before, and runs again."""
    calls, ended = 0, False
    while not ended:
        calls += 1
        menus = OTHERS if calls % 2 else MENUS
        # An hour later, for LINE takes 100 menus made and 100 removed an hour.
        world.line_clock.advance(timedelta(hours=1))
        world.clock.advance(timedelta(hours=1))
        try:
            world.deployment(menus, KilledAfter(world.line, calls)).deploy()
            ended = True
        except Killed:
            world.deployment(menus).deploy()
        world.is_in_place(menus)
    assert calls > 20


def test_the_menu_changes_on_linking_and_unlinking(world: World) -> None:
    world.deployment().deploy()
    links = world.links()
    patrons, guests = world.shown(world.patron), world.shown(world.guest)
    world.link_card(world.guest, "9999000011")
    links.sweep()
    assert world.shown(world.guest) == patrons
    world.unlink_card(world.guest, "9999000011")
    links.sweep()
    assert world.shown(world.guest) == guests
    assert world.waiting() == 0


def test_with_a_second_card_left_the_patrons_menu_stays(world: World) -> None:
    world.link_card(world.patron, "9999000011")
    world.deployment().deploy()
    patrons = world.shown(world.patron)
    world.unlink_card(world.patron)
    world.links().sweep()
    assert world.shown(world.patron) == patrons


def test_whoever_comes_back_after_blocking_gets_their_menu_again(world: World) -> None:
    world.deployment().deploy()
    patrons = world.shown(world.patron)
    with writing(world.engine) as session:
        Friends(session, world.clock).blocked(world.patron, START)
    world.platform.rich_menus.unlink([world.patron])
    with writing(world.engine) as session:
        MenuChanges(session, world.clock).add(world.patron)
    world.links().sweep()
    assert (world.shown(world.patron) == patrons, world.waiting()) == (False, 0)
    with writing(world.engine) as session:
        Friends(session, world.clock).followed(world.patron, START + timedelta(minutes=1))
    world.links().sweep()
    assert world.shown(world.patron) == patrons


def test_a_change_that_comes_during_the_call_is_not_lost(world: World) -> None:
    world.deployment().deploy()
    world.link_card(world.guest, "9999000011")

    class Unlinking(RichMenuClient):
        """They unlink while LINE is being asked to link."""

        def __init__(self) -> None:
            """Without connections of its own."""

        def link_menu(self, line_user_ids: Any, rich_menu_id: str) -> None:
            world.line.link_menu(line_user_ids, rich_menu_id)
            world.unlink_card(world.guest, "9999000011")

    MenuLinks(world.engine, Unlinking(), world.clock).sweep()
    assert world.waiting() == 1
    world.links().sweep()
    assert world.shown(world.guest) == MENUS[0].name


def test_while_line_does_not_answer_changes_wait_and_are_made_later(world: World) -> None:
    world.deployment().deploy()
    world.link_card(world.guest, "9999000011")
    nowhere = RichMenuClient(
        access_token="token", base_url="http://127.0.0.1:9", data_base_url="http://127.0.0.1:9"
    )
    MenuLinks(world.engine, nowhere, world.clock).sweep()
    with pytest.raises(LineUnavailable):
        world.deployment(line=nowhere).deploy()
    nowhere.close()
    world.links().sweep()
    assert world.waiting() == 1
    world.clock.advance(timedelta(minutes=1))
    world.links().sweep()
    assert world.waiting() == 0
    assert world.shown(world.guest) == world.shown(world.patron)


def test_before_the_first_deployment_nothing_waits(world: World) -> None:
    world.links().sweep()
    assert world.waiting() == 0


def test_many_are_linked_in_few_calls(world: World) -> None:
    world.deployment().deploy()
    people = [world.platform.state.add_person(f"その{number}") for number in range(12)]
    for number, person in enumerate(people):
        person.is_friend = True
        world.link_card(person.user_id, f"99990{number:05}")
    world.links().sweep()
    assert {world.shown(person.user_id) for person in people} == {world.shown(world.patron)}


def test_colours_of_another_library_are_another_menu() -> None:
    policy = load_policy("mito")
    red = policy.model_copy(update={"menu": MenuColours(main="#7A0010", paper="#FFFFFF")})
    assert {menu.name for menu in menus_of(red)}.isdisjoint(menu.name for menu in MENUS)
