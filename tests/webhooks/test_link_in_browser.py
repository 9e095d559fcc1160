"""The link pages in a real browser without scripts: the way to LINE's dialog, by keyboard, with large text."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from link_world import LinkWorld, build_world
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone's page without scripts."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="ja-JP", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def dialog_server() -> BaseWSGIServer:
    """Another party on another port, where LINE's dialog would be."""
    app = Flask("dialog")
    app.add_url_rule("/dialog", view_func=lambda: "<!doctype html><title>LINE</title><p>LINE</p>")
    return serving(app)


def serving(app: Flask) -> BaseWSGIServer:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(params=["mito", "kyoto"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[LinkWorld, str, str]]:
    """The world, the address of its pages and the address of the dialog."""
    dialog = dialog_server()
    dialog_url = f"http://127.0.0.1:{dialog.port}/dialog"
    world = build_world(tmp_path, request.param, public_url="http://127.0.0.1", link_url=dialog_url)
    server = serving(world.app)
    yield world, f"http://127.0.0.1:{server.port}", dialog_url
    for running in (server, dialog):
        running.shutdown()
        running.server_close()
    world.engine.dispose()


def test_a_patron_signs_in_by_keyboard_after_a_mistake(place: tuple[LinkWorld, str, str], page: Page) -> None:
    _, here, dialog_url = place
    page.goto(f"{here}/link?linkToken=TOKEN")
    page.get_by_label("番号").fill("１００")
    page.get_by_label("パスワード").fill("wrong")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("番号")).to_have_value("100")
    page.get_by_label("パスワード").fill("right-password1")
    page.get_by_role("button").click()
    page.wait_for_url(f"{dialog_url}?linkToken=TOKEN&nonce=*")


def test_a_temporary_password_is_changed_on_the_way(place: tuple[LinkWorld, str, str], page: Page) -> None:
    _, here, dialog_url = place
    page.goto(f"{here}/link?linkToken=TOKEN")
    page.get_by_label("番号").fill("200")
    page.get_by_label("パスワード").fill("temporary1")
    page.get_by_role("button").click()
    page.get_by_label("新しいパスワード").first.fill("new-password1")
    page.get_by_label("もう一度").fill("new-password1")
    page.get_by_role("button").click()
    page.wait_for_url(f"{dialog_url}?linkToken=TOKEN&nonce=*")


def test_text_twice_as_large_needs_no_scrolling_sideways(
    place: tuple[LinkWorld, str, str], chromium: Browser
) -> None:
    _, here, _ = place
    # The width that is left of a phone's 390 when everything is shown at 200 %.
    context = chromium.new_context(viewport={"width": 195, "height": 422}, device_scale_factor=2)
    page = context.new_page()
    for path in ("/link?linkToken=TOKEN", "/link/register?linkToken=TOKEN", "/link"):
        page.goto(here + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 195
    context.close()
