"""Signing in to the staff console: two steps, each counted; what ends a session; what an answer bears."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import text
from staff_world import ADDRESS, PASSWORD, StaffWorld, build_staff_world

from bot.staff import Role, StaffAccounts
from bot.storage.engine import reading, writing


@pytest.fixture
def world(tmp_path: Path) -> Iterator[StaffWorld]:
    world = build_staff_world(tmp_path)
    yield world
    world.engine.dispose()


def test_the_first_sign_in_sets_up_codes_and_a_password_of_ones_own(world: StaffWorld) -> None:
    handed_out = world.add("hanako", Role.DESK)
    browser = world.browser()
    assert browser.sign_in("hanako", handed_out).location == "/sign-in/setup"
    assert browser.open("/").location == "/sign-in/setup", "the password alone opens nothing"
    codes = browser.first_sign_in("hanako", handed_out)
    assert len(codes) == 10
    assert browser.is_in()
    assert not world.browser().sign_in("hanako", handed_out).location
    assert world.actions() == ["codes_set_up", "signed_in", "password_changed", "sign_in_refused"]


def test_the_handed_out_password_must_be_replaced_before_anything_else(world: StaffWorld) -> None:
    browser = world.browser()
    browser.first_sign_in("hanako", world.add("hanako", Role.DESK))
    with writing(world.engine) as session:
        fresh = StaffAccounts(session, world.clock).reset_password("hanako")
    browser.sign_in("hanako", fresh)
    browser.open("/sign-in/code")
    assert browser.send("/sign-in/code", code=world.code("hanako")).location == "/account/password"
    assert browser.open("/").location == "/account/password"


def test_a_code_opens_the_console_once(world: StaffWorld) -> None:
    world.signed_in("hanako")
    code = world.code("hanako")
    first, second = world.browser(), world.browser()
    for browser in (first, second):
        browser.sign_in("hanako")
        browser.open("/sign-in/code")
        browser.send("/sign-in/code", code=code)
    assert "使用済み" in second.page
    assert first.is_in()
    assert not second.is_in()


def test_the_code_of_the_setup_is_not_taken_again(world: StaffWorld) -> None:
    world.signed_in("hanako")
    again = world.browser()
    again.sign_in("hanako")
    again.open("/sign-in/code")
    used = pyotp.TOTP(world.secrets["hanako"]).at(world.clock.now())
    assert again.send("/sign-in/code", code=used).status_code == 422


@pytest.mark.parametrize(
    ("seconds", "opens"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_phones_clock_may_be_half_a_minute_off(world: StaffWorld, seconds: int, opens: bool) -> None:
    world.signed_in("hanako")
    world.clock.advance(timedelta(minutes=5))
    browser = world.browser()
    browser.sign_in("hanako")
    browser.open("/sign-in/code")
    there = world.clock.now() + timedelta(seconds=seconds)
    browser.send("/sign-in/code", code=pyotp.TOTP(world.secrets["hanako"]).at(there))
    assert browser.is_in() is opens


def test_a_recovery_code_stands_in_once_for_its_own_account(world: StaffWorld) -> None:
    browser = world.browser()
    [code, *_] = browser.first_sign_in("hanako", world.add("hanako"))
    world.signed_in("jiro")
    for username, opens in (("jiro", False), ("hanako", True), ("hanako", False)):
        other = world.browser()
        other.sign_in(username)
        other.open("/sign-in/code")
        other.send("/sign-in/code", code=f" {code.upper()} ")
        assert other.is_in() is opens, username
    assert world.actions(actor="hanako").count("recovery_code_used") == 1


def test_new_recovery_codes_replace_the_old_ones(world: StaffWorld) -> None:
    browser = world.browser()
    [old, *_] = browser.first_sign_in("hanako", world.add("hanako"))
    browser.open("/account/recovery-codes")
    assert "これまでのリカバリーコードは、もう使えません" in browser.send("/account/recovery-codes").get_data(
        as_text=True
    )
    other = world.browser()
    other.sign_in("hanako")
    other.open("/sign-in/code")
    assert other.send("/sign-in/code", code=old).status_code == 422


def test_secrets_do_not_stand_in_the_database(world: StaffWorld, tmp_path: Path) -> None:
    browser = world.browser()
    [code, *_] = browser.first_sign_in("hanako", world.add("hanako"))
    world.engine.dispose()
    everything = b"".join(file.read_bytes() for file in tmp_path.glob("staff.sqlite3*"))
    assert b"hanako" in everything
    for secret in (world.secrets["hanako"], code, code.replace("-", ""), PASSWORD):
        assert secret.encode() not in everything


def test_unknown_wrong_and_disabled_are_answered_alike(world: StaffWorld) -> None:
    world.signed_in("hanako")
    world.signed_in("jiro")
    with writing(world.engine) as session:
        StaffAccounts(session, world.clock).disable("jiro")
    pages = set()
    for username, password in (("nobody", PASSWORD), ("hanako", "wrong"), ("jiro", PASSWORD)):
        response = world.browser().sign_in(username, password)
        page = response.get_data(as_text=True).replace(username, "…")
        pages.add((response.status_code, page[page.index("<main") :].replace(_csrf(page), "…")))
    assert len(pages) == 1
    refused = [(entry.actor, entry.subject.value) for entry in world.entries(action="sign_in_refused")]
    assert refused == [("-", ""), ("hanako", "hanako"), ("jiro", "jiro")]


def _csrf(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("username", ["hanako", "nobody"])
def test_failures_make_wait_longer_and_longer_even_with_the_right_password(
    world: StaffWorld, username: str
) -> None:
    world.signed_in("hanako")
    statuses = [world.browser().sign_in(username, "wrong").status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 429, 429]
    assert world.browser().sign_in(username, PASSWORD).headers["Retry-After"] == "60"
    world.clock.advance(timedelta(minutes=1))
    assert world.browser().sign_in(username, "wrong").headers["Retry-After"] == "120"


def test_codes_are_counted_across_sessions(world: StaffWorld) -> None:
    world.signed_in("hanako")
    statuses = []
    for _ in range(5):
        browser = world.browser()
        browser.sign_in("hanako")
        browser.open("/sign-in/code")
        statuses.append(browser.send("/sign-in/code", code="000000").status_code)
    assert statuses == [422, 422, 422, 429, 429]


def test_a_session_left_alone_ends(world: StaffWorld) -> None:
    browser = world.signed_in("hanako")
    world.clock.advance(timedelta(minutes=29))
    assert browser.is_in()
    world.clock.advance(timedelta(minutes=29))
    assert browser.is_in(), "it was used in between"
    world.clock.advance(timedelta(minutes=31))
    assert browser.open("/").location == "/sign-in"


def test_a_session_ends_however_busy(world: StaffWorld) -> None:
    browser = world.signed_in("hanako")
    for _ in range(29):
        world.clock.advance(timedelta(minutes=20))
        assert browser.is_in()
    world.clock.advance(timedelta(minutes=20))
    assert not browser.is_in()


def test_a_half_done_sign_in_is_soon_forgotten(world: StaffWorld) -> None:
    world.signed_in("hanako")
    browser = world.browser()
    browser.sign_in("hanako")
    world.clock.advance(timedelta(minutes=11))
    assert browser.open("/sign-in/code").location == "/sign-in"


def test_signing_out_ends_the_session_for_the_cookie_too(world: StaffWorld) -> None:
    browser = world.signed_in("hanako")
    browser.open("/account")
    stolen = browser.client.get_cookie("__Host-madoguchi-staff", "staff.library.example")
    assert stolen is not None
    browser.send("/sign-out")
    thief = world.browser()
    thief.client.set_cookie(stolen.key, stolen.value, domain="staff.library.example")
    assert not thief.is_in()
    assert world.actions()[-1] == "signed_out"


@pytest.mark.parametrize("end", ["disable", "reset_password", "reset_totp"])
def test_what_an_admin_does_ends_the_sessions_at_once(world: StaffWorld, end: str) -> None:
    browser = world.signed_in("hanako")
    with writing(world.engine) as session:
        getattr(StaffAccounts(session, world.clock), end)("hanako")
    assert not browser.is_in()


def test_a_new_password_ends_the_other_sessions(world: StaffWorld) -> None:
    browser, other = world.signed_in("hanako"), world.browser()
    other.sign_in_again("hanako")
    assert other.is_in()
    browser.open("/account/password")
    browser.send(
        "/account/password", old=PASSWORD, new="another long password", again="another long password"
    )
    assert browser.is_in()
    assert not other.is_in()


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", "a long enough password", "a long enough password", "いまのパスワードが違います"),
        (PASSWORD, "short", "short", "12文字以上"),
        (PASSWORD, "a long enough password", "a long enough passworD", "同じではありません"),
        (PASSWORD, PASSWORD, PASSWORD, "いまのパスワードと同じ"),
        (PASSWORD, "hanako's own password", "hanako's own password", "ユーザー名を含まない"),
        (PASSWORD, "x" * 1001, "x" * 1001, "長すぎます"),
    ],
)
def test_a_flawed_password_changes_nothing(
    world: StaffWorld, old: str, new: str, again: str, said: str
) -> None:
    browser = world.signed_in("hanako")
    browser.open("/account/password")
    response = browser.send("/account/password", old=old, new=new, again=again)
    assert response.status_code == 422
    assert said in response.get_data(as_text=True)
    assert world.browser().sign_in("hanako").location == "/sign-in/code"


def test_guessing_the_old_password_from_within_is_counted(world: StaffWorld) -> None:
    browser = world.signed_in("hanako")
    browser.open("/account/password")
    long = "a long enough password"
    statuses = [
        browser.send("/account/password", old="wrong", new=long, again=long).status_code for _ in range(5)
    ]
    assert statuses == [422, 422, 422, 422, 429]


def test_a_living_secret_is_not_shown_to_a_second_setup(world: StaffWorld) -> None:
    handed_out = world.add("hanako")
    waiting = world.browser()
    waiting.sign_in("hanako", handed_out)
    world.browser().first_sign_in("hanako", handed_out)
    assert waiting.open("/sign-in/setup").location == "/sign-in"


def test_signing_in_gives_a_new_cookie(world: StaffWorld) -> None:
    world.signed_in("hanako")
    browser = world.browser()
    before = browser.sign_in("hanako").headers["Set-Cookie"]
    browser.open("/sign-in/code")
    after = browser.send("/sign-in/code", code=world.code("hanako")).headers["Set-Cookie"]
    assert before != after
    for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in after


def test_old_sessions_leave_the_database(world: StaffWorld) -> None:
    world.signed_in("hanako")
    world.clock.advance(timedelta(hours=11))
    world.browser().sign_in("hanako")
    with reading(world.engine) as session:
        assert session.scalar(text("SELECT count(*) FROM staff_sessions")) == 1


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/static/staff.css"])
def test_every_answer_bears_the_strict_headers(world: StaffWorld, path: str) -> None:
    headers = world.browser().open(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_without_https_the_cookie_goes_over_loopback(tmp_path: Path) -> None:
    world = build_staff_world(tmp_path, address="http://127.0.0.1:8000")
    response = world.app.test_client().get("/sign-in", base_url="http://127.0.0.1:8000")
    assert response.headers["Set-Cookie"].startswith("madoguchi-staff=")
    assert "Secure" not in response.headers["Set-Cookie"]
    world.engine.dispose()


def test_hostile_fields_get_an_ordinary_answer(world: StaffWorld) -> None:
    browser = world.browser()
    for hostile in ("あ" * 3_000, "\0", '"><script>alert(1)</script>{{7*7}}', "％ｓ"):
        response = browser.sign_in(hostile, hostile)
        assert response.status_code in (422, 429)
        assert "<script" not in browser.page
    browser.open("/sign-in")
    assert browser.send("/sign-in", username="x", password="y" * 100_000).status_code == 413
    assert browser.client.post("/sign-in", json=[1], base_url=ADDRESS).status_code == 400


def test_no_log_holds_a_secret_or_a_name(world: StaffWorld, capsys: pytest.CaptureFixture[str]) -> None:
    browser = world.browser()
    codes = browser.first_sign_in("hanako", world.add("hanako"))
    browser.sign_in("hanako", "wrong")
    said = "".join(capsys.readouterr())
    assert "/staff/sign-in" in said
    for secret in ("hanako", PASSWORD, "wrong", world.secrets["hanako"], codes[0]):
        assert secret not in said
