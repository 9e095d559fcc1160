"""The phone page in a real browser: writing, tapping, linking, blocking; by keyboard; on a small screen."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from answering_bot import answering, connected
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from simulated_line import SECRET, TOKEN, wait_until

from simulator.clock import ShiftedClock
from simulator.server import running
from simulator.settings import Settings

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
DESKTOP = {"width": 1280, "height": 900}
SMALL = {"width": 390, "height": 844}


@pytest.fixture
def address() -> Iterator[str]:
    """A simulator with a bot behind it, on the 5th of January."""
    shift = timedelta(seconds=round((MONDAY - datetime.now(UTC)).total_seconds()))
    with answering() as bot:
        settings = Settings(f"{bot.url}/line/webhook", SECRET, TOKEN, account_name="見本の図書館")
        with running(settings, ShiftedClock(shift)) as (_, url), connected(bot, url):
            yield url


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:  # Closed before the server stops.
    """A browser whose complaints (errors, refused scripts and styles) fail the test."""
    complaints: list[str] = []
    context = chromium.new_context(viewport=DESKTOP, locale="ja-JP")
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.set_default_timeout(60_000)
    yield context
    context.close()
    assert complaints == []


def opened(context: BrowserContext, address: str, path: str = "/") -> Page:
    """The page, with the account added as a friend."""
    page = context.new_page()
    page.goto(address + path)
    page.get_by_test_id("follow").click()
    expect(page.get_by_test_id("input")).to_be_visible()
    expect(said(page, "bot")).to_have_count(1)
    return page


def said(page: Page, sender: str) -> Locator:
    """The messages of one side."""
    return page.locator(f'[data-testid="message"][data-from="{sender}"]')


def write(page: Page, text: str) -> None:
    """Type and send."""
    page.get_by_test_id("input").fill(text)
    page.get_by_test_id("send").click()


def test_a_person_writes_and_taps_and_the_chat_follows_by_itself(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    expect(page.locator(".day")).to_have_text("2026年1月5日(月)")
    write(page, "貸出")
    card = said(page, "bot").last
    expect(card).to_have_attribute("data-message-type", "flex")
    expect(card.get_by_test_id("flex-bubble")).to_have_count(3)
    expect(said(page, "user").last.locator(".arrival")).to_have_text("既読")
    card.get_by_test_id("flex-button").nth(1).click()
    expect(said(page, "user").last).to_contain_text("延長する。")
    expect(said(page, "bot").last).to_contain_text("承りました（renew-1）")
    left = "it => it.scrollHeight - it.scrollTop - it.clientHeight"
    wait_until(lambda: float(page.get_by_test_id("messages").evaluate(left)) < 2)


def test_quick_replies_vanish_when_one_is_tapped(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    write(page, "あ")
    quick = page.get_by_test_id("quick-reply")
    expect(quick).to_have_text(["貸出", "連携"])
    quick.first.click()
    expect(said(page, "user").last).to_contain_text("貸出")
    expect(page.get_by_test_id("flex-button").first).to_be_visible()
    expect(quick).to_have_count(0)


def test_linking_goes_over_the_bots_page_and_the_dialog_and_back(
    context: BrowserContext, address: str
) -> None:
    page = opened(context, address)
    write(page, "連携")
    with context.expect_page() as new:
        page.get_by_test_id("flex-button").click()
    tab = new.value
    tab.get_by_role("button", name="サインイン").click()
    expect(tab.get_by_role("heading")).to_have_text("アカウント連携")
    expect(tab.locator("main")).to_contain_text("見本の図書館")
    tab.get_by_test_id("agree-link").click()
    expect(tab.get_by_test_id("link-done")).to_have_text("このタブを閉じて、トークに戻ってください。")
    expect(said(page, "bot").last).to_contain_text("連携できました")
    tab.get_by_role("link").click()
    expect(said(tab, "bot").last).to_contain_text("連携できました")


def test_everything_can_be_done_by_keyboard(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_test_id("follow")).to_be_visible()
    page.get_by_test_id("follow").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("input")).to_be_focused()
    page.keyboard.type("一行目")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("二行目")
    page.keyboard.press("Enter")
    expect(said(page, "user").last.locator(".balloon")).to_have_text("一行目\n二行目", use_inner_text=True)
    expect(page.get_by_test_id("input")).to_have_value("")
    expect(page.get_by_test_id("quick-reply").first).to_be_visible()
    page.get_by_test_id("quick-reply").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("flex-button").first).to_be_visible()
    page.get_by_test_id("flex-button").first.focus()
    page.keyboard.press("Space")
    expect(said(page, "bot").last).to_contain_text("承りました（renew-0）")


def test_enter_while_choosing_characters_sends_nothing(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    field = page.get_by_test_id("input")
    field.fill("えんちょう")
    composing = "it => it.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    field.evaluate(composing)
    expect(field).to_have_value("えんちょう")
    field.press("Enter")
    expect(said(page, "user")).to_have_count(1)


def test_blocking_ends_the_talk_until_it_is_undone(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    page.get_by_test_id("block").click()
    expect(page.get_by_test_id("input")).to_be_hidden()
    expect(page.get_by_test_id("follow")).to_have_text("ブロックを解除")
    page.get_by_test_id("follow").click()
    expect(page.get_by_test_id("input")).to_be_visible()


def test_people_are_added_switched_and_shown_side_by_side(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    write(page, "ひみつ")
    expect(said(page, "bot")).to_have_count(2)
    page.get_by_test_id("add-user").click()
    page.get_by_test_id("user-name").fill("はなこ")
    page.get_by_role("button", name="追加", exact=True).click()
    switches = page.get_by_test_id("user-switch")
    expect(switches).to_have_text(["さくら", "たろう", "はなこ"])
    expect(page.get_by_test_id("phone")).to_have_attribute("data-user", "3")
    expect(page.get_by_text("ひみつ")).to_have_count(0)
    switches.nth(0).click()
    expect(said(page, "user")).to_contain_text(["ひみつ"])
    page.get_by_test_id("two-phones").click()
    expect(page.get_by_test_id("phone")).to_have_count(2)


def test_a_page_that_was_hidden_catches_up(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    turn = "it => { Object.defineProperty(document, 'hidden', {value: it, configurable: true});"
    turn += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(turn, True)
    body = {"message": {"type": "text", "text": "別の窓から"}}
    with page.expect_response(re.compile(r"/simulator/api/users\?")) as looked:
        context.request.post(f"{address}/simulator/api/users/1/chats/me/messages", data=body)
        page.evaluate(turn, False)
    assert looked.value.ok
    expect(said(page, "bot").last).to_contain_text("別の窓から")


def test_a_phone_number_is_shown_and_not_called(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    write(page, "電話")
    page.get_by_test_id("flex-button").click()
    sheet = page.get_by_test_id("sheet")
    expect(sheet).to_contain_text("0292263951")
    sheet.get_by_role("button", name="閉じる").click()
    expect(sheet).to_have_count(0)


def test_what_is_said_is_shown_and_never_run(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    nasty = "<img src=x onerror=alert(1)><b>太字</b>"
    write(page, nasty)
    expect(said(page, "user").last.locator(".balloon")).to_have_text(nasty)
    expect(said(page, "bot").last.locator(".balloon")).to_have_text(f"「{nasty}」")


def test_the_panel_shows_json_and_causes_trouble(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    page.get_by_test_id("panel-toggle").click()
    form = page.get_by_test_id("misbehaviour")
    form.get_by_label("次のn個のWebhookを2回送る").fill("1")
    form.get_by_role("button", name="設定する").click()
    write(page, "二度")
    expect(said(page, "bot").filter(has_text="二度").first).to_be_visible()
    page.get_by_test_id("json").locator("summary").first.click()
    expect(page.get_by_test_id("json")).to_contain_text('"type": "text"')


@pytest.mark.parametrize("width", [390, 195])
def test_one_phone_fills_a_small_screen(context: BrowserContext, address: str, width: int) -> None:
    # 195: a screen of 390 where everything is shown at 200 %.
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": SMALL["height"]})
    page.goto(f"{address}/?user=2")
    page.get_by_test_id("follow").click()
    write(page, "貸出")
    expect(page.get_by_test_id("flex-button").first).to_be_visible()
    assert page.get_by_test_id("phone").get_attribute("data-user") == "2"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.get_by_test_id("phone").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, width)
    expect(page.get_by_test_id("user-switch").first).to_be_hidden()


def test_what_can_be_tapped_is_large_and_reads_well(context: BrowserContext, address: str) -> None:
    page = opened(context, address)
    write(page, "貸出")
    expect(page.get_by_test_id("flex-button").first).to_be_visible()
    for name in ("flex-button", "send", "input", "user-switch", "add-user"):
        box = page.get_by_test_id(name).first.bounding_box()
        assert box is not None
        assert box["height"] >= 44, name
    size = page.locator(".balloon").first.evaluate("it => parseFloat(getComputedStyle(it).fontSize)")
    assert size >= 17
    colours = page.get_by_test_id("flex-button").first.evaluate(
        "it => [getComputedStyle(it).color, getComputedStyle(it).backgroundColor]"
    )
    assert contrast(*colours) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two `rgb(…)` colours."""

    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
