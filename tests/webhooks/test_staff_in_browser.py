"""A day at the desk in headless Chromium: the first sign-in with a phone's camera, then from a return to the pickup.

Every page on the way is looked through by axe-core, and leaves a picture in `artifacts/screens/staff/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page
from pyzbar.pyzbar import decode
from staff_world import PASSWORD, StaffWorld, build_staff_world
from werkzeug.serving import make_server

from bot.staff import Role
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import writing
from webhooks.staff.mount import WithConsole

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).parents[2] / "artifacts" / "screens" / "staff"


@dataclass
class Desk:
    """Somebody at the desk's computer."""

    world: StaffWorld
    page: Page
    address: str
    pictures: int = 0

    def open(self, path: str) -> None:
        """A page of the console."""
        self.page.goto(f"{self.address}/staff{path}")

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names and send the form as a scanner does: by its Enter."""
        for name, value in fields.items():
            self.page.locator(f"#{name}").fill(value)
        self.page.locator(f"#{list(fields)[-1]}").press("Enter")

    def press(self, label: str) -> None:
        """A button or link."""
        self.page.get_by_role("button", name=label, exact=True).click()

    def sees(self, text: str) -> None:
        """Wait for a text, look the page through, and keep a picture."""
        self.page.get_by_text(text).first.wait_for()
        found = Axe().run(self.page)
        assert found.response["passes"], "axe has looked at nothing"
        assert found.violations_count == 0, found.generate_report()
        wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, "the page is wider than the window"
        self.pictures += 1
        self.page.screenshot(path=SCREENS / f"{self.pictures:02d}.png", full_page=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[StaffWorld]:
    world = build_staff_world(tmp_path, address="http://127.0.0.1")
    world.fill()
    SCREENS.mkdir(parents=True, exist_ok=True)
    yield world
    world.engine.dispose()


@pytest.fixture
def address(world: StaffWorld) -> Iterator[str]:
    """Of a server with the console beside pages of nobody's."""
    joined = WithConsole(
        lambda _environ, start: (start("404 Not Found", []), [])[1], world.app.wsgi_app, None
    )
    server = make_server("127.0.0.1", 0, joined, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(world: StaffWorld, address: str, chromium: Browser) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="ja-JP")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    yield Desk(world, page, address)
    context.close()
    assert not refused, "a page wants what its own policy forbids"


def first_sign_in(desk: Desk) -> None:
    """With what an admin handed out, and the phone's camera."""
    handed_out = desk.world.add("hanako", Role.DESK, Role.ADMIN)
    desk.open("/")
    desk.sees("ユーザー名")
    desk.fill(username="hanako", password="wrong")
    desk.sees("ユーザー名かパスワードが違います")
    desk.fill(username="hanako", password=handed_out)
    desk.sees("次の図を読み取ります")
    picture = Image.open(BytesIO(desk.page.locator(".qr").screenshot()))
    [code] = decode(picture)
    [secret] = parse_qs(urlsplit(code.data.decode()).query)["secret"]
    desk.world.clock.advance(timedelta(seconds=30))
    desk.fill(code=pyotp.TOTP(secret).at(desk.world.clock.now()))
    desk.sees("この画面は一度だけ表示されます")
    desk.page.get_by_role("link", name="保管しました").click()
    desk.sees("渡されたパスワードは")
    desk.fill(old=handed_out, new=PASSWORD, again=PASSWORD)
    desk.sees("貸出、返却、取り置き、受け渡し")


def test_a_day_at_the_desk(desk: Desk) -> None:
    first_sign_in(desk)
    desk.page.get_by_role("navigation", name="メニュー").get_by_role("link", name="窓口").click()
    desk.fill(card_number="A100A", barcode="b2")
    desk.sees("『それから』を貸し出しました")
    assert desk.page.evaluate("document.activeElement.id") == "barcode", (
        "the next copy can be scanned at once"
    )
    desk.fill(barcode="b9")
    desk.sees("読み取った資料コード：b9")
    assert desk.page.evaluate("document.activeElement.id") == "barcode"
    desk.open("/desk/return")
    desk.fill(barcode="b1")
    desk.sees("次の予約があります")
    desk.press("取り置く")
    desk.sees("『こころ』を取り置きました")
    desk.press("準備完了にする")
    desk.sees("取り置き期限は12月8日")
    desk.open("/desk/pickup")
    desk.fill(card_number="200", barcode="b1")
    desk.sees("『こころ』を渡しました")
    desk.open("/desk/decline")
    desk.sees("資料を提供できないとき")
    desk.open("/audit")
    desk.sees("記録の点検")
    assert desk.page.get_by_role("cell", name="予約の資料を渡した").count() == 1
    desk.press("サインアウト")
    desk.sees("サインアウトしました")


def test_the_other_pages_of_the_desk(desk: Desk) -> None:
    desk.world.link("U1", "100")
    with writing(desk.world.engine) as session:
        DeskMessages(session, desk.world.clock).add(
            "U1", card_number="100", text="本をぬらしました。", message_id="m1", most=5
        )
    first_sign_in(desk)
    desk.open("/messages")
    desk.page.get_by_role("link", name="1番").click()
    desk.sees("本をぬらしました。")
    desk.open("/cards")
    desk.fill(card_number="100")
    desk.sees("水戸 花子")
    desk.press("この連携を解除する")
    desk.sees("この連携を解除しますか")
    desk.press("解除する")
    desk.sees("連携しているLINEはありません")
    desk.open("/closures")
    desk.page.locator("#first_on").fill("2026-12-10")
    desk.fill(reason="台風のため")
    desk.sees("登録してよろしいですか")
    desk.press("登録する")
    desk.sees("取り消す")
    for path in ("/lists/calls", "/lists/shelf", "/insight", "/account"):
        desk.open(path)
        desk.sees("hanako")


def test_twice_the_text_size_on_a_phone_needs_no_scrolling_sideways(desk: Desk, chromium: Browser) -> None:
    desk.page.set_viewport_size({"width": 390, "height": 844})
    first_sign_in(desk)
    for path in ("/", "/desk/checkout", "/closures", "/audit"):
        desk.open(path)
        desk.page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = desk.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, path
