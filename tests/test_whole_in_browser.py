"""The whole counter in a browser, as a person at the phone page meets it, for both libraries.

Each step leaves a picture in `artifacts/screens/<library>/`; two of them stand in the README (`make pictures`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from open_counter import OpenCounter, open_counter
from phone import wait_for
from playwright.sync_api import Browser, Locator, Page, expect

from bot.richmenu import menus_of

pytestmark = [pytest.mark.browser, pytest.mark.process]

SCREENS = Path(__file__).parent.parent / "artifacts" / "screens"
START = datetime.fromisoformat("2026-12-01T10:00:00+09:00")
PATIENCE_MS = 20_000
TABS = {"loans": "借りる・予約", "library": "図書館", "settings": "設定"}


@dataclass
class Screen:
    """The phone page of one person in the browser."""

    page: Page
    folder: Path
    pictures: int = 0
    seen: int = field(default=0)

    def picture(self, name: str, page: Page | None = None) -> None:
        """Keep a picture of a step."""
        self.pictures += 1
        shown = page or self.page
        if page is None:
            # Images and scrolling have come to rest once two frames were drawn.
            shown.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
        shown.screenshot(path=self.folder / f"{self.pictures:02d}-{name}.png")

    def says(self, text: str) -> None:
        """Type and send; wait for the answer."""
        self.seen = self.answers().count()
        self.page.get_by_test_id("input").fill(text)
        self.page.get_by_test_id("send").click()
        self.hears()

    def taps(self, label: str) -> None:
        """Tap the newest button of this label; wait for the answer."""
        self.seen = self.answers().count()
        self.button(label).click()
        self.hears()

    def hears(self) -> None:
        """Wait until the account has said something new."""
        expect(self.answers().nth(self.seen)).to_be_visible(timeout=PATIENCE_MS)

    def menu(self, key: str) -> Locator:
        """The rich menu below the chat, where it is the one of this key."""
        return self.page.get_by_test_id("richmenu").and_(
            self.page.locator(f":has(img[alt^='madoguchi:{key}:'])")
        )

    def taps_menu(self, label: str) -> None:
        """Tap a place of the menu; wait for the answer."""
        self.seen = self.answers().count()
        self.page.get_by_test_id("richmenu").get_by_role("button", name=label, exact=True).click()
        self.hears()

    def answers(self) -> Locator:
        return self.page.locator("[data-testid=message][data-from=bot]")

    def button(self, label: str) -> Locator:
        return self.page.get_by_test_id("flex-button").filter(has_text=label).last

    def shows(self, text: str) -> None:
        """Wait until something said since the last step holds `text`."""
        expect(self.answers().filter(has_text=text).last).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture(scope="module", params=["mito", "kyoto"])
def counter(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenCounter]:
    with open_counter(request.param, tmp_path_factory.mktemp(request.param), START) as opened:
        yield opened


@pytest.fixture
def screen(counter: OpenCounter, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Screen]:
    """A phone of its own for each test; its person has just added the account as a friend."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        device_scale_factor=2,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    folder = SCREENS / counter.library / request.node.originalname.removeprefix("test_")
    folder.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    page.goto(f"{counter.phone_address}/?user={_new_person(counter, page)}")
    screen = Screen(page, folder)
    screen.shows(counter.policy.name)
    yield screen
    context.close()


def _new_person(counter: OpenCounter, page: Page) -> int:
    made = page.request.post(
        f"{counter.phone_address}/simulator/api/users", data={"name": "ためし", "follow": True}
    )
    return int(made.json()["user"])


def sign_in_page(screen: Screen) -> Page:
    """From the first word to the sign-in page, by words and buttons."""
    screen.picture("greeting")
    screen.says("カードを連携したい")
    return sign_in_page_from_agreement(screen)


def sign_in_page_from_agreement(screen: Screen) -> Page:
    """The same, from where what is stored was told."""
    screen.picture("agreement")
    screen.taps("同意して進む")
    screen.picture("link-button")
    with screen.page.context.expect_page() as opened:
        screen.button("ログイン画面を開く").click()
    page = opened.value
    page.wait_for_load_state()
    screen.picture("sign-in", page)
    return page


def agree(screen: Screen, page: Page) -> None:
    """LINE's dialog, and back to the chat, which has gone on by itself."""
    before = screen.answers().count()
    page.get_by_test_id("agree-link").click()
    expect(page.get_by_text("連携しました")).to_be_visible()
    screen.picture("linked-dialog", page)
    page.close()
    expect(screen.answers().nth(before)).to_be_visible(timeout=PATIENCE_MS)
    screen.shows("連携ができました")


def link(screen: Screen, card_number: str, password: str) -> None:
    sign_in(screen, sign_in_page(screen), card_number, password)


def link_from_agreement(screen: Screen, card_number: str, password: str) -> None:
    sign_in(screen, sign_in_page_from_agreement(screen), card_number, password)


def sign_in(screen: Screen, page: Page, card_number: str, password: str) -> None:
    page.locator("[name=card_number]").fill(card_number)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="ログイン").click()
    agree(screen, page)


def test_renew_by_words(counter: OpenCounter, screen: Screen) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    link(screen, card.card_number, card.password)
    screen.picture("loans-at-once")
    before, renewable = counter.due_dates(card.card_number), counter.renewable(card.card_number)
    screen.says("延長して")
    screen.picture("which")
    if len(renewable) > 1:
        screen.says("全部")
        screen.picture("confirm")
    assert counter.due_dates(card.card_number) == before
    screen.says("はい、お願いします")
    screen.shows(counter.policy.words.renewed)
    screen.picture("renewed")
    after = counter.due_dates(card.card_number)
    assert {loan_id for loan_id in after if after[loan_id] != before[loan_id]} == set(renewable)
    for loan_id, (_, due_on) in renewable.items():
        assert after[loan_id] == (due_on, before[loan_id][1] + 1)


def test_reserve_by_buttons_and_cancel(counter: OpenCounter, screen: Screen) -> None:
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    link(screen, card.card_number, card.password)
    before = {item.reservation_id for item in counter.reservations(card.card_number)}
    screen.says("国宝はありますか")
    screen.picture("found")
    screen.taps(counter.policy.words.reserve)
    if len(counter.policy.pickup.branches) > 1:
        screen.picture("where")
        screen.taps("東部")
    screen.picture("how-to-be-told")
    screen.taps("LINE")
    screen.picture("confirm")
    assert {item.reservation_id for item in counter.reservations(card.card_number)} == before
    screen.taps("はい、申し込む")
    screen.picture("reserved")
    [made] = [item for item in counter.reservations(card.card_number) if item.reservation_id not in before]
    assert made.title is not None
    assert "国宝" in made.title.title

    screen.says("予約一覧")
    screen.picture("reservations")
    screen.says("国宝の予約を取り消して")
    screen.picture("confirm-cancelling")
    screen.taps("はい、取り消す")
    screen.shows("取り消しました")
    screen.picture("cancelled")
    assert {item.reservation_id for item in counter.reservations(card.card_number)} == before


def test_first_password(counter: OpenCounter, screen: Screen) -> None:
    """Mito: registered on the page. Kyoto: the counter's temporary one, which can do nothing but be changed."""
    page = sign_in_page(screen)
    if counter.policy.password.first_registration == "by_patron":
        card = next(card for card in counter.world.cards if card.birth_date and not card.password)
        page.get_by_role("link", name="はじめて").click()
        page.locator("[name=card_number]").fill(card.card_number)
        page.locator("[name=name]").fill(card.name)
        _fill_birth_date(page, card.birth_date.isoformat() if card.birth_date else "")
        screen.picture("register", page)
        page.locator("form button").last.click()
    else:
        card = next(card for card in counter.world.cards if card.temporary_password)
        page.locator("[name=card_number]").fill(card.card_number)
        page.locator("[name=password]").fill(card.temporary_password)
        page.get_by_role("button", name="ログイン").click()
    page.locator("[name=new_password]").fill("atarashii2026")
    page.locator("[name=new_password_again]").fill("atarashii2026")
    screen.picture("new-password", page)
    page.locator("form button").last.click()
    agree(screen, page)
    screen.picture("linked")


def test_notices_come_and_their_buttons_work(counter: OpenCounter, screen: Screen) -> None:
    """What has come to the hold shelf is told by itself, and the settings say which notices come."""
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    link(screen, card.card_number, card.password)
    screen.seen = screen.answers().count()
    branch = counter.policy.counter
    counter.lay_on_hold_shelf(card.card_number, "夜明けの図書館", branch.code)
    # It is looked for what happened every few seconds.
    told = screen.answers().filter(has_text="夜明けの図書館").last
    expect(told).to_be_visible(timeout=3 * PATIENCE_MS)
    screen.shows("ご用意できました")
    screen.picture("ready")

    screen.taps("もう要りません")
    screen.shows(f"{branch.full_name}へ電話")
    screen.picture("not-needed")

    screen.says("お知らせの設定")
    screen.picture("settings")
    screen.taps("当日：受け取る")
    screen.shows("お知らせの設定を変えました")
    screen.picture("settings-changed")


def test_the_menu_changes_on_linking_and_its_taps_run_the_flows(counter: OpenCounter, screen: Screen) -> None:
    by_key = {menu.key: menu for menu in menus_of(counter.policy)}
    expect(screen.menu("guest")).to_be_visible()
    screen.picture("menu-of-guests")
    screen.taps_menu("使いかた")
    card = next(card for card in counter.world.cards if card.password and counter.renewable(card.card_number))
    screen.taps_menu("カードを連携する")
    link_from_agreement(screen, card.card_number, card.password)
    expect(screen.menu("loans")).to_be_visible()
    screen.picture("menu-of-patrons")

    before = counter.due_dates(card.card_number)
    for key in ("library", "settings", "loans"):
        screen.page.get_by_test_id("richmenu").get_by_role("button", name=TABS[key], exact=True).click()
        expect(screen.menu(key)).to_be_visible()
        screen.picture(f"tab-{key}")
        for place in by_key[key].places:
            screen.taps_menu(place.label.replace("|", ""))
    screen.picture("after-all-taps")
    # Every tap only began something.
    assert counter.due_dates(card.card_number) == before
    assert screen.page.get_by_text("うまくいきませんでした").count() == 0

    screen.says("連携を解除して")
    screen.taps("はい、解除する")
    expect(screen.menu("guest")).to_be_visible()
    screen.picture("menu-of-guests-again")


def _fill_birth_date(page: Page, day: str) -> None:
    field = page.locator("[name=birth_date]")
    field.fill(day)


def test_wide_page_has_room_for_phones_and_panel(counter: OpenCounter, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")
    page = context.new_page()
    page.goto(counter.phone_address)
    wait_for(lambda: page.title(), "the page")
    folder = SCREENS / counter.library
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / "wide.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
