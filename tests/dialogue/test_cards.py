"""Several cards on one LINE account: which is in use, switching by button, number and name."""

from datetime import timedelta

import pytest

from tests.dialogue.flows.player import WHO, Databases, Player

LOANS = {"loans": [{"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"}]}


@pytest.fixture
def family(databases: Databases) -> Player:
    """Hanako's card is in use, Taro's and Jiro's are linked, too."""
    player = Player({"card": "taro", "record": LOANS}, "mito", databases)
    for card in ("jiro", "hanako"):
        player.clock.advance(timedelta(minutes=1))
        player.rim.link(WHO, card)
    return player


def _in_use(player: Player) -> list[str]:
    return [card for card, in_use in player.rim.cards(WHO).items() if in_use]


def test_the_cards_are_shown_with_the_one_in_use_marked(family: Player) -> None:
    assert family.say("カードを切り替える") == ["cards.which", "cards.choose"]
    assert [label for label, _ in family.all_buttons()] == ["このカードを使う", "このカードを使う"]
    assert "使用中" in family.heard_text()


def test_switching_is_one_tap(family: Player) -> None:
    family.say("カードを切り替える")
    assert family.tap(family.button("このカードを使う@1")) == ["cards.switched"]
    assert _in_use(family) == ["taro"]


def test_switching_by_number(family: Player) -> None:
    family.say("カードを切り替える")
    assert family.say("2番") == ["cards.switched"]
    assert _in_use(family) == ["jiro"]


def test_a_number_that_is_not_there_is_said_so(family: Player) -> None:
    family.say("カードを切り替える")
    assert family.say("9番") == ["lists.no_such_number"]
    assert family.say("1番") == ["cards.switched"]


def test_switching_by_name(family: Player) -> None:
    family.say("カードを切り替える")
    assert family.say("太郎") == ["cards.switched"]
    assert _in_use(family) == ["taro"]


def test_a_name_in_the_request_is_enough(family: Player) -> None:
    assert family.say("次郎のカードに切り替えて") == ["cards.switched"]
    assert _in_use(family) == ["jiro"]


def test_the_card_in_use_need_not_be_switched_to(family: Player) -> None:
    family.say("カードを切り替える")
    assert family.say("3番") == ["cards.already"]
    assert _in_use(family) == ["hanako"]


def test_numbers_of_the_other_cards_list_mean_nothing_after_switching(family: Player) -> None:
    assert family.say("貸出一覧")[0] == "loans.lead"
    family.say("次郎のカードに切り替えて")
    assert family.say("1番") == ["lists.nothing_shown", "lists.see"]


def test_somebody_elses_books_ask_for_the_card(family: Player) -> None:
    before = family.record()
    assert family.say("娘の本を延長して") == ["cards.whose", "cards.choose"]
    assert family.record() == before


def test_ones_own_name_is_no_other_card(family: Player) -> None:
    assert family.say("花子の本を延長して")[0].startswith("renew.")


def test_a_card_unlinked_meanwhile_is_not_switched_to(family: Player) -> None:
    family.say("カードを切り替える")
    use = family.button("このカードを使う@1")
    family.say("連携解除")
    family.say("はい")
    assert family.tap(use) == ["stale.unknown", "stale.again"]


def test_after_unlinking_the_next_card_is_named(family: Player) -> None:
    family.say("連携解除")
    assert family.say("はい") == ["unlink.done_next"]
    assert _in_use(family) == ["jiro"]
