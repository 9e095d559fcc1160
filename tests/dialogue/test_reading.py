"""ひらがなで: easy words with readings, from the next answer on, and works as the catalogue reads them."""

import json

import pytest

from tests.dialogue.flows.player import WHO, Databases, Player

LOANS = {"loans": [{"loan_id": "l1", "card_number": "hanako", "barcode": "b-sanshiro"}]}


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({"record": LOANS}, "mito", databases)


def sent(player: Player) -> str:
    return json.dumps(player.messages, ensure_ascii=False)


def test_the_answer_itself_has_readings_already(player: Player) -> None:
    player.say("ひらがなで")
    assert "日本語（にほんご）" in sent(player)


def test_a_list_has_easy_words_readings_and_the_catalogues_reading_of_a_work(player: Player) -> None:
    player.say("ひらがなで")
    player.say("貸出一覧")
    assert "返す（かえす）日（ひ）" in sent(player)
    assert "三四郎（さんしろう）" in sent(player)


SANSHIRO = ("三四郎（さんしろう）", "『三四郎』（さんしろう）")
"""As the heading of its card, and in a sentence."""
ASKED_AND_TOLD = {
    "renew": ({}, "延長して", "はい"),
    "reserve": ({"loans": []}, "三四郎を中央で予約、連絡は不要", "はい"),
    "cancel": ({"loans": [], "reservations": True}, "予約を取り消して", "はい"),
    "change": ({"loans": [], "reservations": True}, "予約の受取場所を東部に変えて", "はい"),
    "cart": ({"loans": []}, "三四郎をカートに入れて", "三四郎をカートから出して"),
}
"""By flow: what is on record besides, what is said, and what then."""


@pytest.mark.parametrize("layout", ["", "plain"])
@pytest.mark.parametrize("flow", list(ASKED_AND_TOLD))
def test_questions_and_answers_read_the_works_that_they_name(
    flow: str, layout: str, databases: Databases
) -> None:
    record, first, then = ASKED_AND_TOLD[flow]
    reserved = [{"reservation_id": "r1", "card_number": "hanako", "title_id": "sanshiro"}]
    rows = {**LOANS, **record, "reservations": reserved if record.get("reservations") else []}
    player = Player({"record": rows}, "mito", databases, layout)
    player.rim.set(WHO, "reading", "kana")
    for text in (first, then):
        player.say(text)
        assert any(read in sent(player) for read in SANSHIRO), player.heard_text()


def test_what_can_not_be_done_is_read_too(player: Player) -> None:
    player.rim.set(WHO, "reading", "kana")
    player.say("三四郎を予約")
    assert player.heard[0].key == "reserve.refused"
    assert any(read in sent(player) for read in SANSHIRO)


def test_easy_words_alone_have_no_readings(player: Player) -> None:
    player.say("やさしい日本語で")
    player.say("貸出一覧")
    assert "返す日" in sent(player)
    assert "（かえす）" not in sent(player)


def test_back_to_usual_everything_is_as_before(player: Player) -> None:
    player.say("貸出一覧")
    before = [message.get("text") for message in player.messages]
    player.say("ひらがなで")
    player.say("もとに戻して")
    player.say("貸出一覧")
    assert [message.get("text") for message in player.messages] == before


def test_a_button_does_the_same_whatever_its_words(player: Player) -> None:
    player.rim.set(WHO, "reading", "kana")
    player.say("延長して")
    yes = next(button_id for label, button_id in player.all_buttons() if label.startswith("はい"))
    assert player.tap(yes) == ["renew.done"]
    assert player.record()["loans"]["l1"]["renewals"] == 1
