"""The link pages as a patron goes through them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from link_world import Browser, LinkWorld, build_world, refused, sent_to_line
from sqlalchemy import select

from bot.accounts import LinkOutcome
from bot.library import SignIn
from bot.storage.engine import reading
from bot.storage.tables.mails import MailRow

RIGHT = {"card_number": "100", "password": "right-password1"}
IDENTITY = {"card_number": "300", "name": "水戸 花子", "birth_date": "1950-04-01"}
NEW = {"new_password": "new-password1", "new_password_again": "new-password1", "email": ""}


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[[str], LinkWorld]]:
    worlds: list[LinkWorld] = []

    def make(library: str) -> LinkWorld:
        worlds.append(build_world(tmp_path, library))
        return worlds[-1]

    yield make
    for world in worlds:
        world.engine.dispose()


@pytest.fixture
def mito(make_world: Callable[[str], LinkWorld]) -> LinkWorld:
    return make_world("mito")


@pytest.fixture
def kyoto(make_world: Callable[[str], LinkWorld]) -> LinkWorld:
    return make_world("kyoto")


@pytest.fixture
def browser(mito: LinkWorld) -> Browser:
    """On Mito's sign-in page."""
    browser = mito.browser()
    assert browser.open("/link?linkToken=TOKEN").status_code == 200
    return browser


def test_signing_in_leads_to_lines_dialog_and_links_the_card(mito: LinkWorld, browser: Browser) -> None:
    response = browser.send(**RIGHT)
    assert sent_to_line(response)["linkToken"] == "TOKEN"
    result = mito.complete(response)
    assert result.outcome is LinkOutcome.LINKED
    assert result.link is not None
    assert result.link.card_number == "100"


@pytest.mark.parametrize("typed", ["１００", "1-0-0", " 1 00 ", "1‐0ー０", "1　00"])
def test_a_card_number_may_be_wide_and_have_gaps(browser: Browser, typed: str) -> None:
    assert sent_to_line(browser.send(card_number=typed, password="right-password1"))


def test_a_form_sent_twice_arrives_both_times(mito: LinkWorld, browser: Browser) -> None:
    page = browser.page
    browser.send(**RIGHT)
    browser.page = page
    assert mito.complete(browser.send(**RIGHT)).outcome is LinkOutcome.LINKED


def test_the_page_says_what_is_stored_and_guards_the_key_to_what_is_read(browser: Browser) -> None:
    for said in ("同意", "連携解除", "鍵", "利用者番号", "029-226-3951"):
        assert said in browser.page


def test_mito_offers_registration_and_kyoto_names_the_counter(browser: Browser, kyoto: LinkWorld) -> None:
    assert "/link/register?linkToken=TOKEN" in browser.page
    other = kyoto.browser()
    other.open("/link?linkToken=TOKEN")
    assert "/link/register" not in other.page
    for said in ("図書館カード番号", "1階カウンター", "マイページ利用申込書", "仮パスワード", "075-762-4655"):
        assert said in other.page


def test_kyoto_has_no_registration_page(kyoto: LinkWorld) -> None:
    browser = kyoto.browser()
    assert browser.open("/link/register?linkToken=TOKEN").status_code == 404
    assert "マイページ利用申込書" in browser.page
    assert "<form" not in browser.page


@pytest.mark.parametrize(
    "fields",
    [
        {"card_number": "999", "password": "right-password1"},
        {"card_number": "100", "password": "wrong"},
        {"card_number": "300", "password": "anything"},
    ],
    ids=["unknown card", "wrong password", "card without one"],
)
def test_every_refusal_says_the_same(browser: Browser, fields: dict[str, str]) -> None:
    response = browser.send(**fields)
    assert response.status_code == 422
    (said,) = refused(browser.page)
    assert said.startswith("利用者番号とパスワードの組み合わせを確認できませんでした。")
    assert browser.value_of("card_number") == fields["card_number"]
    assert browser.value_of("password") == ""


def test_after_failures_in_a_row_the_page_says_how_long_to_wait(mito: LinkWorld, browser: Browser) -> None:
    for _ in range(4):
        response = browser.send(card_number="100", password="wrong")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert "1分" in refused(browser.page)[0]
    mito.clock.advance(timedelta(seconds=30))
    response = browser.send(**RIGHT)
    assert response.status_code == 429
    assert "組み合わせ" not in refused(browser.page)[0]
    mito.clock.advance(timedelta(seconds=30))
    assert sent_to_line(browser.send(**RIGHT))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"card_number": "", "password": "x"}, "card_number"),
        ({"card_number": "100", "password": ""}, "password"),
        ({"card_number": "カード", "password": "x"}, "card_number"),
        ({"card_number": "1" * 33, "password": "x"}, "card_number"),
        ({"card_number": "1\x000", "password": "x"}, "card_number"),
        ({"card_number": "100'--", "password": "x"}, "card_number"),
        ({"card_number": "100", "password": "x" * 10_000}, "password"),
        ({"password": "x"}, "card_number"),
    ],
)
def test_a_mistake_is_tied_to_its_field_and_costs_no_try(
    mito: LinkWorld, browser: Browser, fields: dict[str, str], field: str
) -> None:
    response = browser.send(**fields)
    assert response.status_code == 422
    assert f'<li><a href="#{field}">' in browser.page
    assert f'id="{field}-mistake-1"' in browser.page
    assert mito.passwords.calls == []


def test_a_temporary_password_leads_to_its_change_and_nowhere_else(kyoto: LinkWorld) -> None:
    browser = kyoto.browser()
    browser.open("/link?linkToken=TOKEN")
    response = browser.send(card_number="200", password="temporary1")
    assert response.location.startswith("/link/password?")
    browser.follow(response)
    assert "temporary1" not in browser.page
    assert browser.value_of("card") == "200"
    for said in (
        "半角の英字と数字をまぜて、6文字以上",
        "info@library.pref.kyoto.jp",
        "ご負担",
        "図書館からの連絡",
    ):
        assert said in browser.page
    result = kyoto.complete(browser.send(**{**NEW, "email": "ｎａｍｅ@example.jp"}))
    assert result.link is not None
    assert result.link.card_number == "200"
    assert kyoto.email_of("200") == "name@example.jp"
    assert kyoto.opens("200", "new-password1") is SignIn.ACCEPTED
    assert kyoto.opens("200", "temporary1") is SignIn.REFUSED


def test_the_change_page_is_closed_without_a_temporary_password(mito: LinkWorld, browser: Browser) -> None:
    assert browser.open("/link/password?linkToken=TOKEN").location == "/link?linkToken=TOKEN"
    browser.open("/link?linkToken=TOKEN")
    response = browser.post("/link/password", {**browser.hidden(), **NEW})
    assert response.location == "/link?linkToken=TOKEN"
    assert mito.passwords.calls == []


def test_another_browser_cannot_go_on_with_a_temporary_password(kyoto: LinkWorld) -> None:
    browser, other = kyoto.browser(), kyoto.browser()
    browser.open("/link?linkToken=TOKEN")
    browser.send(card_number="200", password="temporary1")
    other.open("/link?linkToken=TOKEN")
    assert other.post("/link/password", {**other.hidden(), **NEW}).location == "/link?linkToken=TOKEN"


def test_a_flawed_new_password_is_asked_for_again_and_not_shown(kyoto: LinkWorld) -> None:
    browser = kyoto.browser()
    browser.open("/link?linkToken=TOKEN")
    browser.follow(browser.send(card_number="200", password="temporary1"))
    response = browser.send(new_password="abc", new_password_again="abd", email="name@example.jp")
    assert response.status_code == 422
    assert len(refused(browser.page)) == 3
    assert browser.value_of("email") == "name@example.jp"
    assert browser.value_of("new_password") == browser.value_of("new_password_again") == ""
    assert sent_to_line(browser.send(**NEW))


@pytest.mark.parametrize(
    "email",
    ["name", "name@", "@example.jp", "a b@example.jp", "a@b", "a@example.jp\x00", "a@x.jp,", "花@example.jp"],
)
def test_what_is_no_address_is_not_taken(kyoto: LinkWorld, email: str) -> None:
    browser = kyoto.browser()
    browser.open("/link?linkToken=TOKEN")
    browser.follow(browser.send(card_number="200", password="temporary1"))
    assert browser.send(**{**NEW, "email": email}).status_code == 422
    assert '<a href="#email">' in browser.page


def letters_of(world: LinkWorld) -> list[tuple[str, str]]:
    """Kind and address of the letters that wait."""
    with reading(world.engine) as session:
        return [(row.kind, row.to) for row in session.scalars(select(MailRow).order_by(MailRow.id))]


def test_whoever_gives_an_address_is_asked_there_whether_it_is_theirs(kyoto: LinkWorld) -> None:
    browser = kyoto.browser()
    browser.open("/link?linkToken=TOKEN")
    browser.follow(browser.send(card_number="200", password="temporary1"))
    kyoto.complete(browser.send(**{**NEW, "email": "a..b.@docomo.ne.jp"}))
    assert kyoto.email_of("200") == "a..b.@docomo.ne.jp"
    assert letters_of(kyoto) == [("confirm", "a..b.@docomo.ne.jp")]


def test_whoever_gives_no_address_is_asked_nothing(mito: LinkWorld, browser: Browser) -> None:
    browser.open("/link/register?linkToken=TOKEN")
    browser.send(**IDENTITY, **NEW)
    assert letters_of(mito) == []


def test_a_first_registration_takes_two_steps_and_links_the_card(mito: LinkWorld, browser: Browser) -> None:
    browser.open("/link/register?linkToken=TOKEN")
    assert browser.send(**{**IDENTITY, "birth_date": "昭和２５年４月１日"}).status_code == 200
    assert browser.value_of("card") == "300"
    for said in ("8文字以上", "central@library-mito.jp", "鍵"):
        assert said in browser.page
    assert "ご負担" not in browser.page
    result = mito.complete(browser.send(**NEW))
    assert result.link is not None
    assert result.link.card_number == "300"
    assert mito.opens("300", "new-password1") is SignIn.ACCEPTED


def test_all_six_fields_may_come_at_once(mito: LinkWorld, browser: Browser) -> None:
    browser.open("/link/register?linkToken=TOKEN")
    assert sent_to_line(browser.send(**IDENTITY, **NEW))


@pytest.mark.parametrize(
    "changed",
    [
        {"card_number": "999"},
        {"name": "水戸 太郎"},
        {"birth_date": "1950-04-02"},
        {"card_number": "100"},
    ],
    ids=["unknown card", "wrong name", "wrong birth date", "has a password"],
)
def test_every_refused_registration_says_the_same_and_keeps_what_was_typed(
    browser: Browser, changed: dict[str, str]
) -> None:
    browser.open("/link/register?linkToken=TOKEN")
    browser.send(**{**IDENTITY, **changed})
    assert browser.send(**NEW).status_code == 422
    (said,) = refused(browser.page)
    assert said.startswith("ご本人の確認ができませんでした。")
    for name, value in {**IDENTITY, **changed}.items():
        assert browser.value_of(name) == value


def test_after_five_registrations_of_a_card_the_counter_is_named(mito: LinkWorld, browser: Browser) -> None:
    for _ in range(6):
        browser.open("/link/register?linkToken=TOKEN")
        browser.send(**{**IDENTITY, "name": "水戸 太郎"})
        response = browser.send(**NEW)
    assert response.status_code == 429
    assert "窓口でお手続きください" in refused(browser.page)[0]
    assert mito.passwords.calls == ["register"] * 5


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "花" * 101}, "name"),
        ({"name": "水戸\x00花子"}, "name"),
        ({"birth_date": "きのう"}, "birth_date"),
        ({"birth_date": "1950-02-30"}, "birth_date"),
        ({"birth_date": "2026-12-02"}, "birth_date"),
        ({"birth_date": ""}, "birth_date"),
        ({"card_number": ""}, "card_number"),
    ],
)
def test_a_mistake_in_the_first_step_is_said_at_its_field(
    browser: Browser, changed: dict[str, str], field: str
) -> None:
    browser.open("/link/register?linkToken=TOKEN")
    assert browser.send(**{**IDENTITY, **changed}).status_code == 422
    assert f'<li><a href="#{field}">' in browser.page


def test_the_second_step_does_not_open_without_the_first(browser: Browser) -> None:
    browser.open("/link/register?linkToken=TOKEN")
    response = browser.post("/link/register", {**browser.hidden(), **NEW})
    assert response.location == "/link/register?linkToken=TOKEN"


def test_two_windows_of_one_browser_stay_apart(mito: LinkWorld, browser: Browser) -> None:
    mito.issue("OTHER", "U2")
    first = browser.page
    browser.open("/link?linkToken=OTHER")
    browser.page = first
    response = browser.send(**RIGHT)
    assert sent_to_line(response)["linkToken"] == "TOKEN"
    assert mito.complete(response, "U2").outcome is LinkOutcome.FAILED


def test_a_library_that_is_down_is_said_kindly(mito: LinkWorld, browser: Browser) -> None:
    mito.passwords.is_down = True
    response = browser.send(**RIGHT)
    assert response.status_code == 503
    assert "図書館のシステムにつながりません" in browser.page
