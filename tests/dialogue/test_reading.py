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
