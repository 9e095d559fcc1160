"""Services of the counter from end to end: the card on its page, a message to the desk and its answer."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from open_counter import OpenCounter, open_counter
from phone import Browser, Phone, actions, labels_of, text_of

from bot.cli import main

pytestmark = pytest.mark.process


def _desk(counter: OpenCounter, *arguments: str) -> str:
    """`madoguchi desk`, beside the running counter."""
    settings = {
        "DATABASE_URL": counter.world.database_url,
        "MADOGUCHI_LIBRARY": str(counter.world.policy_file),
    }
    result = CliRunner().invoke(main, ["desk", *arguments], env=settings)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_card_is_shown_and_a_message_is_answered(tmp_path: Path) -> None:
    with open_counter("mito", tmp_path) as counter:
        card = next(card for card in counter.world.cards if card.password)
        phone, _ = Phone.of_a_new_friend(counter.phone_address, "花子")
        offer = phone.taps(phone.says("カードを連携"), "同意して進む")
        phone.signs_in(offer, card.card_number, card.password)

        shown = phone.says("カードを見せて")
        assert card.card_number not in text_of(shown)
        [uri] = [action["uri"] for action in actions(shown) if "/card?key=" in str(action.get("uri", ""))]
        page = Browser()
        page.opens(uri)
        assert card.card_number in page.page
        assert card.name in page.page

        phone.taps(phone.says("職員と話したい"), "職員に伝える")
        phone.taps(phone.says("借りた本をぬらしてしまいました"), "はい、伝える")
        [line] = _desk(counter, "messages").splitlines()
        number, _, card_number, text = line.split("\t")
        assert (card_number, text) == (card.card_number, "借りた本をぬらしてしまいました")
        _desk(counter, "answer", number, "本をお持ちになり、窓口へお越しください。")
        answer = phone.hears()
        assert "窓口へお越しください" in text_of(answer)
        assert "もう一度職員に伝える" in labels_of(answer)
        log = counter.world.log_file.read_text("utf-8")
        assert "ぬらして" not in log
        assert "窓口へお越し" not in log
        assert uri.partition("key=")[2] not in log
