"""The link pages before a hostile sender."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from link_world import Browser, LinkWorld, build_world, sent_to_line

from bot.accounts import LinkOutcome

RIGHT = {"card_number": "100", "password": "right-password1"}
PATHS = ("/link", "/link/register", "/link/password")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LinkWorld]:
    world = build_world(tmp_path, "mito")
    yield world
    world.engine.dispose()


@pytest.fixture
def browser(world: LinkWorld) -> Browser:
    """On the sign-in page."""
    browser = world.browser()
    browser.open("/link?linkToken=TOKEN")
    return browser


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?linkToken=",
        "?linkToken=unknown",
        "?linkToken=TOKEN%00",
        "?linkToken=%FF",
        "?linkToken=" + "x" * 10_000,
    ],
)
def test_without_a_token_of_ours_no_page_opens(world: LinkWorld, path: str, query: str) -> None:
    browser = world.browser()
    assert browser.open(path + query).status_code == 403
    assert "<form" not in browser.page
    assert "LINEのトークに戻り" in browser.page


@pytest.mark.parametrize("path", PATHS)
def test_after_nine_minutes_no_page_opens(world: LinkWorld, path: str) -> None:
    world.clock.advance(timedelta(minutes=9))
    assert world.browser().open(f"{path}?linkToken=TOKEN").status_code == 403


def test_a_page_opened_in_time_is_not_taken_after_nine_minutes(world: LinkWorld, browser: Browser) -> None:
    world.clock.advance(timedelta(minutes=9))
    assert browser.send(**RIGHT).status_code == 403
    assert world.passwords.calls == []


def test_the_page_is_closed_to_one_who_blocked_us(world: LinkWorld, browser: Browser) -> None:
    world.block("U1")
    assert browser.send(**RIGHT).status_code == 403
    assert world.passwords.calls == []


def test_a_token_opens_no_page_once_its_card_is_linked(world: LinkWorld, browser: Browser) -> None:
    page = browser.page
    assert world.complete(browser.send(**RIGHT)).outcome is LinkOutcome.LINKED
    browser.page = page
    assert browser.send(**RIGHT).status_code == 403


def test_a_stolen_nonce_links_nobody_else(world: LinkWorld, browser: Browser) -> None:
    world.issue("OTHER", "U2")
    response = browser.send(**RIGHT)
    assert world.complete(response, "U2").outcome is LinkOutcome.FAILED
    assert world.complete(response, "U1").outcome is LinkOutcome.FAILED


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("csrf_token", [None, "", "forged"])
def test_a_form_that_is_not_ours_is_refused_kindly(
    world: LinkWorld, browser: Browser, path: str, csrf_token: str | None
) -> None:
    browser.open("/link?linkToken=TOKEN")
    fields = {"linkToken": "TOKEN", **RIGHT} | ({} if csrf_token is None else {"csrf_token": csrf_token})
    if path == "/link/password":
        browser.send(card_number="200", password="temporary1")
        world.passwords.calls.clear()
    response = browser.post(path, fields)
    assert response.status_code == 400
    assert "もう一度、LINEからお進みください" in browser.page
    assert world.passwords.calls == []


def test_a_form_without_its_cookie_is_refused(world: LinkWorld, browser: Browser) -> None:
    other = world.browser()
    assert other.post("/link", {**browser.hidden(), **RIGHT}).status_code == 400
    assert world.passwords.calls == []


@pytest.mark.parametrize("path", ["/link?linkToken=TOKEN", "/link", "/link/register?linkToken=TOKEN"])
def test_every_page_bears_the_headers_that_guard_it(world: LinkWorld, path: str) -> None:
    headers = world.browser().open(path).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self' https://access.line.me; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def test_the_redirect_bears_them_too(browser: Browser) -> None:
    response = browser.send(**RIGHT)
    assert sent_to_line(response)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach(world: LinkWorld) -> None:
    cookie = world.browser().open("/link?linkToken=TOKEN").headers["Set-Cookie"]
    assert cookie.startswith("__Host-madoguchi=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie


def test_on_loopback_the_dialog_and_the_cookie_go_without_https(tmp_path: Path) -> None:
    here = "http://127.0.0.1:8000"
    world = build_world(tmp_path, "mito", public_url=here, link_url="http://127.0.0.1:8100/dialog?to=line")
    browser = Browser(world.app.test_client(), base_url=here)
    response = browser.open("/link?linkToken=TOKEN")
    assert "form-action 'self' http://127.0.0.1:8100;" in response.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in response.headers
    assert "Secure" not in response.headers["Set-Cookie"]
    location = browser.send(**RIGHT).location
    assert location.startswith("http://127.0.0.1:8100/dialog?to=line&linkToken=TOKEN&nonce=")
    world.engine.dispose()


def test_a_token_is_encoded_on_its_way_to_line(world: LinkWorld) -> None:
    world.issue("a+b/c=&nonce=forged")
    browser = world.browser()
    browser.open("/link?linkToken=a%2Bb%2Fc%3D%26nonce%3Dforged")
    assert sent_to_line(browser.send(**RIGHT))["linkToken"] == "a+b/c=&nonce=forged"


@pytest.mark.parametrize("path", ["/link", "/link/register"])
def test_markup_in_a_field_stays_text(browser: Browser, path: str) -> None:
    attack = '"><script>alert(1)</script>{{7*7}}'
    browser.open(f"{path}?linkToken=TOKEN")
    fields = dict.fromkeys(("card_number", "password", "name", "birth_date", "email"), attack)
    browser.send(**fields)
    assert "<script" not in browser.page
    assert "{{7*7}}" in browser.page


def test_fields_of_ten_thousand_characters_get_an_ordinary_answer(browser: Browser) -> None:
    long = "あ" * 10_000
    assert browser.send(card_number=long, password=long).status_code == 422
    browser.open("/link/register?linkToken=TOKEN")
    assert browser.send(card_number="300", name=long, birth_date=long).status_code == 422


def test_a_form_of_a_megabyte_is_refused_kindly(browser: Browser) -> None:
    assert browser.send(card_number="100", password="x" * 1_000_000).status_code == 413
    assert "入力が長すぎます" in browser.page


@pytest.mark.parametrize("body", [b"card_number=%FF%FE&password=%00", b"\xff\xfe\x00", b"=&=&&&", b"%"])
def test_bytes_that_are_no_text_get_an_ordinary_answer(browser: Browser, body: bytes) -> None:
    response = browser.client.post(
        "/link?linkToken=TOKEN",
        data=body,
        content_type="application/x-www-form-urlencoded",
        base_url=browser.base_url,
    )
    assert response.status_code == 400


def test_undecodable_bytes_in_a_field_get_an_ordinary_answer(browser: Browser) -> None:
    hidden = "&".join(f"{name}={value}" for name, value in browser.hidden().items())
    response = browser.client.post(
        "/link",
        data=hidden.encode() + b"&card_number=%FF%FE&password=%E3%81",
        content_type="application/x-www-form-urlencoded",
        base_url=browser.base_url,
    )
    assert response.status_code == 422


def test_a_json_body_is_no_form(browser: Browser) -> None:
    response = browser.client.post("/link?linkToken=TOKEN", json=[1, 2], base_url=browser.base_url)
    assert response.status_code == 400


def test_no_log_holds_a_secret(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser.send(card_number="100", password="wrong-password1")
    response = browser.send(**RIGHT)
    browser.open("/link/register?linkToken=TOKEN")
    browser.send(card_number="300", name="水戸 花子", birth_date="1950-04-01")
    browser.send(new_password="new-password1", new_password_again="new-password1", email="name@example.jp")
    assert "sign-in: Recognised" in caplog.text
    nonce = sent_to_line(response)["nonce"]
    for secret in (
        "100",
        "300",
        "password1",
        "TOKEN",
        nonce,
        "花子",
        "1950",
        "name@example.jp",
        "127.0.0.1",
        "U1",
    ):
        assert secret not in caplog.text


def test_other_methods_are_refused(browser: Browser) -> None:
    assert browser.client.put("/link?linkToken=TOKEN", base_url=browser.base_url).status_code == 405


def test_looking_at_the_page_uses_nothing_up(world: LinkWorld) -> None:
    for _ in range(3):
        assert world.browser().open("/link?linkToken=TOKEN").status_code == 200
        assert world.browser().client.head("/link?linkToken=TOKEN").status_code == 200
