"""Whatever is said and tapped, in whatever order: the record changes only by a yes to the confirmation just asked."""

import random
from datetime import timedelta

import pytest
from linebot.v3.messaging import Message

from tests.dialogue.flows.player import Databases, Player

SAID = [
    *[
        "延長して",
        "全部延長して",
        "期限が近いものだけ延長して",
        "こころを延長",
        "貸出一覧",
        "予約一覧",
        "予約を取り消したい",
        "予約全部キャンセル",
    ],
    *[
        "こころを予約",
        "三四郎を予約、連絡は不要",
        "ノルウェイの森を予約",
        "火花ある？",
        "夏目漱石",
        "予約したい",
        "1番を予約",
        "東部で",
        "メール",
        "LINE",
    ],
    *[
        "1",
        "2",
        "1と2",
        "全部",
        "最後の",
        "もっと見る",
        "続ける",
        "はい",
        "お願いします",
        "いいです",
        "やめとく",
        "やめる",
        "いらない",
        "届いた？",
        "？？",
        "下巻",
    ],
]
RECORD = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-kokoro2"},
        {"loan_id": "l3", "card_number": "jiro", "barcode": "b-sanshiro"},
    ],
    "reservations": [
        {"reservation_id": "r1", "card_number": "hanako", "title_id": "momo"},
        {"reservation_id": "r2", "card_number": "hanako", "title_id": "zorori"},
        {"reservation_id": "r3", "card_number": "jiro", "title_id": "kokoro2"},
    ],
}
YES = {"はい", "お願いします"}


@pytest.mark.parametrize("library", ["mito", "kyoto"])
@pytest.mark.parametrize("seed", range(6))
def test_nothing_changes_but_by_a_yes_to_the_question_before(
    seed: int, library: str, databases: Databases
) -> None:
    dice = random.Random(seed)  # noqa: S311  # Which course is taken is no secret.
    player, was_asked = Player({"record": RECORD}, library, databases), False
    for _ in range(40):
        before = player.record()
        player.clock.advance(timedelta(seconds=dice.choice([2, 30, 400])))
        is_yes = _step(player, dice)
        assert player.record() == before or (was_asked and is_yes)
        _look_at_messages(player)
        was_asked = _asks(player) or (was_asked and not is_yes)


def _step(player: Player, dice: random.Random) -> bool:
    """Something is said or tapped; whether it may be a yes."""
    buttons = player.all_buttons()
    if buttons and dice.random() < 0.5:
        label, button_id = dice.choice(buttons)
        player.tap(button_id)
        return label.startswith("はい、")
    said = dice.choice(SAID)
    player.say(said)
    return said in YES


def _asks(player: Player) -> bool:
    return any(reply.key.endswith(".confirm") for reply in player.heard)


def _look_at_messages(player: Player) -> None:
    """What would be sent is what LINE's own models accept."""
    for message in player.messages:
        assert Message.from_dict(message) is not None
