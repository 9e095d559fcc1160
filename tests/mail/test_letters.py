"""How letters are laid out and written: the same in both forms, no titles to an address that nobody confirmed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import Engine, select

from bot.accounts.addresses import EVERYTHING, Address, Addresses
from bot.accounts.mail_tokens import Confirmation, MailTokens
from bot.clock import StoppedClock
from bot.jobs.letters import Letters
from bot.mail import Letter
from bot.mail.composing import Sender, composed
from bot.messages.letters import LetterButton, LetterContent, LetterItem, lay_out_letter
from bot.policies import Policy, load_policy
from bot.storage.base import Base
from bot.storage.engine import open_engine, reading, writing
from bot.storage.tables.mails import MailAddressRow, MailRow, MailTokenRow

CARD, HANAKO = "1234567890", "hanako@example.jp"
MITO = load_policy("mito")
HERE = "https://bot.example.jp"
CONTENT = LetterContent(
    subject="【水戸市立図書館】ご予約の資料が1点、ご用意できました",
    paragraphs=("お待たせしました。\n次の資料がご用意できました。",),
    items=(LetterItem("こころ", (("受取場所", "東部図書館"), ("引取期限日", "12月6日（日）"))),),
    after=("期限を過ぎると、次の方におまわしします。",),
    buttons=(LetterButton("図書館のホームページ", "https://www.library-mito.jp/?a=1&b=2"),),
    notes=("お受け取りには、図書館カードをお持ちください。",),
    name="水戸 花子",
)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = open_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def confirmed(engine: Engine, clock: StoppedClock) -> None:
    with writing(engine) as session:
        tokens = MailTokens(session, clock, MITO)
        token = tokens.to_confirm(CARD, HANAKO)
        assert token
        assert tokens.confirm(token) is Confirmation.CONFIRMED


def notified(engine: Engine, clock: StoppedClock, kind: str = "ready") -> MailRow | None:
    with writing(engine) as session:
        address = Addresses(session, clock).of(CARD, HANAKO)
        assert address
        mail_id = Letters(session, clock, MITO, HERE).notify(kind, address, CONTENT)
        return session.get_one(MailRow, mail_id) if mail_id else None


def asked(engine: Engine, clock: StoppedClock, card_number: str = CARD, email: str = HANAKO) -> bool:
    with writing(engine) as session:
        return Letters(session, clock, MITO, HERE).ask_to_confirm(card_number, email) is not None


def links(text: str) -> list[str]:
    return re.findall(r"https://bot\.example\.jp(/mail/\w+)\?token=[\w-]{22}$", text, re.MULTILINE)


def test_both_forms_say_the_same_in_the_same_order() -> None:
    laid_out = lay_out_letter(CONTENT, MITO, stop_url=f"{HERE}/mail/unsubscribe?token=x")
    in_order = (
        *("水戸 花子 さん", "お待たせしました。", "こころ", "受取場所：東部図書館", "12月6日（日）"),
        *("次の方におまわしします。", "図書館のホームページ", "図書館カードをお持ちください。"),
        *("029-226-3951", "お答えできません", "このお知らせのメールをやめる"),
    )
    for form in (laid_out.text, laid_out.html.partition("<body")[2]):
        places = [form.find(piece) for piece in in_order]
        assert -1 not in places
        assert places == sorted(places)


def test_the_page_loads_nothing_and_tells_nobody_who_read_it() -> None:
    html = lay_out_letter(CONTENT, MITO, stop_url=f"{HERE}/mail/unsubscribe?token=x").html
    assert '<html lang="ja">' in html
    for loading in ("<img", "src=", "<link", "<script", "<style", "@import", "url("):
        assert loading not in html


def test_what_a_title_holds_is_shown_and_never_obeyed() -> None:
    evil = "<script>alert(1)</script>\"'&\n■ 水戸市立図書館からのお願い"
    laid_out = lay_out_letter(LetterContent("件名", (evil,), (LetterItem(evil),), name=evil), MITO)
    assert "<script" not in laid_out.html
    assert "&lt;script&gt;" in laid_out.html
    assert "\n■ 水戸市立図書館からのお願い" not in laid_out.text.partition("■ <script>")[2]


def test_a_library_that_reads_answers_does_not_say_that_it_does_not() -> None:
    answering = MITO.model_copy(
        update={"mail": MITO.mail.model_copy(update={"reply_to": "desk@library-mito.jp"})}
    )
    assert "ご返信" in lay_out_letter(CONTENT, MITO).text
    assert "ご返信" not in lay_out_letter(CONTENT, answering).text


def test_a_letter_to_a_confirmed_address_names_everything(engine: Engine, clock: StoppedClock) -> None:
    confirmed(engine, clock)
    row = notified(engine, clock)
    assert row
    assert "水戸 花子 さん" in row.text
    assert links(row.text) == ["/mail/unsubscribe"]
    assert row.unsubscribe_url in row.text
    assert row.unsubscribe_url in row.html
    assert row.kind == "ready"


def test_a_letter_to_another_address_names_nobody_and_carries_the_confirming_link(
    engine: Engine, clock: StoppedClock
) -> None:
    row = notified(engine, clock)
    assert row
    assert "花子" not in row.text + row.html
    assert links(row.text) == ["/mail/confirm", "/mail/unsubscribe"]
    assert "題名を書いていません" in row.text
    assert "/mail/unsubscribe" in row.unsubscribe_url


def test_what_was_stopped_is_not_written(engine: Engine, clock: StoppedClock) -> None:
    row = notified(engine, clock)
    assert row
    with writing(engine) as session:
        MailTokens(session, clock, MITO).stop(row.unsubscribe_url.partition("token=")[2])
    assert notified(engine, clock) is None
    assert notified(engine, clock, "due_soon") is not None


def test_a_letter_about_several_things_is_written_while_one_of_them_is_wanted(
    engine: Engine, clock: StoppedClock
) -> None:
    def written_by(*kinds: str) -> bool:
        with writing(engine) as session:
            address = Addresses(session, clock).of(CARD, HANAKO)
            assert address
            letters = Letters(session, clock, MITO, HERE)
            return letters.notify("digest", address, CONTENT, kinds=kinds) is not None

    with writing(engine) as session:
        tokens = MailTokens(session, clock, MITO)
        tokens.stop(tokens.to_stop(CARD, HANAKO, "ready", "due_soon"))
    assert written_by("ready", "overdue")
    assert not written_by("ready", "due_soon")


def test_an_address_is_asked_once_it_matters_and_not_when_it_is_known(
    engine: Engine, clock: StoppedClock
) -> None:
    assert asked(engine, clock)
    with reading(engine) as session:
        [row] = session.scalars(select(MailRow))
    assert links(row.text) == ["/mail/confirm"]
    assert row.unsubscribe_url == ""
    for hidden in (CARD, "花子"):
        assert hidden not in row.text + row.html + row.subject
    confirmed(engine, clock)
    assert not asked(engine, clock)
    assert not asked(engine, clock, email="")


def test_a_card_and_an_address_are_asked_a_few_times_a_day(engine: Engine, clock: StoppedClock) -> None:
    most = MITO.mail.confirm_letters_a_day
    assert [asked(engine, clock) for _ in range(most + 1)] == [True] * most + [False]
    assert not asked(engine, clock, email="other@example.jp")
    assert not asked(engine, clock, card_number="9999")
    row = notified(engine, clock)
    assert row
    assert links(row.text) == ["/mail/unsubscribe"]
    clock.advance(timedelta(days=1))
    assert asked(engine, clock)
    assert asked(engine, clock, card_number="9999")


def test_whoever_is_not_meant_is_asked_no_more(engine: Engine, clock: StoppedClock) -> None:
    with writing(engine) as session:
        tokens = MailTokens(session, clock, MITO)
        token = tokens.to_confirm(CARD, HANAKO)
        assert token
        assert tokens.disown(token)
    assert not asked(engine, clock)
    assert notified(engine, clock) is None


def test_many_addresses_are_looked_up_at_once(engine: Engine, clock: StoppedClock) -> None:
    confirmed(engine, clock)
    emails = {f"{number:04}": f"p{number}@example.jp" for number in range(1100)}
    with reading(engine) as session:
        found = Addresses(session, clock).of_many({**emails, CARD: HANAKO, "none": ""})
    assert len(found) == 1101
    assert found[CARD] == Address(CARD, HANAKO, confirmed=True)
    assert found["0007"] == Address("0007", "p7@example.jp")


def test_what_leads_nowhere_is_forgotten_and_what_its_owner_said_stays(
    engine: Engine, clock: StoppedClock
) -> None:
    asked(engine, clock)
    asked(engine, clock, card_number="2", email="b@example.jp")
    confirmed(engine, clock)
    with writing(engine) as session:
        tokens = MailTokens(session, clock, MITO)
        tokens.stop(tokens.to_stop("3", "c@example.jp", "ready"), everything=True)
    clock.advance(timedelta(days=MITO.mail.stop_link_days, seconds=1))
    with writing(engine) as session:
        MailTokens(session, clock, MITO).forget_old()
        assert list(session.scalars(select(MailTokenRow))) == []
        kept = [
            (row.confirmed_at is not None, row.stopped) for row in session.scalars(select(MailAddressRow))
        ]
    assert sorted(kept) == [(False, [EVERYTHING]), (True, [])]


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_a_whole_letter_has_short_lines_and_round_trips(
    library: str, engine: Engine, clock: StoppedClock
) -> None:
    policy: Policy = load_policy(library)
    with writing(engine) as session:
        letters = Letters(session, clock, policy, HERE)
        letters.notify("ready", Address(CARD, HANAKO, confirmed=True), CONTENT)
        [row] = session.scalars(select(MailRow))
    letter = Letter(row.to, row.subject, row.text, row.key, row.html, row.unsubscribe_url)
    message = composed(letter, Sender(policy.contact.mail_sender, policy.name), clock.now())
    assert max(map(len, message.as_bytes().split(b"\r\n"))) <= 120
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().replace("\r\n", "\n").rstrip() == row.html.rstrip()


@pytest.mark.browser
def test_axe_finds_nothing_in_a_letter(chromium: Browser, tmp_path: Path) -> None:
    laid_out = lay_out_letter(CONTENT, MITO, stop_url=f"{HERE}/mail/unsubscribe?token=x")
    file = tmp_path / "letter.html"
    file.write_text(laid_out.html, "utf-8")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
    page = context.new_page()
    page.goto(file.as_uri())
    # Without the rules about a page's landmarks: a letter stands within its reader's page.
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    pictures = Path("artifacts/screens/pages")
    pictures.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=pictures / "letter.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert found.response["passes"], "axe has looked at nothing"
    assert found.violations_count == 0, found.generate_report()
