"""The desk in the console: each act changes the record by the desk's own rules, and stands in the audit log."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select
from staff_world import StaffBrowser, StaffWorld, build_desk_world

from bot import wiring
from bot.library import SignIn
from bot.notices.model import NewNotice
from bot.rules.notice_kinds import NoticeKind
from bot.staff import Role
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import reading, writing
from bot.storage.notices import Notices
from bot.storage.tables.calendar import SpecialDaysRow
from bot.storage.tables.library import LoanRow, ReservationRow


@pytest.fixture
def at_the_desk(tmp_path: Path) -> Iterator[tuple[StaffWorld, StaffBrowser]]:
    world, browser = build_desk_world(tmp_path)
    yield world, browser
    world.engine.dispose()


@pytest.fixture
def world(at_the_desk: tuple[StaffWorld, StaffBrowser]) -> StaffWorld:
    """The library."""
    return at_the_desk[0]


@pytest.fixture
def desk(at_the_desk: tuple[StaffWorld, StaffBrowser]) -> StaffBrowser:
    """Somebody of the desk."""
    return at_the_desk[1]


def act(browser: StaffBrowser, name: str, **fields: str) -> str:
    """One act; what the page says then."""
    browser.open(f"/desk/{name}")
    browser.send(f"/desk/{name}", **fields)
    return browser.page


def state(world: StaffWorld) -> str:
    """Of Jiro's reservation."""
    with reading(world.engine) as session:
        return session.scalars(select(ReservationRow.state)).one()


def on_loan(world: StaffWorld) -> dict[str, str]:
    """Card by barcode."""
    with reading(world.engine) as session:
        rows = session.scalars(select(LoanRow).where(LoanRow.returned_on.is_(None)))
        return {row.barcode: row.card_number for row in rows}


def test_a_copy_goes_from_one_patron_to_the_next(world: StaffWorld, desk: StaffBrowser) -> None:
    page = act(desk, "return", barcode="b1")
    assert "『こころ』の返却を受けました" in page
    assert "受取館は東部です" in page
    desk.send("/desk/set-aside", barcode="b1")
    assert "予約した方の番号は200です" in desk.page
    assert state(world) == "in_preparation"
    desk.send("/desk/ready", barcode="b1")
    assert "取り置き期限は12月8日（火）です" in desk.page
    assert state(world) == "ready"
    assert "『こころ』を渡しました" in act(desk, "pickup", card_number="200", barcode="b1")
    assert state(world) == "fulfilled"
    assert on_loan(world) == {"b1": "200"}
    assert world.actions(actor="hanako")[-4:] == ["returned", "set_aside", "ready", "picked_up"]


def test_the_log_tells_neither_card_nor_copy_nor_title_of_a_loan(
    world: StaffWorld, desk: StaffBrowser
) -> None:
    act(desk, "return", barcode="b1")
    act(desk, "checkout", card_number="100", barcode="b2")
    about = {entry.subject.value for entry in world.entries() if entry.subject.kind != "account"}
    assert about
    assert not about & {"100", "200", "b1", "b2", "kokoro", "sorekara", "こころ"}


def test_the_card_stays_for_the_next_copy(world: StaffWorld, desk: StaffBrowser) -> None:
    page = act(desk, "checkout", card_number="１００", barcode="b2")
    assert "『それから』を貸し出しました" in page
    assert "返却期限は12月15日（火）です" in page
    assert 'name="card_number" type="text" value="１００"' not in page
    desk.send("/desk/checkout", card_number="100", barcode="b3")
    assert on_loan(world) == {"b1": "100", "b2": "100", "b3": "100"}
    assert "こころ" not in desk.page, "what else the patron has is not shown"


def test_a_scanned_codabar_is_read_without_its_letters(world: StaffWorld, desk: StaffBrowser) -> None:
    act(desk, "checkout", card_number="a100A", barcode="b2")
    assert on_loan(world)["b2"] == "100"


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("checkout", {"card_number": "999", "barcode": "b2"}, "この番号のカードはありません"),
        ("checkout", {"card_number": "100", "barcode": "b9"}, "この資料コードの資料はありません"),
        ("checkout", {"card_number": "100", "barcode": "b1"}, "貸出中になっています"),
        ("checkout", {"card_number": "100", "barcode": ""}, "入力してください"),
        ("return", {"barcode": "b2"}, "貸出中ではありません"),
        ("set-aside", {"barcode": "b2"}, "この資料の予約はないか"),
        ("ready", {"barcode": "b1"}, "この資料の予約はないか"),
        ("pickup", {"card_number": "100", "barcode": "b1"}, "この資料の予約はないか"),
        ("put-back", {"barcode": "b3"}, "この資料の予約はないか"),
        ("decline", {"barcode": "b2", "reason": "x", "card_number": "200"}, "予約していません"),
        ("decline", {"barcode": "b1", "reason": "", "card_number": "200"}, "入力してください"),
    ],
)
def test_what_can_not_be_done_is_told_and_not_noted(
    world: StaffWorld, desk: StaffBrowser, name: str, fields: dict[str, str], said: str
) -> None:
    before = world.actions()
    assert said in act(desk, name, **fields)
    assert 'role="alert"' in desk.page
    assert world.actions() == before


def test_a_copy_set_aside_is_handed_to_nobody_else(world: StaffWorld, desk: StaffBrowser) -> None:
    for name in ("return", "set-aside", "ready"):
        act(desk, name, barcode="b1")
    assert "予約していません" in act(desk, "pickup", card_number="100", barcode="b1")
    assert "ほかの方のために" in act(desk, "checkout", card_number="100", barcode="b1")
    assert state(world) == "ready"


def test_a_copy_that_can_not_be_supplied_lets_the_patron_wait_on(
    world: StaffWorld, desk: StaffBrowser
) -> None:
    for name in ("return", "set-aside", "put-back"):
        act(desk, name, barcode="b1")
    assert "もとの順番で待ちます" in desk.page
    assert state(world) == "queued"


def test_declining_is_asked_once_more(world: StaffWorld, desk: StaffBrowser) -> None:
    fields = {"barcode": "b1", "card_number": "200", "reason": "資料がいたんでいます"}
    assert "断ってよろしいですか" in act(desk, "decline", **fields)
    assert state(world) == "queued"
    desk.send("/desk/decline", **fields, confirmed="yes")
    assert "『こころ』の予約を断りました" in desk.page
    assert state(world) == "declined"
    assert world.actions()[-1] == "declined"


def test_what_ran_out_is_listed_without_whose_it_was_and_released(
    world: StaffWorld, desk: StaffBrowser
) -> None:
    for name in ("return", "set-aside", "ready"):
        act(desk, name, barcode="b1")
    desk.open("/lists/shelf")
    assert "下げる資料はありません" in desk.page
    world.clock.advance(timedelta(days=8))
    desk.sign_in_again("hanako")
    desk.open("/lists/shelf")
    assert "こころ" in desk.page
    assert "次郎" not in desk.page
    reservation = desk.page.split('name="reservation" value="')[1].split('"')[0]
    desk.send("/lists/shelf/release", reservation=reservation)
    assert state(world) == "expired"
    desk.open("/lists/shelf")
    assert "予約を解除しました" in desk.page
    desk.send("/lists/shelf/release", reservation=reservation)
    assert world.actions().count("released") == 1


def sheet_of(desk: StaffBrowser, path: str) -> list[list[str]]:
    """The rows of a file, without its head."""
    response = desk.open(path)
    assert response.content_type == "text/csv; charset=utf-8"
    text = response.get_data().decode("utf-8-sig")
    assert response.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(text)))[1:]


def test_whom_to_phone_is_listed_without_what_it_is_about(world: StaffWorld, desk: StaffBrowser) -> None:
    for name in ("return", "set-aside", "ready"):
        act(desk, name, barcode="b1")
    with reading(world.engine) as session:
        reservation = session.scalars(select(ReservationRow.reservation_id)).one()
    with writing(world.engine) as session:
        notices = Notices(session, world.clock)
        now = world.clock.now()
        notices.add([NewNotice(NoticeKind.READY, "200", reservation, world.clock.today(), now)])
        notices.unreached([notice.notice_id for notice in notices.due(most=10)], "blocked", to_call=True)
    desk.open("/lists/calls")
    assert "=水戸 次郎" in desk.page
    assert "登録なし" in desk.page
    assert "東部" in desk.page
    assert "こころ" not in desk.page
    assert sheet_of(desk, "/lists/calls.csv") == [
        ["2026-12-01", "200", "'=水戸 次郎", "", "東部", "2026-12-08", ""]
    ], "no cell is a formula"
    desk.open("/lists/calls")
    number = desk.page.split('name="number" value="')[1].split('"')[0]
    desk.send("/lists/calls/called", number=number)
    desk.open("/lists/calls")
    assert "連絡済みにしました" in desk.page
    desk.send("/lists/calls/called", number="x")
    assert world.actions()[-2:] == ["list_saved", "called"]
    act(desk, "pickup", card_number="200", barcode="b1")
    desk.open("/lists/calls")
    assert "電話をかける方はいません" in desk.page


def test_the_shelf_list_is_saved_as_a_file(world: StaffWorld, desk: StaffBrowser) -> None:
    for name in ("return", "set-aside", "ready"):
        act(desk, name, barcode="b1")
    world.clock.advance(timedelta(days=8))
    desk.sign_in_again("hanako")
    assert sheet_of(desk, "/lists/shelf.csv") == [["東部", "2026-12-08", "b1", "こころ"]]


def test_a_message_is_read_and_answered_once(world: StaffWorld, desk: StaffBrowser) -> None:
    world.link("U1", "100")
    with writing(world.engine) as session:
        number = DeskMessages(session, world.clock).add(
            "U1", card_number="100", text="<b>本</b>をぬらしました", message_id="m1", most=5
        )
    desk.open("/messages")
    assert "&lt;b&gt;本&lt;/b&gt;をぬらしました" in desk.page
    desk.open(f"/messages/{number}")
    assert desk.send(f"/messages/{number}", text="").status_code == 422
    assert desk.send(f"/messages/{number}", text="お持ちください。\r\n").status_code == 303
    assert world.own_events() == [("deskAnswer", "U1")]
    desk.open(f"/messages/{number}")
    assert "お持ちください。" in desk.page
    assert "すでに返事をしています" in desk.send(f"/messages/{number}", text="もう一度").get_data(
        as_text=True
    )
    assert world.actions().count("message_answered") == 1
    assert desk.open("/messages/999").status_code == 404


def test_an_answer_does_not_reach_who_has_blocked_us(world: StaffWorld, desk: StaffBrowser) -> None:
    from bot.accounts import Friends

    with writing(world.engine) as session:
        Friends(session, world.clock).blocked("U9", world.clock.now())
        number = DeskMessages(session, world.clock).add(
            "U9", card_number="", text="傘", message_id="", most=5
        )
    desk.open(f"/messages/{number}")
    assert "ブロックしている" in desk.send(f"/messages/{number}", text="あります").get_data(as_text=True)
    assert world.own_events() == []


def card(desk: StaffBrowser, number: str) -> str:
    """A card's page."""
    desk.open("/cards")
    desk.send("/cards", card_number=number)
    return desk.page


def test_a_card_is_looked_up_without_what_its_holder_reads(world: StaffWorld, desk: StaffBrowser) -> None:
    world.link("U1", "100")
    page = card(desk, "100")
    assert "水戸 花子" in page
    assert "使用中のカード" in page
    for hidden in ("こころ", "b1", "U1"):
        assert hidden not in page
    assert world.entries()[-1].action == "links_looked_up"
    assert world.entries()[-1].subject.value == "100"
    assert "この番号のカードはありません" in card(desk, "999")


def test_a_lost_phones_link_is_cut_and_told_after_a_second_question(
    world: StaffWorld, desk: StaffBrowser
) -> None:
    first, _ = world.link("U1", "100"), world.link("U2", "100")
    card(desk, "100")
    desk.send("/cards/cut", card_number="100", link_id=first)
    assert "この連携を解除しますか" in desk.page
    assert len(world.links()) == 2
    desk.send("/cards/cut", card_number="100", link_id=first, confirmed="yes")
    assert world.links() == [("U2", "100")]
    assert world.own_events() == [("linkEnded", "U1")]
    assert "link_cut" in world.actions()
    desk.send("/cards/cut", card_number="100", link_id=first, confirmed="yes")
    assert "すでにありません" in desk.page


def test_a_link_of_another_card_is_not_cut_under_this_one(world: StaffWorld, desk: StaffBrowser) -> None:
    link = world.link("U1", "200")
    card(desk, "100")
    desk.send("/cards/cut", card_number="100", link_id=link, confirmed="yes")
    assert world.links() == [("U1", "200")]


def test_a_lost_cards_links_are_all_cut(world: StaffWorld, desk: StaffBrowser) -> None:
    world.link("U1", "100")
    world.link("U2", "100")
    world.link("U2", "200")
    card(desk, "100")
    desk.send("/cards/cut-all", card_number="100")
    assert len(world.links()) == 3
    desk.send("/cards/cut-all", card_number="100", confirmed="yes")
    assert "連携を2件解除しました" in desk.page
    assert world.links() == [("U2", "200")]
    assert sorted(world.own_events()) == [("linkEnded", "U1"), ("linkEnded", "U2")]


def test_a_reissued_cards_links_go_on_with_the_new_number(world: StaffWorld, desk: StaffBrowser) -> None:
    world.link("U1", "100")
    world.link("U2", "100")
    world.link("U2", "200")
    card(desk, "100")
    desk.send("/cards/move", card_number="100", new_number="999", confirmed="yes")
    assert "新しい番号のカードがありません" in desk.page
    desk.send("/cards/move", card_number="100", new_number="200")
    assert "移しますか" in desk.page
    assert len(world.links()) == 3
    desk.send("/cards/move", card_number="100", new_number="200", confirmed="yes")
    assert world.links() == [("U1", "200"), ("U2", "200")]
    assert "links_moved" in world.actions()


def test_a_temporary_password_is_shown_once_and_opens_the_card(world: StaffWorld, desk: StaffBrowser) -> None:
    card(desk, "100")
    desk.send("/cards/temporary-password", card_number="100")
    assert "発行しますか" in desk.page
    desk.send("/cards/temporary-password", card_number="100", confirmed="yes")
    password = desk.page.split('<dd class="secret">')[1].split("<")[0]
    with reading(world.engine) as session:
        passwords = wiring.open_passwords(session, world.policy, world.clock)
        assert passwords.check("100", password) is SignIn.TEMPORARY
    assert world.entries()[-1].action == "temporary_password"
    assert world.entries()[-1].subject.value == "100"
    assert "この番号のカードはありません" in desk.send(
        "/cards/temporary-password", card_number="999", confirmed="yes"
    ).get_data(as_text=True)


def closures(world: StaffWorld) -> list[tuple[str, date, date, str, str]]:
    """Branch, days, reason and who, of those in force."""
    with reading(world.engine) as session:
        rows = session.scalars(select(SpecialDaysRow).where(SpecialDaysRow.withdrawn_at.is_(None)))
        return [(row.branch, row.first_on, row.last_on, row.reason, row.made_by) for row in rows]


def test_a_closure_is_asked_entered_and_taken_back(world: StaffWorld, desk: StaffBrowser) -> None:
    fields = {"branch": "tobu", "first_on": "2026-12-10", "last_on": "2026-12-11", "reason": "台風のため"}
    desk.open("/closures")
    desk.send("/closures", **fields)
    assert "登録してよろしいですか" in desk.page
    assert closures(world) == []
    assert desk.send("/closures", **fields, confirmed="yes").status_code == 303
    assert closures(world) == [("tobu", date(2026, 12, 10), date(2026, 12, 11), "台風のため", "hanako")]
    desk.open("/closures")
    assert "登録しました" in desk.page
    number = desk.page.split("/closures/")[1].split("/")[0]
    desk.send(f"/closures/{number}/withdraw")
    assert closures(world) == []
    assert world.actions()[-2:] == ["closed", "reopened"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first_on": ""}, "入力してください"),
        ({"first_on": "soon"}, "日付を確かめてください"),
        ({"first_on": "2026-11-01"}, "過ぎた日"),
        ({"first_on": "2026-12-10", "last_on": "2026-12-09"}, "はじめの日より前"),
        ({"first_on": "2026-12-10", "branch": "nowhere"}, "この館はありません"),
        ({"first_on": "2026-12-10", "hours": "10時から"}, "10:00-15:00"),
        ({"first_on": "2026-12-10", "reason": "あ" * 101}, "長すぎます"),
    ],
)
def test_a_closure_that_makes_no_sense_is_refused(
    world: StaffWorld, desk: StaffBrowser, fields: dict[str, str], said: str
) -> None:
    desk.open("/closures")
    response = desk.send("/closures", {"branch": "", "confirmed": "yes", **fields})
    assert response.status_code == 422
    assert said in desk.page
    assert closures(world) == []


def test_the_audit_page_shows_and_filters_what_was_done(world: StaffWorld, desk: StaffBrowser) -> None:
    card(desk, "100")
    admin = world.signed_in("jiro", Role.ADMIN)
    admin.open("/audit")
    assert "LINE連携を調べた" in admin.page
    admin.open("/audit?subject=100")
    assert admin.page.count("<tr>") == 2
    admin.open("/audit?actor=nobody&since=2026-12-01&until=2026-12-01&action=returned&before=x")
    assert "あてはまる記録はありません" in admin.page
    admin.send("/audit/check")
    admin.open("/audit")
    assert "書き換えも抜けもありません" in admin.page
