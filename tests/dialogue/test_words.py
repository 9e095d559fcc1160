"""Words that nobody understands, words in the middle of something, and readings that are not sure."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.dialogue.flows import ANSWERS, FLOWS
from bot.intents import Intent
from tests.dialogue.flows.player import Databases, Player

LOANS = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-kokoro2"},
    ]
}


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({"record": LOANS}, "mito", databases)


def test_every_intent_has_somewhere_to_go() -> None:
    # A bare number and "more" mean the list shown last: the router sees to them.
    assert set(FLOWS) | set(ANSWERS) | {Intent.CHOOSE, Intent.MORE} == set(Intent)
    assert not set(FLOWS) & set(ANSWERS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\n",
        "\x00\x01\x02",
        "😀😀😀",
        "(love)(love)",
        "\u202e\u200f\u202a",
        "'; DROP TABLE loans; --",
        "<script>alert(1)</script>",
        "{w.reservation} {0} {link-url}",
        "あ" * 5000,
        "(" * 5000,
        "%s%n",
        "\ud800",
    ],
)
def test_odd_text_gets_an_ordinary_answer(player: Player, text: str) -> None:
    before = player.record()
    assert player.say(text)
    assert player.record() == before


def test_the_same_sentence_never_stands_twice_in_a_row(player: Player) -> None:
    said = []
    for _ in range(6):
        player.say("？？？")
        said.append(player.messages[0]["text"])
    assert all(first != second for first, second in pairwise(said))


def test_two_misses_offer_a_person(player: Player) -> None:
    assert player.say("？？？") == ["miss.first", "miss.choices"]
    assert player.say("！！") == ["miss.again", "miss.choices", "miss.person"]


def test_something_understood_ends_the_misses(player: Player) -> None:
    player.say("？？？")
    player.say("貸出一覧")
    assert player.say("？？？") == ["miss.first", "miss.choices"]


def test_what_can_be_looked_for_is_a_button(player: Player) -> None:
    player.say("えいうえ12")
    labels = [label for label, _ in player.all_buttons()]
    assert labels == ["「えいうえ12」を探す", "貸出一覧を見る", "できること"]
    assert player.tap(player.button("「えいうえ12」を探す"))[0].startswith("search.")


def test_a_miss_in_a_question_puts_the_question_again(player: Player) -> None:
    player.say("延長して")
    assert player.say("？？？") == ["miss.in_flow", "renew.list", "renew.pick"]
    assert player.say("1番") == ["renew.confirm"]


def test_two_misses_in_a_question_offer_a_person_and_leave_it_open(player: Player) -> None:
    player.say("全部延長して")
    assert player.say("？？？") == ["miss.in_flow", "renew.confirm"]
    first = player.messages[0]["text"]
    assert player.say("？？？") == ["miss.in_flow", "renew.confirm", "miss.person"]
    assert player.messages[0]["text"] != first
    assert player.say("はい") == ["renew.done"]


def test_a_yes_to_a_list_asks_for_a_choice(player: Player) -> None:
    player.rim.link("U1", "jiro")
    player.say("カードを切り替える")
    assert player.say("はい")[:2] == ["lists.pick", "cards.which"]


def test_a_side_question_is_answered_and_the_flow_goes_on(player: Player) -> None:
    player.say("こころを延長して")
    player.say("1番")
    assert player.say("電子書籍はありますか") == ["services.no_ebooks", "side.can_go_on"]
    assert player.say("続ける")[0] == "confirm.resumed"
    assert player.say("はい")[0] == "renew.done"


def test_the_quick_reply_goes_on_as_well(player: Player) -> None:
    player.say("全部延長して")
    player.say("こんにちは")
    item = player.messages[-1]["quickReply"]["items"][0]["action"]
    assert item["label"] == "続ける"
    assert player.tap(item["data"]) == ["confirm.resumed", "renew.confirm"]


def test_another_flow_replaces_the_question(player: Player) -> None:
    player.say("全部延長して")
    yes = player.button("はい、延長する")
    player.say("連携解除")
    before = player.record()
    assert player.tap(yes) == ["stale.replaced", "stale.open"]
    assert player.record() == before


def test_a_number_after_a_side_list_picks_from_what_stands_there(player: Player) -> None:
    player.say("貸出一覧")
    assert player.say("2番") == ["loans.lead_some", "loans.some"]


def test_what_was_forgotten_is_said_so(player: Player) -> None:
    player.say("全部延長して")
    player.clock.advance(timedelta(minutes=30))
    before = player.record()
    assert player.say("はい") == ["confirm.forgotten", "stale.again"]
    assert player.record() == before
    assert player.tap(player.button("返却期限を延長する")) == ["renew.list", "renew.pick"]


def test_a_yes_just_in_time_is_one(player: Player) -> None:
    player.say("全部延長して")
    player.clock.advance(timedelta(minutes=29, seconds=59))
    assert player.say("はい") == ["renew.done"]


def test_a_question_kept_open_by_side_questions_still_ages(player: Player) -> None:
    player.say("全部延長して")
    for _ in range(3):
        player.clock.advance(timedelta(minutes=11))
        player.say("こんにちは")
    before = player.record()
    assert player.say("はい") == ["confirm.too_old", "renew.confirm"]
    assert player.record() == before
    assert player.say("はい") == ["renew.done"]
