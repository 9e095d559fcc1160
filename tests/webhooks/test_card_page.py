"""The card's page: shown in full to whoever holds a living key, and to nobody else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from databases import new_database
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, expect
from pyzbar.pyzbar import decode
from sqlalchemy import Engine, select
from test_link_in_browser import serving
from werkzeug.test import TestResponse

from bot import wiring
from bot.accounts import CardPages, Friends, Links, Nonces
from bot.accounts.limits import CARD_PAGE_LIFE, CARD_PAGE_OPENINGS
from bot.clock import StoppedClock
from bot.config import load_settings
from bot.jobs.account import AccountLook
from bot.line.api import BotInfo
from bot.policies import CardPage, Policy, load_policy
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.accounts import CardPageRow
from bot.storage.tables.library import PatronRow
from webhooks.app import AppParts, create_app
from webhooks.card.barcode import Picture, picture_of

CARD, OTHER = "1234567890", "9999000011"


@dataclass
class CardWorld:
    """One library with two cards linked to U1, of which CARD is in use."""

    engine: Engine
    clock: StoppedClock
    app: Flask
    links: dict[str, str]

    def policy_card(self, **changes: str) -> None:
        """From now on the library has another `[card]`."""
        policy = load_policy("mito")
        card = policy.card.model_copy(update=changes)
        self.app = app_of(self.engine, self.clock, policy.model_copy(update={"card": card}))

    def key(self, card_number: str = CARD, line_user_id: str = "U1") -> str | None:
        """What the sender puts into the address."""
        with writing(self.engine) as session:
            return CardPages(session, self.clock).make(line_user_id, self.links[card_number])

    def open(self, key: str | None, method: str = "GET") -> TestResponse:
        """The page as a browser asks for it."""
        client = self.app.test_client()
        return client.open(f"/card?key={key}", method=method, headers={"Accept": "text/html"})


def app_of(engine: Engine, clock: StoppedClock, policy: Policy) -> Flask:
    """The web application of a library."""
    settings = load_settings(PUBLIC_URL="https://bot.example.jp")
    return create_app(
        AppParts(
            link=wiring.link_services(settings, policy, clock, engine),
            card=wiring.card_services(policy, clock, engine),
            mail=wiring.mail_services(settings, policy, clock, engine),
            secret_key="secret of this test",
            channel_secrets=("x",),
            store=lambda _events: (),
            wake=lambda _chats: None,
            checks={},
        )
    )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CardWorld]:
    engine = open_engine(new_database(tmp_path / "cards.sqlite3"))
    clock = StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    policy = load_policy("mito")
    links = {}
    with writing(engine) as session:
        session.add(PatronRow(card_number=CARD, name="水戸 花子", expires_on=date(2027, 3, 31)))
        session.add(PatronRow(card_number=OTHER, name="水戸 太郎"))
        session.flush()
        Friends(session, clock).met("U1")
        for number in (OTHER, CARD):
            result = Links(session, clock).complete(Nonces(session, clock).make("U1", number), "U1")
            assert result.link is not None
            links[number] = result.link.link_id
    yield CardWorld(engine, clock, app_of(engine, clock, policy), links)
    engine.dispose()


def test_the_card_is_shown_in_full_with_its_holder_and_its_barcode(world: CardWorld) -> None:
    response = world.open(world.key())
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert CARD in page
    assert "水戸 花子 さん" in page
    assert page.count("<rect") > len(CARD) * 4
    assert "<script" not in page
    assert "style=" not in page


def test_nothing_may_keep_or_pass_on_the_page(world: CardWorld) -> None:
    headers = world.open(world.key()).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_the_database_holds_no_key(world: CardWorld) -> None:
    key = world.key()
    with reading(world.engine) as session:
        [row] = session.scalars(select(CardPageRow))
        assert key
        assert len(key) >= 22
        assert key not in str(vars(row))


@pytest.mark.parametrize("key", ["", "x", "x" * 5000, "%00", "%ff", "../card"])
def test_a_key_that_is_none_of_ours_opens_nothing(world: CardWorld, key: str) -> None:
    response = world.open(key)
    assert response.status_code == 404
    assert CARD not in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_key_lives_for_minutes(world: CardWorld) -> None:
    key = world.key()
    world.clock.advance(CARD_PAGE_LIFE - timedelta(seconds=1))
    assert world.open(key).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    assert world.open(key).status_code == 404


def test_a_key_opens_a_few_times(world: CardWorld) -> None:
    key = world.key()
    assert world.open(key, "HEAD").status_code == 200
    assert [world.open(key).status_code for _ in range(CARD_PAGE_OPENINGS)] == [200] * CARD_PAGE_OPENINGS
    assert world.open(key).status_code == 404


def test_a_key_goes_with_the_link(world: CardWorld) -> None:
    key = world.key()
    with writing(world.engine) as session:
        Links(session, world.clock).unlink("U1", CARD)
    assert world.open(key).status_code == 404


def test_a_key_goes_when_another_card_is_used_and_does_not_come_back(world: CardWorld) -> None:
    key = world.key()
    for number in (OTHER, CARD):
        with writing(world.engine) as session:
            Links(session, world.clock).use("U1", number)
        assert world.open(key).status_code == 404


def test_a_key_goes_when_the_account_is_blocked(world: CardWorld) -> None:
    key = world.key()
    with writing(world.engine) as session:
        Friends(session, world.clock).blocked("U1", world.clock.now())
    assert world.open(key).status_code == 404


def test_no_key_is_made_for_a_card_not_in_use_nor_for_somebody_else(world: CardWorld) -> None:
    assert world.key(OTHER) is None
    assert world.key(CARD, "U2") is None


def test_old_keys_are_forgotten(world: CardWorld) -> None:
    world.key()
    world.clock.advance(timedelta(days=1, seconds=1))
    world.key()
    with reading(world.engine) as session:
        assert len(list(session.scalars(select(CardPageRow)))) == 1


def test_a_card_past_its_last_day_is_said_so(world: CardWorld) -> None:
    world.clock.advance(timedelta(days=150))
    assert "有効期限が過ぎています" in world.open(world.key()).get_data(as_text=True)


CODABAR = {
    "0": "101010011",
    "1": "101011001",
    "2": "101001011",
    "3": "110010101",
    "4": "101101001",
    "5": "110101001",
    "6": "100101011",
    "7": "100101101",
    "8": "100110101",
    "9": "110100101",
    "-": "101001101",
    "$": "101100101",
    ":": "1101011011",
    "/": "1101101011",
    ".": "1101101101",
    "+": "1011011011",
    "A": "1011001001",
    "B": "1001001011",
    "C": "1010010011",
    "D": "1010011001",
}
"""The table of the symbology, narrow 1 and wide 2 modules (USS Codabar; JIS X 0506 has the same as NW-7)."""


def _runs(picture: Picture) -> str:
    """Which bars and gaps are wide, as in the published table: a run of 2 for a wide one, 1 for a narrow one."""
    bars = picture.bars
    widths: list[int] = []
    for bar, after in zip(bars, (*bars[1:], None), strict=True):
        widths.append(bar.width)
        if after is not None:
            widths.append(after.x - bar.x - bar.width)
    narrow = min(widths)
    pieces = [
        ("1" if at % 2 == 0 else "0") * (1 if width == narrow else 2) for at, width in enumerate(widths)
    ]
    return "".join(pieces)


@pytest.mark.parametrize("start", ["A", "B", "C", "D"])
def test_a_codabar_has_the_bars_of_the_published_table(start: str) -> None:
    digits = "0123456789-$:/.+"
    picture = picture_of(digits, CardPage(barcode="codabar", start=start, stop="A"))
    assert picture is not None
    assert _runs(picture) == "0".join(CODABAR[char] for char in f"{start}{digits}A")


def test_code128_has_the_bars_of_the_published_example() -> None:
    picture = picture_of("123456", CardPage(barcode="code128"))
    assert picture is not None
    # Start C, 12, 34, 56, check digit 44, stop.
    modules = "11010011100101100111001000101100011100010110100011011101100011101011"
    ends = [(match.start(), match.end() - match.start()) for match in re.finditer("1+", modules)]
    first = picture.bars[0].x
    assert [(bar.x - first, bar.width) for bar in picture.bars] == ends


def test_code39_has_the_bars_of_the_published_table() -> None:
    picture = picture_of("1A", CardPage(barcode="code39"))
    assert picture is not None
    # Wide bars and gaps of *, 1, A, *, with a narrow gap between the characters.
    star, one, a = "1001011011010"[:-1], "110100101011", "110101001011"
    assert _runs(picture) == "0".join((star, one, a, star))


@pytest.mark.parametrize("barcode", ["codabar", "code39", "code128"])
def test_the_bars_stand_free_on_both_sides(barcode: str) -> None:
    picture = picture_of("1234567890", CardPage(barcode=barcode))
    assert picture is not None
    narrow = min(bar.width for bar in picture.bars)
    last = picture.bars[-1]
    assert picture.bars[0].x >= 10 * narrow
    assert picture.width - last.x - last.width >= 10 * narrow


@pytest.mark.parametrize("number", ["カード", "12 34", "hanako", "１２３"])
def test_a_number_that_no_codabar_can_hold_has_no_bars(number: str) -> None:
    picture = picture_of(number, CardPage(barcode="codabar"))
    assert picture is None


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 390), ("light", 195)])
def test_the_page_can_be_read_and_scanned(
    world: CardWorld, chromium: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    server = serving(world.app)
    # 195: the width that is left of a phone's 390 when everything is shown at 200 %.
    context = chromium.new_context(
        viewport={"width": width, "height": width * 2}, device_scale_factor=390 / width, color_scheme=scheme
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"http://127.0.0.1:{server.port}/card?key={world.key()}")
    box = page.locator("svg.barcode").first.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["height"] >= 100
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert problems == []
    page.screenshot(path=kept_at(f"card-{scheme}-{width}"), full_page=True)
    assert Axe().run(page).violations_count == 0
    context.close()
    server.shutdown()
    server.server_close()


def _decoded(file: Path) -> tuple[str, str]:
    """Kind and content of the one code in a picture, by zbar."""
    [found] = decode(Image.open(file))
    return found.type, found.data.decode()


@pytest.mark.browser
def test_each_kind_of_code_is_read_from_the_screen_by_another_program(
    world: CardWorld, chromium: Browser
) -> None:
    kinds = {"codabar": "CODABAR", "code39": "CODE39", "code128": "CODE128", "qr": "QRCODE"}
    context = chromium.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    for barcode, kind in kinds.items():
        world.policy_card(barcode=barcode)
        with serving_of(world) as address:
            page.goto(f"{address}/card?key={world.key()}")
            file = kept_at(f"card-{barcode}")
            page.locator(".barcode").first.screenshot(path=file)
        read_kind, read = _decoded(file)
        assert (read_kind, read.strip("ABCDabcd")) == (kind, CARD)
    context.close()


@pytest.mark.browser
def test_the_familys_next_card_is_one_swipe_away(world: CardWorld, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    with serving_of(world) as address:
        page.goto(f"{address}/card?key={world.key()}")
        first, second = page.locator(".card").all()
        expect(first).to_contain_text(CARD)
        expect(first).to_be_in_viewport()
        expect(second).not_to_be_in_viewport()
        page.locator(".cards").evaluate("cards => cards.scrollBy({left: cards.clientWidth * 0.7})")
        expect(second).to_be_in_viewport(ratio=0.9)
        expect(first).not_to_be_in_viewport()
        file = kept_at("card-family")
        second.locator(".barcode").screenshot(path=file)
    assert _decoded(file) == ("CODABAR", f"A{OTHER}A")
    context.close()


def test_a_page_that_has_run_out_leads_back_to_the_chat_where_the_account_is_known(world: CardWorld) -> None:
    assert "line.me" not in world.open("gone").get_data(as_text=True)
    world.policy_card(line_id="@mitolib")
    page = world.open("gone").get_data(as_text=True)
    assert "もう一度表示" in page
    assert f'href="https://line.me/R/oaMessage/%40mitolib/?{quote("カードを見せて")}"' in page


def test_line_is_asked_under_which_id_the_account_is_found(world: CardWorld) -> None:
    class Line:
        def bot_info(self) -> BotInfo:
            return BotInfo(basic_id="@123abcde", answers_by_itself=False)

    AccountLook(world.engine, Line(), world.clock).look()
    page = world.open("gone").get_data(as_text=True)
    assert 'href="https://line.me/R/oaMessage/%40123abcde/?' in page


def test_a_qr_code_stands_free_on_all_sides() -> None:
    picture = picture_of(CARD, CardPage(barcode="qr"))
    assert picture is not None
    assert picture.is_square
    assert min(min(bar.x, bar.y) for bar in picture.bars) == 4
    assert max(bar.x + bar.width for bar in picture.bars) == picture.width - 4


@contextmanager
def serving_of(world: CardWorld) -> Iterator[str]:
    """The application at an address of its own."""
    server = serving(world.app)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()


def kept_at(name: str) -> Path:
    """Where the picture of a page is kept to be looked at."""
    folder = Path("artifacts/screens/pages")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
