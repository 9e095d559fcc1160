"""文字だけ: a number is typed where a button would be tapped; it means what stands beside it, and nothing older."""

from datetime import timedelta

import pytest

from bot.dialogue.events import Event, EventKind
from tests.dialogue.flows.player import WHO, Databases, Player

LOANS = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-hibana"},
    ]
}


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({"record": LOANS}, "mito", databases, "plain")


def test_a_typed_number_is_the_button_beside_it(player: Player) -> None:
    player.say("延長して")
    player.say(player.number("延長する@2"))
    assert player.say(player.number("はい、延長する")) == ["renew.done"]
    assert player.record()["loans"]["l2"]["renewals"] == 1


@pytest.mark.parametrize("written", ["{}", " {} ", "［{}］", "[{}]"])
def test_a_number_may_be_written_in_any_width_and_with_its_brackets(player: Player, written: str) -> None:
    player.say("全部延長して")
    number = player.number("はい、延長する").translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert player.say(written.format(number)) == ["renew.done"]


def test_an_entry_of_the_list_keeps_its_own_number(player: Player) -> None:
    player.say("延長して")
    assert player.say("2") == ["renew.confirm"]
    assert "火花" in player.heard_text()


def test_numbers_of_an_earlier_answer_mean_nothing_any_more(player: Player) -> None:
    player.say("全部延長して")
    yes = player.number("はい、延長する")
    player.say("いいえ")
    assert player.say(yes) != ["renew.done"]
    assert player.record()["loans"]["l1"]["renewals"] == 0


def test_a_number_typed_before_its_question_confirms_nothing(player: Player) -> None:
    player.say("全部延長して")
    early = Event(
        EventKind.TEXT, player.clock.now() - timedelta(seconds=3), WHO, text=player.number("はい、延長する")
    )
    assert player.turn(early) == ["confirm.too_old", "renew.confirm"]
    assert player.record()["loans"]["l1"]["renewals"] == 0


def test_with_buttons_a_number_stays_a_number(databases: Databases) -> None:
    player = Player({"record": LOANS}, "mito", databases)
    player.say("全部延長して")
    assert player.say("1") != ["renew.done"]


@pytest.mark.parametrize("layout", ["", "plain"])
@pytest.mark.parametrize("reading", ["", "kana"])
def test_the_words_on_a_button_of_the_question_are_the_button(
    databases: Databases, layout: str, reading: str
) -> None:
    player = Player({"record": LOANS}, "mito", databases, layout)
    player.rim.set(WHO, "reading", reading)
    player.say("全部延長して")
    label = "はい、延ばす" if reading else "はい、延長する"
    assert player.say(f" {label}。") == ["renew.done"]


def test_they_are_the_button_after_another_answer_too(player: Player) -> None:
    player.say("全部延長して")
    assert "side.can_go_on" in player.say("開館時間は？")
    assert player.say("はい、延長する") == ["renew.done"]


def test_words_that_stand_on_several_buttons_pick_none(player: Player) -> None:
    player.say("延長して")
    assert player.say("延長する") != ["renew.confirm"]


def test_words_of_an_earlier_question_are_read_as_words(databases: Databases) -> None:
    player = Player({"record": LOANS}, "mito", databases)
    player.say("全部延長して")
    player.say("職員に伝えて")
    assert player.say("はい、延長する") == ["desk.confirm"]
    assert player.record()["loans"]["l1"]["renewals"] == 0


def test_the_words_on_any_button_of_the_last_answer_are_the_button(databases: Databases) -> None:
    player = Player({"record": LOANS}, "mito", databases)
    player.say("新着のお知らせ")
    player.say("お知らせの設定")
    assert player.say("返却期限：受け取る") == ["notices.changed", "notices.panel"]


def test_after_a_while_words_are_words_again(databases: Databases) -> None:
    player = Player({"record": LOANS}, "mito", databases)
    player.say("お知らせの設定")
    player.clock.advance(timedelta(minutes=20))
    assert player.say("返却期限：受け取る") != ["notices.changed", "notices.panel"]
