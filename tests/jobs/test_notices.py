"""Notices from the record to LINE: raised once, told on the right day, merged, dropped when they do not hold."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from databases import new_database
from line_stand_in import LineStandIn
from notice_world import TODAY, NoticeWorld
from sqlalchemy import select

from bot.accounts import Friends, Links
from bot.accounts.watches import Watches
from bot.ils.embedded.library import EmbeddedLibrary
from bot.jobs.forgetting import forget_chat
from bot.jobs.notice_room import over_this_month
from bot.library import Contact
from bot.line.client import LineClient
from bot.policies import load_policy
from bot.storage.engine import open_engine, reading, writing
from bot.storage.notice_messages import NoticeMessages
from bot.storage.tables.library import LoanRow, ReservationRow
from bot.storage.tables.messages import ButtonRow
from bot.storage.tables.notices import NoticeMessageRow

Worlds = Callable[..., NoticeWorld]
A_DAY = timedelta(days=1)
DUE = {"due": True, "due_today": True, "overdue": True}
READY_ALT = "ご予約の資料が1点、ご用意できました"


@pytest.fixture
def make_world(tmp_path: Path, line: LineStandIn) -> Iterator[Worlds]:
    engine = open_engine(new_database(tmp_path / "notices.sqlite3"))
    made: list[NoticeWorld] = []
    with LineClient(access_token="token", base_url=line.url, time_limit=(2.0, 2.0)) as client:

        def make(library: str = "mito", **more: object) -> NoticeWorld:
            made.append(NoticeWorld(engine, client, line, policy=load_policy(library), **more))  # type: ignore[arg-type]
            return made[-1]

        yield make
        for world in made:
            world.close()
    engine.dispose()


@pytest.fixture
def world(make_world: Worlds) -> NoticeWorld:
    return make_world()


def test_what_is_ready_is_told_on_the_next_open_day_once(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.ready("1001", world.title("こころ"))
    world.run()
    assert world.pushed() == []
    world.go_to(TODAY + A_DAY)
    world.run()
    world.run()
    assert world.pushed() == [("U1", READY_ALT)]
    [text] = world.line.texts()
    assert all(
        part in text for part in ("こころ", "水戸市立中央図書館", "12月9日（水）まで", "次の方にまわります")
    )
    assert world.told() == [("ready", reservation_id, "told")]


def test_kyoto_tells_what_is_ready_at_once(make_world: Worlds) -> None:
    world = make_world("kyoto")
    world.patron("1001", "U1")
    world.ready("1001", world.title(branch="kyoto"), branch="kyoto")
    world.run()
    assert world.pushed() == [("U1", "ご予約の資料が1冊、ご用意できました")]
    assert "1階カウンター" in world.line.texts()[0]


@pytest.mark.parametrize("branch", load_policy("mito").pickup.branches)
def test_the_pickup_branch_that_is_named_is_the_reservations_own(world: NoticeWorld, branch: str) -> None:
    world.patron("1001", "U1")
    world.ready("1001", world.title(branch="chuo"), branch=branch)
    world.go_to(TODAY + A_DAY)
    world.run()
    [text] = world.line.texts()
    named = [one for one in world.policy.branches if f"{one.full_name}" in text and one.phone in text]
    assert [one.code for one in named] == [branch]


def test_what_is_still_on_its_way_is_not_told(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.reservation("1001", world.title())
    with world.desk() as desk:
        desk.reservations.set_aside(reservation_id)
    world.go_to(TODAY + 3 * A_DAY)
    world.run()
    assert world.told() == []


def test_nothing_is_told_of_a_reservation_without_contact(world: NoticeWorld) -> None:
    world.patron("1001", "U1", email="hanako@example.jp")
    world.ready("1001", world.title(), contact=Contact.NONE)
    for days in range(12):
        world.go_to(TODAY + days * A_DAY)
        world.run()
    assert (world.pushed(), list(world.letters()), world.calls()) == ([], [], [])


def test_a_last_day_that_comes_near_is_told_two_days_before(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.ready("1001", world.title())
    for days in range(12):
        world.go_to(TODAY + days * A_DAY)
        world.run()
    assert [(kind, state) for kind, _, state in world.told()] == [
        ("ready", "told"),
        ("pickup_soon", "told"),
        ("pickup_passed", "told"),
    ]
    assert [alt for _, alt in world.pushed()] == [
        READY_ALT,
        "お受け取りの期限が近い資料が1点あります",
        "お受け取りの期限を過ぎたご予約が1点あります",
    ]


def test_what_was_not_picked_up_is_released_and_the_next_patron_served(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.patron("1002", "U2")
    title_id = world.title()
    world.ready("1001", title_id)
    following = world.reservation("1002", title_id)
    world.go_to(TODAY + 9 * A_DAY)
    done = world.run()
    assert done.released == 1
    with reading(world.engine) as session:
        assert session.get_one(ReservationRow, following).state == "in_preparation"
    assert ("U1", "お受け取りの期限を過ぎたご予約が1点あります") in world.pushed()
    assert "U2" not in dict(world.pushed())
    with world.desk() as desk:
        desk.reservations.ready(following)
    world.go_to(TODAY + 10 * A_DAY)
    world.run()
    assert ("U2", READY_ALT) in world.pushed()


def test_a_declined_reservation_is_told_with_its_reason(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.reservation("1001", world.title("三四郎"))
    with world.desk() as desk:
        desk.reservations.decline(reservation_id, "破損のため")
    world.run()
    assert world.pushed() == [("U1", "ご用意できなかったご予約が1点あります")]
    assert all(part in world.line.texts()[0] for part in ("三四郎", "破損のため"))
    assert "破損" not in str([row.facts for row in world.rows()])


def test_what_staff_cancelled_is_told_and_what_the_patron_cancelled_is_not(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    by_staff, by_patron = (world.reservation("1001", world.title()) for _ in range(2))
    with world.desk() as desk:
        desk.reservations.cancel(by_staff)
    with writing(world.engine) as session:
        assert EmbeddedLibrary(session, world.policy, world.clock).cancel("1001", by_patron).done
    world.run()
    assert world.told() == [("ended_by_library", by_staff, "told")]


@pytest.mark.parametrize(
    ("days_before", "settings", "kind"),
    [
        (4, DUE, None),
        (3, DUE, "due_soon"),
        (2, DUE, "due_soon"),
        (0, DUE, "due_today"),
        (-1, DUE, "overdue"),
        (-8, DUE, "overdue"),
        (-9, DUE, None),
        (3, {}, None),
        (0, {}, None),
        (0, {"due": True}, None),
        (-1, {"overdue": True}, "overdue"),
    ],
)
def test_a_due_date_is_told_to_whom_it_was_asked_for(
    world: NoticeWorld, days_before: int, settings: dict[str, bool], kind: str | None
) -> None:
    world.patron("1001", "U1")
    world.settings("U1", **settings)
    loan_id = world.loan("1001", world.title(), TODAY + days_before * A_DAY)
    world.run()
    world.run()
    assert world.told() == ([(kind, loan_id, "told")] if kind else [])
    assert len(world.pushed()) == (1 if kind else 0)


def test_each_day_of_a_loan_is_told_once(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.settings("U1", **DUE)
    world.loan("1001", world.title(), TODAY + 5 * A_DAY)
    for days in range(20):
        world.go_to(TODAY + days * A_DAY)
        world.run()
    told = [(row.kind, row.created_at.astimezone(world.policy.zone).date()) for row in world.rows()]
    assert told == [
        ("due_soon", TODAY + 2 * A_DAY),
        ("due_today", TODAY + 5 * A_DAY),
        ("overdue", TODAY + 6 * A_DAY),
    ]


def test_a_reservation_by_another_is_told_to_whom_asked_for_it(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.patron("1002", "U2")
    title_id = world.title("こころ", copies=2)
    world.settings("U1", reserved_by_other=True)
    loan_id = world.loan("1001", title_id, TODAY + 9 * A_DAY)
    world.loan("1002", title_id, TODAY + 9 * A_DAY, copy=2)
    world.patron("1003")
    world.reservation("1003", title_id)
    world.run()
    world.go_to(TODAY + A_DAY)
    world.run()
    assert world.told() == [("reserved_by_other", loan_id, "told")]
    assert "延長できなくなりました" in world.line.texts()[0]


def test_a_loan_that_could_not_be_renewed_anyway_loses_nothing(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.settings("U1", reserved_by_other=True)
    title_id = world.title()
    world.loan("1001", title_id, TODAY + 9 * A_DAY, renewals=1)
    world.patron("1003")
    world.reservation("1003", title_id)
    world.run()
    assert world.told() == []


def test_new_arrivals_come_as_one_message_however_many_they_are(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    with writing(world.engine) as session:
        for kind, words in (("author", "村上春樹"), ("subject", "料理")):
            assert Watches(session, world.clock).add("U1", kind, words, most=10)
    world.go_to(TODAY + A_DAY)
    for number in range(12):
        world.title(
            f"本{number}",
            author="村上春樹",
            author_key="村上春樹",
            words_key="村上春樹 料理",
            arrived_on=TODAY + A_DAY,
        )
    world.title(
        "古い本", author="村上春樹", author_key="村上春樹", words_key="村上春樹", arrived_on=TODAY - A_DAY
    )
    world.run()
    world.go_to(TODAY + 2 * A_DAY)
    world.run()
    assert world.pushed() == [("U1", "ご登録のテーマや著者の新着が12点あります")]
    assert "古い本" not in world.line.texts()[0]
    assert "ほかに3件あります" in world.line.texts()[0]


def test_several_things_make_one_message_and_what_is_ready_comes_first(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.settings("U1", **DUE)
    world.loan("1001", world.title("坊っちゃん"), TODAY + A_DAY)
    world.ready("1001", world.title("こころ"))
    world.go_to(TODAY + A_DAY)
    world.run()
    assert world.pushed() == [("U1", f"{READY_ALT}。ほかに1件のお知らせがあります")]
    text = world.line.texts()[0]
    assert text.index("こころ") < text.index("坊っちゃん")


def test_a_family_gets_one_message_that_says_whose_each_is(world: NoticeWorld) -> None:
    world.patron("1001", "U1", "U2", name="水戸 花子")
    world.patron("1002", "U1", name="水戸 一郎")
    world.ready("1001", world.title("こころ"))
    world.ready("1002", world.title("坊っちゃん"))
    world.go_to(TODAY + A_DAY)
    world.run()
    sent = dict(world.pushed())
    assert sent == {"U1": "ご予約の資料が2点、ご用意できました", "U2": READY_ALT}
    texts = {who: json.dumps(messages, ensure_ascii=False) for who, messages in world.line.pushes}
    assert all(name in texts["U1"] for name in ("水戸 花子さん", "水戸 一郎さん"))
    assert "さん" not in texts["U2"]


def test_no_title_stands_outside_unless_that_was_asked_for(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.patron("1002", "U2")
    world.settings("U2", titles_outside=True)
    world.ready("1001", world.title("こころ"))
    world.ready("1002", world.title("坊っちゃん"))
    world.go_to(TODAY + A_DAY)
    world.run()
    assert dict(world.pushed()) == {"U1": READY_ALT, "U2": f"{READY_ALT}：『坊っちゃん』"}


def test_in_plain_text_the_first_line_names_no_work(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    with writing(world.engine) as session:
        Friends(session, world.clock).set_setting("U1", "layout", "plain")
    world.ready("1001", world.title("こころ"))
    world.go_to(TODAY + A_DAY)
    world.run()
    [(_, messages)] = world.line.pushes
    first = messages[0]["text"].splitlines()
    assert first[0] == READY_ALT
    assert "こころ" in messages[0]["text"]
    assert "「『こころ』の予約を取り消し」とお送りください。" in messages[-1]["text"]


def test_easy_words_are_used_for_who_reads_them(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    with writing(world.engine) as session:
        Friends(session, world.clock).set_setting("U1", "reading", "easy")
    world.ready("1001", world.title("こころ"))
    world.go_to(TODAY + A_DAY)
    world.run()
    assert world.pushed() == [("U1", "予約した本が1点、図書館に来ました")]


def _cancelled(world: NoticeWorld, reservation_id: str) -> None:
    with world.desk() as desk:
        desk.reservations.cancel(reservation_id)


def _picked_up(world: NoticeWorld, reservation_id: str) -> None:
    with world.desk() as desk:
        desk.lending.pick_up(reservation_id)


@pytest.mark.parametrize(("change", "left"), [(_cancelled, ["ended_by_library"]), (_picked_up, [])])
def test_what_changed_before_the_first_attempt_is_not_told(
    world: NoticeWorld, change: Callable[[NoticeWorld, str], None], left: list[str]
) -> None:
    world.patron("1001", "U1")
    reservation_id = world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY, 7, 40)
    world.run()
    assert [state for *_, state in world.told()] == ["waiting"]
    change(world, reservation_id)
    world.go_to(TODAY + A_DAY, 8)
    world.run()
    assert world.told()[0] == ("ready", reservation_id, "dropped")
    assert [kind for kind, _, state in world.told() if state == "told"] == left


@pytest.mark.parametrize("changes", [{"returned_on": TODAY}, {"due_on": TODAY + 17 * A_DAY, "renewals": 1}])
def test_a_loan_that_was_returned_or_renewed_meanwhile_is_not_told(
    world: NoticeWorld, changes: dict[str, object]
) -> None:
    world.patron("1001", "U1")
    world.settings("U1", **DUE)
    loan_id = world.loan("1001", world.title(), TODAY + 3 * A_DAY)
    world.go_to(TODAY, 7, 35)
    world.run()
    with writing(world.engine) as session:
        row = session.get_one(LoanRow, loan_id)
        for name, value in changes.items():
            setattr(row, name, value)
    world.go_to(TODAY, 8)
    world.run()
    assert (world.told(), world.pushed()) == ([("due_soon", loan_id, "dropped")], [])


@pytest.mark.parametrize(
    ("hour", "is_quiet"), [(7, True), (8, False), (20, False), (21, True), (23, True), (0, True)]
)
def test_nothing_is_pushed_in_the_quiet_hours(make_world: Worlds, hour: int, is_quiet: bool) -> None:
    world = make_world("kyoto")
    world.patron("1001", "U1")
    world.go_to(TODAY, hour)
    world.ready("1001", world.title(branch="kyoto"), branch="kyoto")
    world.run()
    assert len(world.pushed()) == (0 if is_quiet else 1)
    world.go_to(TODAY + A_DAY, 8)
    world.run()
    assert len(world.pushed()) == 1


def test_a_run_that_was_missed_is_made_up_for(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.settings("U1", **DUE)
    world.run()
    world.loan("1001", world.title(), TODAY + 4 * A_DAY)
    world.go_to(TODAY + A_DAY, 7, 0)
    assert not world.run().planned_day
    world.go_to(TODAY + A_DAY, 13)
    assert world.run().planned_day
    assert not world.run().planned_day
    assert world.pushed() == [("U1", "返却期限が近い資料が1点あります")]


# The ladder: LINE, e-mail, the desk's telephone.


def _told_by(world: NoticeWorld) -> list[tuple[str, str]]:
    with reading(world.engine) as session:
        rows = session.scalars(select(NoticeMessageRow).order_by(NoticeMessageRow.id)).all()
    return [(row.channel, row.state) for row in rows]


def test_without_a_link_a_letter_tells_it_and_without_an_address_the_desk_phones(world: NoticeWorld) -> None:
    world.patron("1001", email="hanako@example.jp")
    world.patron("1002")
    by_letter, by_phone = (world.ready(card, world.title("こころ")) for card in ("1001", "1002"))
    world.go_to(TODAY + A_DAY)
    world.run()
    [letter] = world.letters()
    assert letter.to == "hanako@example.jp"
    assert "ご用意できました" in letter.subject
    assert "こころ" not in letter.subject + letter.text + letter.html
    assert world.calls() == [("1002", by_phone)]
    assert world.told() == [("ready", by_letter, "sending"), ("ready", by_phone, "unreached")]


def test_who_chose_mail_gets_a_letter_first_and_a_refused_one_climbs_to_line(world: NoticeWorld) -> None:
    world.patron("1001", "U1", email="hanako@example.jp")
    world.ready("1001", world.title(), contact=Contact.MAIL)
    world.go_to(TODAY + A_DAY)
    world.run()
    assert (_told_by(world), world.pushed()) == ([("mail", "sending")], [])
    world.end_letters("refused")
    world.run()
    assert world.pushed() == [("U1", READY_ALT)]
    assert _told_by(world) == [("mail", "failed"), ("line", "sent")]


def test_a_letter_that_was_taken_is_told(world: NoticeWorld) -> None:
    world.patron("1001", email="hanako@example.jp")
    world.ready("1001", world.title(), contact=Contact.MAIL)
    world.go_to(TODAY + A_DAY)
    world.run()
    world.end_letters("sent")
    world.run()
    assert [state for *_, state in world.told()] == ["told"]


def test_a_title_stands_in_a_letter_once_the_address_is_confirmed(world: NoticeWorld) -> None:
    world.patron("1001", email="hanako@example.jp")
    world.confirm("1001", "hanako@example.jp")
    world.ready("1001", world.title("こころ"), contact=Contact.MAIL)
    world.go_to(TODAY + A_DAY)
    world.run()
    [letter] = world.letters()
    assert "こころ" in letter.text
    assert "水戸 花子 さん" in letter.text
    assert "12月9日（水）まで" in letter.text


@pytest.mark.parametrize("is_known", [True, False])
def test_who_blocked_us_is_told_by_letter_and_else_by_phone(world: NoticeWorld, is_known: bool) -> None:
    world.patron("1001", "U1", email="hanako@example.jp")
    reservation_id = world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    if is_known:
        world.block("U1")
    else:
        world.line.strangers.add("U1")
    world.run()
    world.run()
    assert (world.pushed(), len(world.letters())) == ([], 1)
    world.end_letters("refused")
    world.run()
    assert world.calls() == [("1001", reservation_id)]
    with reading(world.engine) as session:
        assert not Friends(session, world.clock).is_friend("U1")


def test_a_profile_is_looked_up_only_before_what_is_ready(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.patron("1002", "U2")
    world.settings("U2", **DUE)
    world.loan("1002", world.title(), TODAY + 2 * A_DAY)
    world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.run()
    assert sorted(dict(world.pushed())) == ["U1", "U2"]
    assert world.line.profiles == ["U1"]


def test_while_line_shows_no_profile_nothing_that_is_ready_is_pushed(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.line.shows_profiles = False
    world.run()
    assert world.pushed() == []
    world.line.shows_profiles = True
    world.clock.advance(timedelta(minutes=1))
    world.run()
    assert world.pushed() == [("U1", READY_ALT)]


def test_one_of_two_who_can_be_reached_is_enough(world: NoticeWorld) -> None:
    world.patron("1001", "U1", "U2", email="hanako@example.jp")
    world.ready("1001", world.title())
    world.line.strangers.add("U1")
    world.go_to(TODAY + A_DAY)
    world.run()
    world.run()
    assert world.pushed() == [("U2", READY_ALT)]
    assert (list(world.letters()), [state for *_, state in world.told()]) == ([], ["told"])


def test_who_turned_notices_of_reservations_off_is_told_nothing(world: NoticeWorld) -> None:
    world.patron("1001", "U1", email="hanako@example.jp")
    world.settings("U1", hold=False)
    world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.run()
    assert (world.pushed(), list(world.letters()), world.calls()) == ([], [], [])
    assert [(row.state, row.reason) for row in world.rows()] == [("dropped", "not_wanted")]


def test_without_a_mail_server_the_desk_phones(make_world: Worlds) -> None:
    world = make_world(sends_letters=False)
    world.patron("1001", email="hanako@example.jp")
    reservation_id = world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.run()
    assert world.calls() == [("1001", reservation_id)]


def test_nobody_is_phoned_for_a_due_date(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.settings("U1", **DUE)
    world.loan("1001", world.title(), TODAY + 3 * A_DAY)
    world.go_to(TODAY + A_DAY, 7, 40)
    world.run()
    world.go_to(TODAY + A_DAY, 9)
    world.block("U1")
    world.run()
    assert world.calls() == []
    assert [state for *_, state in world.told()] == ["unreached"]


def test_what_the_months_messages_do_not_suffice_for_goes_by_letter_but_what_is_ready_goes(
    world: NoticeWorld,
) -> None:
    world.quota(limit=100, used=79)
    for number in range(1, 4):
        world.patron(f"100{number}", f"U{number}", email=f"u{number}@example.jp")
        world.settings(f"U{number}", **DUE)
        world.loan(f"100{number}", world.title(), TODAY + 3 * A_DAY)
    world.patron("1009", "U9")
    world.ready("1009", world.title())
    world.go_to(TODAY + A_DAY)
    world.run()
    assert len(world.pushed()) == 2
    assert "U9" in dict(world.pushed())
    assert len(world.letters()) == 2
    with reading(world.engine) as session:
        assert over_this_month(session, world.clock) == 2
        world.clock.advance(timedelta(days=31))
        assert over_this_month(session, world.clock) == 0


def test_an_unlinked_patron_is_told_another_way(world: NoticeWorld) -> None:
    world.patron("1001", "U1", email="hanako@example.jp")
    world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.schedule.look()
    with writing(world.engine) as session:
        Links(session, world.clock).unlink("U1", "1001")
        forget_chat(session, world.clock, "U1")
    world.run()
    assert world.pushed() == []
    assert len(world.letters()) == 1


# Sending.


@pytest.mark.parametrize("fault", ["lost", "500", "500 accepted", "429", "401"])
def test_what_failed_is_sent_again_the_same_and_arrives_once(world: NoticeWorld, fault: str) -> None:
    world.patron("1001", "U1")
    world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.line.faults.append(fault)
    world.run()
    for _ in range(5):
        world.clock.advance(timedelta(seconds=90))
        world.run()
    pushes = {(key, body) for path, key, body in world.line.bodies if path.endswith("/push")}
    assert len(pushes) == 1
    assert world.pushed() == [("U1", READY_ALT)]
    assert [state for *_, state in world.told()] == ["told"]


def test_an_attempt_that_was_cut_short_is_made_again_under_the_same_key(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.schedule.look()
    with writing(world.engine) as session:
        [push] = NoticeMessages(session, world.clock).take(10)
    world.line_api.push(push.line_user_id, push.messages, retry_key=push.retry_key)
    assert world.sender.send_due() == 0
    world.clock.advance(timedelta(seconds=61))
    world.run()
    assert len(world.pushed()) == 1
    assert [state for *_, state in world.told()] == ["told"]


def test_what_line_refuses_for_good_climbs(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.line.faults.append("400")
    world.run()
    world.run()
    assert world.calls() == [("1001", reservation_id)]


def test_what_is_ready_does_not_wait_for_line_all_day(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    world.line.faults.extend(["429"] * 100)
    for _ in range(12):
        world.run()
        world.clock.advance(timedelta(minutes=16))
    assert world.pushed() == []
    assert world.calls() == [("1001", reservation_id)]


def test_what_was_sent_is_emptied_and_the_button_keeps_its_meaning(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    reservation_id = world.ready("1001", world.title("こころ"))
    world.go_to(TODAY + A_DAY)
    world.run()
    with reading(world.engine) as session:
        [message] = session.scalars(select(NoticeMessageRow)).all()
        buttons = session.scalars(select(ButtonRow)).all()
    assert message.messages is None
    sent = set(re.findall(r'"data": "([^"]*)"', world.line.texts()[0]))
    assert {button.button_id for button in buttons} == sent
    cancel = next(button for button in buttons if reservation_id in str(button.args))
    assert cancel.args == {
        "intent": "switch_card",
        "slots": {
            "card_number": "1001",
            "then": {"intent": "cancel_reservation", "slots": {"reservation_ids": [reservation_id]}},
        },
    }


def test_a_rehearsal_changes_nothing(world: NoticeWorld) -> None:
    world.patron("1001", "U1")
    for _ in range(7):
        world.ready("1001", world.title())
    world.go_to(TODAY + A_DAY)
    assert world.planner.rehearse().total() == 7
    assert world.told() == []
