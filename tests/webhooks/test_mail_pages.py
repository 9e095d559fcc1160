"""The pages that links in letters lead to: what they change, and what nobody can do there without the letter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from databases import new_database
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import Engine, select
from test_link_in_browser import serving
from werkzeug.test import TestResponse

from bot import wiring
from bot.accounts.addresses import DISOWNED, EVERYTHING, Address, Addresses
from bot.accounts.limits import LIMITS, TryKind
from bot.accounts.mail_tokens import MailTokens
from bot.clock import StoppedClock
from bot.config import load_settings
from bot.jobs.letters import Letters
from bot.jobs.mails import MailSender
from bot.mail.composing import Sender
from bot.mail.smtp import SmtpMailer, SmtpServer
from bot.messages.letters import LetterContent
from bot.policies import load_policy
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.mails import MailTokenRow
from tests.mail.smtp_server import post_office
from webhooks.app import AppParts, create_app

CARD, HANAKO = "1234567890", "hanako@example.jp"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""The body that RFC 8058 has mail programs send."""


@dataclass
class MailWorld:
    """One library's mail pages, and a browser without cookies for each request."""

    engine: Engine
    clock: StoppedClock
    app: Flask
    library: str

    def to_confirm(self, card_number: str = CARD, email: str = HANAKO) -> str:
        """A link's key, as the letter bears it."""
        with writing(self.engine) as session:
            token = self._tokens(session).to_confirm(card_number, email)
        assert token
        return token

    def to_stop(self, *kinds: str, card_number: str = CARD) -> str:
        """The same for stopping."""
        with writing(self.engine) as session:
            return self._tokens(session).to_stop(card_number, HANAKO, *kinds or ("ready",))

    def address(self, card_number: str = CARD, email: str = HANAKO) -> Address:
        """What holds of an address now."""
        with reading(self.engine) as session:
            found = Addresses(session, self.clock).of(card_number, email)
        assert found is not None
        return found

    def open(self, page: str, token: str, method: str = "GET") -> TestResponse:
        """Open a page."""
        return self.app.test_client().open(
            f"/mail/{page}", method=method, query_string={"token": token}, headers={"Accept": "text/html"}
        )

    def press(self, page: str, **fields: str) -> TestResponse:
        """Send a form as it stands on the page: without any cookie."""
        return self.app.test_client().post(f"/mail/{page}", data=fields, headers={"Accept": "text/html"})

    def one_click(self, token: str) -> TestResponse:
        """What a mail program sends."""
        return self.app.test_client().post("/mail/unsubscribe", query_string={"token": token}, data=ONE_CLICK)

    def _tokens(self, session: object) -> MailTokens:
        return MailTokens(session, self.clock, load_policy(self.library))  # type: ignore[arg-type]


@pytest.fixture
def library() -> str:
    return "mito"


@pytest.fixture
def world(tmp_path: Path, library: str) -> Iterator[MailWorld]:
    engine = open_engine(new_database(tmp_path / "mail.sqlite3"))
    clock = StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    policy, settings = load_policy(library), load_settings(PUBLIC_URL="https://bot.example.jp")
    app = create_app(
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
    yield MailWorld(engine, clock, app, library)
    engine.dispose()


def page_of(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def buttons(page: str) -> list[str]:
    return re.findall(r"<button[^>]*>([^<]*)</button>", page)


def test_opening_the_link_changes_nothing_and_the_button_confirms(world: MailWorld) -> None:
    token = world.to_confirm()
    for _ in range(3):
        assert buttons(page_of(world.open("confirm", token))) == [
            "このアドレスで受け取ります",
            "心当たりがありません",
        ]
    assert world.open("confirm", token, "HEAD").status_code == 200
    assert not world.address().confirmed
    pressed = world.press("confirm", token=token, answer="mine")
    assert pressed.status_code == 200
    assert "メールアドレスを確認しました" in page_of(pressed)
    assert world.address().confirmed


def test_a_link_confirms_once_and_tells_so_whoever_comes_back(world: MailWorld) -> None:
    token = world.to_confirm()
    for _ in range(2):
        assert "確認しました" in page_of(world.press("confirm", token=token, answer="mine"))
    assert "確認しました" in page_of(world.open("confirm", token))
    assert world.press("confirm", token=token, answer="not_mine").status_code == 404
    assert world.address() == Address(CARD, HANAKO, confirmed=True)


def test_a_link_confirms_the_address_it_was_sent_to_and_that_card_alone(world: MailWorld) -> None:
    world.press("confirm", token=world.to_confirm(), answer="mine")
    assert world.address(email="Hanako@Example.jp").confirmed
    assert not world.address(email="hanako@example.com").confirmed
    assert not world.address(card_number="9999").confirmed


def test_an_address_that_was_changed_and_put_back_is_known_again(world: MailWorld) -> None:
    world.press("confirm", token=world.to_confirm(), answer="mine")
    assert not world.address(email="new@example.jp").confirmed
    assert world.address(email=HANAKO).confirmed


def test_whoever_has_nothing_to_do_with_the_card_gets_no_more_letters(world: MailWorld) -> None:
    token = world.to_confirm()
    assert "お送りしないようにしました" in page_of(world.press("confirm", token=token, answer="not_mine"))
    address = world.address()
    assert address == Address(CARD, HANAKO, confirmed=False, stopped=frozenset({DISOWNED}))
    assert not address.takes("ready")
    assert not address.may_be_asked
    assert world.press("confirm", token=token, answer="mine").status_code == 404
    assert not world.address().confirmed


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_the_page_says_what_the_librarys_guide_wants_said_of_mail(world: MailWorld) -> None:
    page, policy = page_of(world.open("confirm", world.to_confirm())), load_policy(world.library)
    assert f"{policy.contact.mail_sender}からのメールを受け取れるように" in page
    assert ("通信費は、ご利用の方のご負担" in page) is (world.library == "kyoto")
    assert ("図書館からの連絡に使わせていただく場合" in page) is (world.library == "kyoto")


@pytest.mark.parametrize("answer", ["", "yes", "mine\x00"])
def test_an_answer_that_is_none_confirms_nothing(world: MailWorld, answer: str) -> None:
    token = world.to_confirm()
    assert len(buttons(page_of(world.press("confirm", token=token, answer=answer)))) == 2
    assert not world.address().confirmed


def test_a_link_that_confirms_lives_for_days(world: MailWorld) -> None:
    token = world.to_confirm()
    world.clock.advance(timedelta(days=load_policy("mito").mail.confirm_link_days, seconds=-1))
    assert world.open("confirm", token).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    assert world.open("confirm", token).status_code == 404
    assert world.press("confirm", token=token, answer="mine").status_code == 404
    assert not world.address().confirmed


def test_opening_the_way_out_changes_nothing_and_the_button_stops_that_kind(world: MailWorld) -> None:
    token = world.to_stop("due_soon")
    for _ in range(3):
        page = page_of(world.open("unsubscribe", token))
        assert "返却期限が近いお知らせ" in page
        assert buttons(page) == ["このお知らせのメールをやめる", "すべてのお知らせのメールをやめる"]
    assert world.address().takes("due_soon")
    pressed = page_of(world.press("unsubscribe", token=token, wish="kind"))
    assert "もうお送りしません" in pressed
    assert not world.address().takes("due_soon")
    assert world.address().takes("ready")


def test_one_click_from_a_mail_program_works_without_page_cookie_or_sign_in(world: MailWorld) -> None:
    token = world.to_stop("ready")
    response = world.one_click(token)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert not world.address().takes("ready")
    assert world.one_click(token).status_code == 200


def test_a_page_says_what_happens_to_what_was_reserved(world: MailWorld) -> None:
    assert "職員がお電話などで" in page_of(world.open("unsubscribe", world.to_stop("ready")))


def test_all_letters_can_be_stopped_and_wanted_again(world: MailWorld) -> None:
    token = world.to_stop("ready")
    page = page_of(world.press("unsubscribe", token=token, wish="all"))
    assert buttons(page) == ["お知らせのメールをまた受け取る"]
    assert world.address().stopped == {EVERYTHING}
    assert not world.address().takes("due_soon")
    page = page_of(world.press("unsubscribe", token=token, wish="resume"))
    assert buttons(page) == ["このお知らせのメールをやめる", "すべてのお知らせのメールをやめる"]
    assert world.address().takes("due_soon")


def test_wanting_a_kind_again_leaves_others_stopped(world: MailWorld) -> None:
    ready, due = world.to_stop("ready"), world.to_stop("due_soon")
    for token in (ready, due):
        world.one_click(token)
    world.press("unsubscribe", token=ready, wish="resume")
    assert world.address().stopped == {"due_soon"}


def test_the_way_out_of_a_letter_about_several_things_stops_each_of_them(world: MailWorld) -> None:
    token = world.to_stop("due_soon", "ready")
    page = page_of(world.open("unsubscribe", token))
    assert "「返却期限が近いお知らせ」「ご予約の資料がご用意できたお知らせ」のメールをやめます" in page
    world.one_click(token)
    assert world.address().stopped == {"due_soon", "ready"}
    world.press("unsubscribe", token=token, wish="resume")
    assert world.address().stopped == frozenset()


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_header_of_a_letter_that_arrived_stops_letters_by_one_post(
    world: MailWorld, encoding: str
) -> None:
    with writing(world.engine) as session:
        content = LetterContent("件名", ("本文",))
        letters = Letters(session, world.clock, load_policy("mito"), "https://bot.example.jp")
        letters.notify("ready", Address(CARD, HANAKO), content)
    with post_office() as office:
        mailer = SmtpMailer(SmtpServer.at(office.url), world.clock, Sender("a@library-mito.jp", "図書館"))
        MailSender(world.engine, mailer, world.clock).sweep()
        [letter] = office.letters
    [address] = re.findall(r"<(https://[^>]+)>", str(letter["List-Unsubscribe"]))
    name, _, value = str(letter["List-Unsubscribe-Post"]).partition("=")
    response = world.app.test_client().post(address, data={name: value}, content_type=encoding)
    assert response.status_code == 200
    assert not world.address().takes("ready")


def test_a_way_out_leads_to_its_own_card_alone(world: MailWorld) -> None:
    world.to_stop("ready", card_number="9999")
    world.one_click(world.to_stop("ready"))
    assert world.address(card_number="9999").takes("ready")


def test_a_way_out_stays_open_for_long(world: MailWorld) -> None:
    token = world.to_stop("ready")
    world.clock.advance(timedelta(days=load_policy("mito").mail.stop_link_days, seconds=-1))
    assert world.one_click(token).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    assert world.open("unsubscribe", token).status_code == 404


def test_confirming_again_takes_back_that_all_letters_were_stopped(world: MailWorld) -> None:
    world.press("confirm", token=world.to_confirm(), answer="mine")
    world.press("unsubscribe", token=world.to_stop(), wish="all")
    assert world.address().may_be_asked
    world.press("confirm", token=world.to_confirm(), answer="mine")
    assert world.address() == Address(CARD, HANAKO, confirmed=True)


def test_keys_for_one_purpose_are_none_for_the_other(world: MailWorld) -> None:
    confirm, stop = world.to_confirm(), world.to_stop()
    assert world.press("confirm", token=stop, answer="mine").status_code == 404
    assert world.one_click(confirm).status_code == 404
    assert world.address() == Address(CARD, HANAKO)


@pytest.mark.parametrize("page", ["confirm", "unsubscribe"])
@pytest.mark.parametrize("token", ["", "x", "x" * 2000, "%00", "\x00", "\udcff", "カード", "../mail/confirm"])
def test_a_key_that_is_none_of_ours_opens_nothing(world: MailWorld, page: str, token: str) -> None:
    token = token.encode("utf-8", "surrogatepass").decode("latin-1")
    for response in (world.open(page, token), world.press(page, token=token, answer="mine", wish="all")):
        assert response.status_code == 404
        assert "このページは、お使いになれません" in page_of(response)


def test_whoever_guesses_is_slowed_down_and_a_right_link_still_works(world: MailWorld) -> None:
    statuses = [
        world.open("confirm", f"guess{number}").status_code
        for number in range(LIMITS[TryKind.MAIL_LINK].free + 2)
    ]
    assert statuses == [404] * LIMITS[TryKind.MAIL_LINK].free + [429] * 2
    assert int(world.open("unsubscribe", "guess").headers["Retry-After"]) > 0
    assert world.one_click(world.to_stop()).status_code == 200
    assert world.press("confirm", token=world.to_confirm(), answer="mine").status_code == 200


def test_a_form_that_is_too_long_is_refused(world: MailWorld) -> None:
    response = world.press("unsubscribe", token=world.to_stop(), wish="x" * 10_000)
    assert response.status_code == 400
    assert world.address().takes("ready")


@pytest.mark.parametrize("page", ["confirm", "unsubscribe"])
def test_nothing_may_keep_frame_or_pass_on_a_page(world: MailWorld, page: str) -> None:
    token = world.to_confirm() if page == "confirm" else world.to_stop()
    response = world.open(page, token)
    headers = response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Robots-Tag"] == "noindex"
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "Set-Cookie" not in headers
    for hidden in (CARD, HANAKO, "hanako"):
        assert hidden not in page_of(response)


def test_the_database_holds_no_key_no_card_and_no_address(world: MailWorld) -> None:
    tokens = [world.to_confirm(), world.to_stop()]
    with reading(world.engine) as session:
        stored = str([vars(row) for row in session.scalars(select(MailTokenRow))])
        raw = session.connection().exec_driver_sql("SELECT * FROM mail_addresses").fetchall()
    for hidden in (*tokens, CARD, HANAKO):
        assert hidden not in stored + str(raw)
    assert all(len(token) >= 22 for token in tokens)


def test_no_log_line_holds_a_key(world: MailWorld, caplog: pytest.LogCaptureFixture) -> None:
    token = world.to_confirm()
    with caplog.at_level("DEBUG"):
        world.open("confirm", token)
        world.press("confirm", token=token, answer="mine")
        world.one_click(world.to_stop())
    assert "mail address: confirmed" in caplog.text
    assert token not in caplog.text


@pytest.mark.browser
@pytest.mark.parametrize("library", ["kyoto"])
def test_the_pages_work_by_touch_without_scripts_and_axe_finds_nothing(
    world: MailWorld, chromium: Browser
) -> None:
    server = serving(world.app)
    here = f"http://127.0.0.1:{server.port}/mail"
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(f"{here}/confirm?token={world.to_confirm()}")
    found = [Axe().run(page)]
    page.screenshot(path=kept_at(f"mail-confirm-{world.library}"), full_page=True)
    page.get_by_role("button", name="このアドレスで受け取ります").click()
    page.get_by_role("heading", name="メールアドレスを確認しました").wait_for()
    page.goto(f"{here}/unsubscribe?token={world.to_stop()}")
    found.append(Axe().run(page))
    page.screenshot(path=kept_at(f"mail-unsubscribe-{world.library}"), full_page=True)
    page.get_by_role("button", name="このお知らせのメールをやめる").click()
    page.get_by_role("heading", name="メールをやめました").wait_for()
    found.append(Axe().run(page))
    context.close()
    server.shutdown()
    server.server_close()
    assert [one.violations_count for one in found] == [0] * 3, [one.generate_report() for one in found]
    assert [trouble for trouble in troubles if "404" not in trouble] == []
    assert world.address().confirmed
    assert not world.address().takes("ready")


def kept_at(name: str) -> Path:
    """Where the picture of a page is kept to be looked at."""
    folder = Path("artifacts/screens/pages")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
