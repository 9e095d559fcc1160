"""In the middle of a question something else is answered, and the way back is shown without tiring anybody."""

from tests.dialogue.flows.player import Databases, Player

LOANS = {"loans": [{"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"}]}


def test_the_way_back_is_told_in_words_once_for_each_question(databases: Databases) -> None:
    player = Player({"record": LOANS}, "mito", databases)
    player.say("延長して")
    assert player.say("電話番号は？")[-1] == "side.can_go_on"
    for question in ("貸出一覧", "予約一覧", "ひらがなで", "もとに戻して"):
        assert "side.can_go_on" not in player.say(question)
        assert player.messages[-1]["quickReply"]["items"][-1]["action"]["displayText"] == "続ける"
    assert player.say("続ける") == ["confirm.resumed", "renew.confirm"]
    assert player.say("電話番号は？")[-1] == "side.can_go_on"


def test_in_plain_text_the_way_back_is_a_number(databases: Databases) -> None:
    player = Player({"record": LOANS}, "mito", databases, "plain")
    player.say("延長して")
    player.say("電話番号は？")
    player.say("予約一覧")
    assert player.say(player.number("続ける")) == ["confirm.resumed", "renew.confirm"]
