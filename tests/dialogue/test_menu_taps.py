"""Taps on the rich menu, whose data anybody may know: they begin things and do nothing by themselves."""

import pytest

from tests.dialogue.flows.player import Databases, Player

LOANS = {"loans": [{"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"}]}


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({"record": LOANS}, "mito", databases)


def test_a_tap_on_the_menu_begins_a_flow_as_words_do(player: Player) -> None:
    before = player.record()
    tapped = player.tap("menu:renew")
    assert player.record() == before
    assert tapped == player.say("延長して")
    assert player.tap(player.button("はい、延長する")) == ["renew.done"]


@pytest.mark.parametrize("data", ["menu:affirm", "menu:renew", "menu:deny", "menu:nonsense", "menu:"])
def test_no_tap_on_the_menu_confirms_what_was_asked(player: Player, data: str) -> None:
    player.say("延長して")
    before = player.record()
    player.tap(data)
    assert player.record() == before
