"""An admin keeps other people's accounts in the console; nobody shuts themselves out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_world import StaffBrowser, StaffWorld, build_staff_world

from bot.staff import Role


@pytest.fixture
def world(tmp_path: Path) -> Iterator[StaffWorld]:
    world = build_staff_world(tmp_path)
    yield world
    world.engine.dispose()


@pytest.fixture
def admin(world: StaffWorld) -> StaffBrowser:
    return world.signed_in("admin", Role.ADMIN)


def do(admin: StaffBrowser, act: str, username: str) -> str:
    """An act with its second question; what the page says then."""
    admin.open("/accounts")
    admin.send("/accounts/act", act=act, username=username)
    admin.send("/accounts/act", act=act, username=username, confirmed="yes")
    return admin.page


def test_an_account_is_shut_and_opened_again(world: StaffWorld, admin: StaffBrowser) -> None:
    other = world.signed_in("jiro", Role.DESK)
    admin.open("/accounts")
    admin.send("/accounts/act", act="disable", username="jiro")
    assert "停止しますか" in admin.page
    assert other.is_in(), "it was only asked"
    do(admin, "disable", "jiro")
    assert not other.is_in()
    admin.open("/accounts")
    assert "停止中" in admin.page
    do(admin, "enable", "jiro")
    other.sign_in_again("jiro")
    assert other.is_in()
    assert [action for action in world.actions(actor="admin") if action.startswith("account")] == [
        "account_disabled",
        "account_enabled",
    ]


def test_a_new_password_and_new_codes_are_given(world: StaffWorld, admin: StaffBrowser) -> None:
    world.signed_in("jiro", Role.DESK)
    password = do(admin, "reset-password", "jiro").split('<dd class="secret">')[1].split("<")[0]
    do(admin, "reset-totp", "jiro")
    browser = world.browser()
    assert browser.sign_in("jiro", password).location == "/sign-in/setup"
    browser.first_sign_in("jiro", password)
    assert browser.is_in()


@pytest.mark.parametrize(
    ("act", "username"), [("disable", "admin"), ("disable", "nobody"), ("crown", "jiro"), ("", "")]
)
def test_what_makes_no_sense_changes_nothing(
    world: StaffWorld, admin: StaffBrowser, act: str, username: str
) -> None:
    world.add("jiro", Role.DESK)
    admin.open("/accounts")
    before = world.actions()
    assert admin.send("/accounts/act", act=act, username=username, confirmed="yes").status_code == 400
    assert admin.is_in()
    assert world.actions() == before
