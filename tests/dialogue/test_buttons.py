"""Buttons that may no longer do what they say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.dialogue.events import Event, EventKind
from bot.storage.engine import writing
from bot.storage.tables.library import LoanRow
from tests.dialogue.flows.player import WHO, Databases, Player

LOANS = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-kokoro2"},
    ]
}


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({"record": LOANS}, "mito", databases)


@pytest.mark.parametrize("button_id", ["", "x", "a" * 300, "renew&loan=l1", "'; DROP TABLE loans"])
def test_an_unknown_button_changes_nothing(player: Player, button_id: str) -> None:
    before = player.record()
    assert player.tap(button_id) == ["stale.unknown", "stale.again"]
    assert player.record() == before


def test_another_users_button_is_as_unknown_as_any(player: Player) -> None:
    player.say("全部延長して")
    yes = player.button("はい、延長する")
    player.rim.link("U2", "jiro")
    before = player.record()
    assert player.tap(yes, "U2") == ["stale.unknown", "stale.again"]
    assert player.record() == before
    assert player.tap(yes) == ["renew.done"]


def test_another_user_of_the_same_card_can_not_use_it_either(player: Player) -> None:
    player.say("全部延長して")
    yes = player.button("はい、延長する")
    player.rim.link("U2", "hanako")
    before = player.record()
    assert player.tap(yes, "U2") == ["stale.unknown", "stale.again"]
    assert player.record() == before


def test_a_double_tap_does_one_change_and_says_so(player: Player) -> None:
    player.say("全部延長して")
    yes = player.button("はい、延長する")
    player.tap(yes)
    before = player.record()
    assert player.tap(yes) == ["stale.used", "stale.again"]
    assert player.record() == before


def test_a_yes_that_came_to_nothing_is_not_called_done(player: Player) -> None:
    player.say("全部延長して")
    yes = player.button("はい、延長する")
    with writing(player.database) as session:
        for loan in session.scalars(select(LoanRow)):
            loan.renewals = 1
    assert player.tap(yes) == ["renew.refused"]
    assert player.tap(yes) == ["stale.replaced", "stale.again"]


def test_a_choice_tapped_twice_is_not_called_done(player: Player) -> None:
    player.say("延長して")
    pick = player.button("延長する@2")
    assert player.tap(pick) == ["renew.confirm"]
    assert player.tap(pick) == ["stale.replaced", "stale.open"]
    assert player.tap(player.button("続ける")) == ["confirm.resumed", "renew.confirm"]


def test_a_wish_can_be_tapped_again(player: Player) -> None:
    player.say("貸出一覧")
    one = player.button("延長する@1")
    assert player.tap(one) == ["renew.confirm"]
    assert player.tap(one) == ["renew.confirm"]


def test_a_wish_lives_half_an_hour_and_comes_anew(player: Player) -> None:
    player.say("貸出一覧")
    one = player.button("延長する@1")
    player.clock.advance(timedelta(minutes=30))
    assert player.tap(one) == ["stale.expired", "stale.again"]
    assert player.tap(player.button("返却期限を延長する")) == ["renew.confirm"]


def test_a_button_of_another_card_does_nothing(player: Player) -> None:
    player.say("全部延長して")
    yes = player.button("はい、延長する")
    player.rim.link(WHO, "jiro")
    before = player.record()
    assert player.tap(yes) == ["stale.other_card", "stale.again"]
    assert player.record() == before


def test_a_yes_in_words_does_nothing_after_the_card_changed(player: Player) -> None:
    player.say("全部延長して")
    player.rim.link(WHO, "jiro")
    before = player.record()
    assert player.say("はい") == ["stale.other_card_flow", "stale.again"]
    assert player.record() == before


def test_a_menu_from_before_linking_works_after_it(databases: Databases) -> None:
    player = Player({"card": ""}, "mito", databases)
    player.say("メニュー")
    search = player.button("本を探す")
    player.rim.link(WHO, "hanako")
    assert player.tap(search)[0].startswith("search.")


def test_a_tap_older_than_an_outage_confirms_nothing(player: Player) -> None:
    player.say("全部延長して")
    yes, sent_at = player.button("はい、延長する"), player.clock.now()
    player.clock.advance(timedelta(minutes=11))
    before = player.record()
    assert player.turn(Event(EventKind.TAP, sent_at, WHO, button_id=yes)) == [
        "confirm.too_old",
        "renew.confirm",
    ]
    assert player.record() == before


def test_a_yes_older_than_the_question_confirms_nothing(player: Player) -> None:
    sent_at = player.clock.now() - timedelta(seconds=1)
    player.say("全部延長して")
    before = player.record()
    player.turn(Event(EventKind.TEXT, sent_at, WHO, text="はい"))
    assert player.record() == before
    assert player.heard[-1].key == "renew.confirm"


def test_no_meaning_travels_to_the_phone(player: Player) -> None:
    player.say("貸出一覧")
    ids = [button_id for _, button_id in player.all_buttons()]
    assert ids
    assert all(button_id.startswith("id") and button_id[2:].isdigit() for button_id in ids)
