"""Every link page, empty and after each kind of mistake, is looked through by axe-core: it finds nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from link_world import build_world
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

pytestmark = pytest.mark.browser

Way = Callable[[Page, str], None]


def sign_in_page(page: Page, here: str) -> None:
    page.goto(f"{here}/link?linkToken=TOKEN")


def sign_in_refused(page: Page, here: str) -> None:
    sign_in_page(page, here)
    page.get_by_label("番号").fill("100")
    page.get_by_label("パスワード").fill("wrong")
    page.get_by_role("button").click()


def sign_in_left_empty(page: Page, here: str) -> None:
    sign_in_page(page, here)
    page.get_by_role("button").click()


def without_a_token(page: Page, here: str) -> None:
    page.goto(f"{here}/link")


def first_registration(page: Page, here: str) -> None:
    page.goto(f"{here}/link/register?linkToken=TOKEN")


def first_registration_left_empty(page: Page, here: str) -> None:
    first_registration(page, here)
    if page.get_by_role("button").count():
        page.get_by_role("button").first.click()


def new_password(page: Page, here: str) -> None:
    sign_in_page(page, here)
    page.get_by_label("番号").fill("200")
    page.get_by_label("パスワード").fill("temporary1")
    page.get_by_role("button").click()
    page.get_by_label("新しいパスワード").first.wait_for()


def new_password_refused(page: Page, here: str) -> None:
    new_password(page, here)
    page.get_by_label("新しいパスワード").first.fill("a")
    page.get_by_label("もう一度").fill("b")
    page.get_by_role("button").click()


WAYS: tuple[Way, ...] = (
    sign_in_page,
    sign_in_refused,
    sign_in_left_empty,
    without_a_token,
    first_registration,
    first_registration_left_empty,
    new_password,
    new_password_refused,
)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
    yield context.new_page()
    context.close()


@pytest.fixture(params=["mito", "kyoto"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of one library's pages."""
    world = build_world(tmp_path, request.param, public_url="http://127.0.0.1")
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    world.engine.dispose()


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_axe_finds_nothing_on_a_link_page(way: Way, here: str, page: Page) -> None:
    way(page, here)
    found = Axe().run(page)
    assert found.response["passes"], "axe has looked at nothing"
    assert found.violations_count == 0, found.generate_report()
