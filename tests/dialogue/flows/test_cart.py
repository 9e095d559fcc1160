"""A cart belongs to one LINE user and one card."""

from datetime import timedelta

from bot.accounts import Links
from bot.jobs.retention import Retention
from bot.storage.engine import writing
from tests.dialogue.flows.player import WHO, Databases, Player


def _use(player: Player, card_number: str) -> None:
    with writing(player.database) as session:
        Links(session, player.clock).use(WHO, card_number)


def test_each_card_has_its_own_cart(databases: Databases) -> None:
    player = Player({}, "mito", databases)
    player.say("こころをカートに入れて")
    player.clock.advance(timedelta(seconds=1))
    player.rim.link(WHO, "taro")
    assert player.say("カートを見せて") == ["cart.none"]
    player.say("火花をカートに入れて")
    _use(player, "hanako")
    assert player.say("カートを見せて") == ["cart.list", "cart.below"]
    assert "こころ" in player.heard_text()
    assert "火花" not in player.heard_text()


def test_a_button_of_another_cards_cart_takes_nothing_out(databases: Databases) -> None:
    player = Player({}, "mito", databases)
    player.say("こころをカートに入れて")
    player.say("カートを見せて")
    take_out = player.button("予約カートから出す")
    player.clock.advance(timedelta(seconds=1))
    player.rim.link(WHO, "taro")
    assert player.tap(take_out) != ["cart.removed"]
    _use(player, "hanako")
    assert player.say("カートを見せて") == ["cart.list", "cart.below"]


def test_a_cart_left_alone_is_forgotten_after_its_days(databases: Databases) -> None:
    player = Player({}, "mito", databases)
    player.say("こころをカートに入れて")
    retention = Retention(player.database, player.rim.policy, player.clock)
    player.clock.advance(timedelta(days=player.rim.policy.retention.cart_days - 1))
    retention.run()
    assert player.say("カートを見せて") == ["cart.list", "cart.below"]
    player.clock.advance(timedelta(days=2))
    retention.run()
    assert player.say("カートを見せて") == ["cart.none"]
