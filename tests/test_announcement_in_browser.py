"""An announcement in headless Chromium: a writer with one-time codes writes it and sees the phone beside it, a second
person approves it, the progress is watched, and of four patrons the three of that branch get it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from open_counter import OpenCounter, open_counter
from phone import Phone, wait_for
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import exists, select

from bot.staff import Role, StaffAccounts
from bot.storage.engine import writing
from bot.storage.tables.accounts import LinkRow
from bot.storage.tables.library import PatronRow

pytestmark = [pytest.mark.browser, pytest.mark.process]

SCREENS = Path(__file__).parent.parent / "artifacts" / "screens" / "announcements"
START = datetime.fromisoformat("2026-12-01T10:00:00+09:00")
PASSWORD = "a quiet pond, and a frog"
HEADING = "東部図書館は12月20日に休館します"


@dataclass
class Desk:
    """Somebody's browser at the console."""

    page: Page
    address: str
    name: str
    pictures: int = 0

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/staff{path}")

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"#{name}").fill(value)

    def sees(self, text: str, *, picture: bool = True) -> None:
        """Wait for a text, look the page through, and keep a picture."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=20_000)
        if picture:
            found = Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            self.pictures += 1
            self.page.screenshot(path=SCREENS / f"{self.name}-{self.pictures:02d}.png", full_page=True)

    def first_sign_in(self, counter: OpenCounter, *roles: Role) -> None:
        """A new account, from the password that was handed out to the open console."""
        with writing(counter.engine) as session:
            handed_out = StaffAccounts(session, counter.clock).add(self.name, name="", roles=roles)
        self.open("/")
        self.fill(username=self.name, password=handed_out)
        self.page.locator("#password").press("Enter")
        secret = self.page.locator("p.secret").inner_text().replace(" ", "")
        self.fill(code=pyotp.TOTP(secret).at(counter.clock.now()))
        self.page.locator("#code").press("Enter")
        self.page.get_by_role("link", name="保管しました").click()
        self.fill(old=handed_out, new=PASSWORD, again=PASSWORD)
        self.page.locator("#again").press("Enter")
        self.sees("お知らせの配信", picture=False)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenCounter]:
    SCREENS.mkdir(parents=True, exist_ok=True)
    with open_counter("mito", tmp_path_factory.mktemp("announcements"), START) as opened:
        yield opened


@pytest.fixture
def desks(counter: OpenCounter, chromium: Browser) -> Iterator[tuple[Desk, Desk]]:
    contexts = [
        chromium.new_context(viewport={"width": 1100, "height": 800}, locale="ja-JP") for _ in range(2)
    ]
    refused: list[str] = []
    made = []
    for context, name in zip(contexts, ("hanako", "jiro"), strict=True):
        page = context.new_page()
        page.on(
            "console", lambda said: refused.append(said.text) if "Content Security" in said.text else None
        )
        made.append(Desk(page, counter.counter_address, name))
    yield made[0], made[1]
    for context in contexts:
        context.close()
    assert not refused, "a page wants what its own policy forbids"


def patrons(counter: OpenCounter, branch: str, count: int) -> list[Phone]:
    """New friends, each with a card of this home branch."""
    phones = []
    for at in range(count):
        phone, _ = Phone.of_a_new_friend(counter.phone_address, f"{branch}{at}")
        with writing(counter.engine) as session:
            free = ~exists().where(LinkRow.card_number == PatronRow.card_number)
            card = session.scalars(
                select(PatronRow.card_number).where(PatronRow.home_branch == branch, free).limit(1)
            ).one()
            session.add(
                LinkRow(
                    link_id=uuid4().hex,
                    line_user_id=phone.line_user_id,
                    card_number=card,
                    in_use=True,
                    linked_at=counter.clock.now(),
                )
            )
        phones.append(phone)
    return phones


def test_three_of_a_branch_get_what_was_written_for_them_and_the_fourth_does_not(
    counter: OpenCounter, desks: tuple[Desk, Desk]
) -> None:
    writer, approver = desks
    *of_tobu, of_chuo = [*patrons(counter, "tobu", 3), *patrons(counter, "chuo", 1)]
    writer.first_sign_in(counter, Role.WRITER)
    approver.first_sign_in(counter, Role.APPROVER)
    _write(writer)
    number = writer.page.url.rstrip("/").split("/")[-1]
    writer.press("承認を頼む")
    writer.sees("承認を頼みました")
    approver.open(f"/announcements/{number}")
    approver.sees("届く方")
    approver.press("承認して送る")
    for phone in of_tobu:
        [message] = phone.hears()
        assert HEADING in message["altText"]
    approver.sees("送り終わりました")
    expect(approver.page.locator("#progress")).to_have_attribute("value", "3")
    assert all(HEADING not in str(one) for one in of_chuo.says("こんにちは"))
    _on_the_phone(approver, counter, of_tobu[0])


def _write(writer: Desk) -> None:
    writer.open("/announcements/new")
    writer.page.locator("#layout").select_option("closure")
    writer.fill(heading=HEADING, text="空調の工事のためです。\n返却ポストは使えます。")
    shown = writer.page.locator("#preview")
    expect(shown).to_contain_text(HEADING)
    expect(shown).to_contain_text("返却ポストは使えます")
    writer.page.locator("#kind").select_option("branch")
    writer.page.locator("#branch").select_option("tobu")
    writer.sees("届いたときの見え方")
    writer.press("下書きを保存")
    writer.sees("下書きを保存しました")
    writer.press("保存して確認へ進む")
    expect(writer.page.get_by_text("3人").first).to_be_visible()


def _on_the_phone(desk: Desk, counter: OpenCounter, phone: Phone) -> None:
    """As LINE shows it."""
    page = desk.page.context.new_page()
    page.set_viewport_size({"width": 800, "height": 1200})
    page.goto(f"{counter.phone_address}/?user={phone.person}")
    wait_for(lambda: page.get_by_text(HEADING).count() > 0, "the announcement on the phone's page")
    page.get_by_text(HEADING).last.scroll_into_view_if_needed()
    page.screenshot(path=SCREENS / "phone.png")
    page.close()
