"""More of the phone page in a real browser: own photos, groups, rich menus with tabs, what goes over the wire."""

import io
from collections.abc import Iterator

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from listening_bot import ListeningBot
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from simulated_line import Line, push_request, wait_until
from test_simulator_richmenus import MENU, upload

from simulator.state import Person

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
def context(chromium: Browser, line: Line) -> Iterator[BrowserContext]:  # Closed before the server stops.
    """A browser whose complaints (errors, refused scripts and styles) fail the test."""
    complaints: list[str] = []
    context = chromium.new_context(viewport=DESKTOP, locale="ja-JP", accept_downloads=True)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.set_default_timeout(60_000)
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def person(line: Line) -> Person:
    """さくら, who is a friend."""
    person = line.platform.state.person(1)
    assert person
    line.platform.people.follow(person)
    wait_until(lambda: bool(line.platform.traffic.newest()))
    return person


@pytest.fixture
def page(context: BrowserContext, line: Line, person: Person) -> Page:
    """The page with her phone."""
    page = context.new_page()
    page.goto(line.url)
    expect(page.get_by_test_id("input")).to_be_visible()
    return page


def picture(colour: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """A PNG of one colour."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


def test_a_photo_is_sent_shown_looked_into_and_the_talk_kept(
    page: Page, line: Line, person: Person, bot: ListeningBot
) -> None:
    page.get_by_role("button", name="そのほかを送る").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="写真を選ぶ").click()
    mine = {"name": "m.png", "mimeType": "image/png", "buffer": picture("orange")}
    chooser.value.set_files(files=[mine])
    message_id = bot.wait_for(1, "message")[0]["message"]["id"]
    assert bytes(line.blob.get_message_content(message_id)) == mine["buffer"]
    photo = page.get_by_test_id("message").last.locator("img")
    wait_until(lambda: bool(photo.evaluate("it => it.naturalWidth === 40")))

    line.api.push_message(push_request(person, "https://example.com/a を見てください"))
    last = page.get_by_test_id("message").last
    expect(last.get_by_role("link")).to_have_attribute("href", "https://example.com/a")
    page.get_by_test_id("message").filter(has=page.locator("img")).get_by_test_id("inspect").click(force=True)
    expect(page.get_by_test_id("sheet")).to_contain_text(message_id)
    page.get_by_role("button", name="閉じる").click()

    page.get_by_test_id("more").click()
    page.get_by_test_id("language").select_option("en")
    with page.expect_download() as download:
        page.get_by_test_id("export-yaml").click()
    assert "# image" in download.value.path().read_text("utf-8")
    assert yaml.safe_load(download.value.path().read_text("utf-8"))[0]["talk"] is None
    page.get_by_role("button", name="保存").click()
    wait_until(lambda: line.api.get_profile(person.user_id).language == "en")


def test_a_group_is_made_and_talked_in_side_by_side(page: Page, bot: ListeningBot) -> None:
    page.get_by_test_id("add-group").click()
    page.get_by_test_id("group-name").fill("読書会")
    page.get_by_role("button", name="作る").click()
    bot.wait_for(1, "join")
    page.get_by_test_id("two-phones").click()
    mine, other = page.get_by_test_id("phone").nth(0), page.get_by_test_id("phone").nth(1)
    expect(mine.get_by_role("button", name="読書会")).to_have_attribute("aria-pressed", "true")
    other.get_by_role("button", name="読書会").click()
    mine.get_by_test_id("input").fill("こんにちは")
    mine.get_by_test_id("send").click()
    expect(other.get_by_test_id("message").last).to_contain_text("こんにちは")
    expect(other.get_by_test_id("message").last).to_have_attribute("data-from", "other")
    page.get_by_test_id("panel-toggle").click()
    expect(page.get_by_test_id("traffic").locator("details").first).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    mine.get_by_test_id("members").click()
    sheet = page.get_by_test_id("sheet")
    sheet.get_by_label("たろう").uncheck()
    sheet.get_by_label("アカウント").uncheck()
    sheet.get_by_role("button", name="変える").click()
    bot.wait_for(1, "leave")
    expect(mine.get_by_role("strong")).to_have_text("読書会（1）")
    expect(other.get_by_role("button", name="読書会")).to_have_count(0)


def test_a_rich_menu_is_tapped_switched_by_its_tab_and_put_away(
    page: Page, line: Line, bot: ListeningBot
) -> None:
    tabs = [("one", "two"), ("two", "one")]
    for name, other in tabs:
        tab = {
            "bounds": {"x": 0, "y": 0, "width": 800, "height": 100},
            "action": {
                "type": "richmenuswitch",
                "label": f"{other}へ",
                "richMenuAliasId": other,
                "data": other,
            },
        }
        key = {
            "bounds": {"x": 0, "y": 100, "width": 800, "height": 440},
            "action": {"type": "postback", "label": f"{name}の鍵", "data": name},
        }
        menu_id = line.post("/v2/bot/richmenu", {**MENU, "name": name, "areas": [tab, key]}).json()[
            "richMenuId"
        ]
        upload(line, menu_id, picture("teal", (800, 540)))
        line.post("/v2/bot/richmenu/alias", {"richMenuAliasId": name, "richMenuId": menu_id})
        if name == "one":
            line.post(f"/v2/bot/user/all/richmenu/{menu_id}", {})
    expect(page.get_by_role("img", name="one")).to_be_visible()
    page.get_by_role("button", name="twoへ").click()
    expect(page.get_by_role("img", name="two")).to_be_visible()
    page.get_by_role("button", name="twoの鍵").click()
    switched, tapped = bot.wait_for(2, "postback")
    assert switched["postback"]["params"] == {"newRichMenuAliasId": "two", "status": "SUCCESS"}
    assert tapped["postback"] == {"data": "two"}
    page.get_by_test_id("keyboard").click()
    expect(page.get_by_test_id("richmenu")).to_be_hidden()
    expect(page.get_by_test_id("input")).to_be_focused()
    page.get_by_test_id("menu-bar").click()
    expect(page.get_by_test_id("richmenu")).to_be_visible()


def test_the_panel_shows_what_goes_over_the_wire_and_many_people_are_listed(page: Page, line: Line) -> None:
    for number in range(300):
        line.platform.state.add_person(f"{number}番の人")
    page.get_by_test_id("panel-toggle").click()
    line.api.push_message(push_request(line.platform.state.person(1) or "", "お知らせ"))
    first = page.get_by_test_id("traffic").locator("details").first
    expect(first).to_contain_text("/message/push")
    first.locator("summary").click()
    expect(first.locator("pre")).to_contain_text("sentMessages")
    expect(page.get_by_test_id("user-switch")).to_have_count(8)
    expect(page.get_by_test_id("other-users").locator("option").first).to_have_text("ほか294人")
    page.get_by_test_id("other-users").select_option(label="19番の人")
    expect(page.get_by_test_id("phone")).to_have_attribute("data-user", "22")
    page.goto(f"{line.url}/?user=302")
    expect(page.get_by_test_id("phone")).to_have_attribute("data-user", "302")
