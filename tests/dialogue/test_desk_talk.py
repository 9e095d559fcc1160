"""A message to the desk: kept, answered, taken back, and told to nobody else."""

from datetime import timedelta

import pytest

from bot.accounts import Friends
from bot.dialogue.effects import TellStaff
from bot.jobs.own_events import OwnEvents
from bot.messages.replies import Cards
from bot.storage.desk_messages import DeskMessages
from bot.storage.engine import reading, writing
from tests.dialogue.flows.player import WHO, Databases, Player

TEXT = "借りた本をぬらしてしまいました"
ANSWER = "ご連絡ありがとうございます。\n本をお持ちください。"


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({}, "mito", databases)


def _tell(player: Player, text: str = TEXT, message_id: str = "m1") -> None:
    assert player.say("職員に伝えて") == ["desk.what"]
    player.rim.send({"type": "message", "message": {"type": "text", "id": message_id, "text": text}})
    player.say("はい")


def _open(player: Player) -> list[tuple[str, str, str]]:
    with reading(player.database) as session:
        found = DeskMessages(session, player.clock).open()
    return [(message.line_user_id, message.card_number, message.text) for message in found]


def _answer(player: Player, number: int = 1, text: str = ANSWER, tell: str = WHO) -> None:
    with writing(player.database) as session:
        DeskMessages(session, player.clock).answer(number, text)
        OwnEvents(session, player.clock).desk_answered(tell, number=number)


def test_it_is_kept_with_the_card_that_was_in_use(player: Player) -> None:
    _tell(player)
    assert _open(player) == [(WHO, "hanako", TEXT)]


def test_the_answer_comes_with_a_button_to_write_back(player: Player) -> None:
    _tell(player)
    player.clock.advance(timedelta(hours=20))
    _answer(player)
    finished = player.rim.run(WHO)
    assert finished is not None
    [cards] = player.heard
    assert isinstance(cards, Cards)
    told = str(cards)
    assert "本をお持ちください。" in told
    assert TEXT in told
    assert TEXT not in cards.alt
    assert "本を" not in cards.alt
    player.messages = finished.messages
    player.tap(player.button("もう一度職員に伝える"))
    assert [reply.key for reply in player.heard] == ["desk.what"]
    assert _open(player) == []


def test_the_answer_interrupts_nothing(player: Player) -> None:
    _tell(player)
    player.say("三四郎を予約")
    before = player.rim.state()
    _answer(player)
    player.rim.run(WHO)
    assert player.rim.state().question_id == before.question_id


def test_the_answer_is_told_to_nobody_else(player: Player) -> None:
    _tell(player)
    player.rim.link("U2", "jiro")
    _answer(player, tell="U2")
    finished = player.rim.run("U2")
    assert finished is not None
    assert finished.messages == ()


def test_unsending_takes_the_message_back(player: Player) -> None:
    _tell(player, message_id="m7")
    player.rim.send({"type": "unsend", "unsend": {"messageId": "m8"}})
    assert len(_open(player)) == 1
    player.rim.send({"type": "unsend", "unsend": {"messageId": "m7"}})
    assert _open(player) == []


def test_somebody_else_can_not_take_it_back(player: Player) -> None:
    _tell(player, message_id="m7")
    player.rim.send(
        {"type": "unsend", "unsend": {"messageId": "m7"}, "source": {"type": "user", "userId": "U2"}}
    )
    assert len(_open(player)) == 1


def test_a_message_unsent_before_it_was_confirmed_is_told_to_nobody(player: Player) -> None:
    player.say("職員に伝えて")
    player.rim.send({"type": "message", "message": {"type": "text", "id": "m7", "text": TEXT}})
    player.rim.send({"type": "unsend", "unsend": {"messageId": "m7"}})
    player.say("はい")
    assert _open(player) == []
    assert not any(isinstance(effect, TellStaff) for effect in player.rim.effects)


def test_unlinking_forgets_it_and_the_number_is_not_given_again(player: Player) -> None:
    _tell(player)
    player.say("連携解除")
    player.say("はい")
    assert _open(player) == []
    _tell(player, "もう一度")
    with reading(player.database) as session:
        [message] = DeskMessages(session, player.clock).open()
    assert message.number == 2


def test_an_answer_to_a_message_that_is_gone_says_nothing(player: Player) -> None:
    _tell(player)
    with writing(player.database) as session:
        DeskMessages(session, player.clock).forget(WHO)
        OwnEvents(session, player.clock).desk_answered(WHO, number=1)
    finished = player.rim.run(WHO)
    assert finished is not None
    assert finished.messages == ()


def test_only_so_many_may_wait(player: Player) -> None:
    most = player.rim.policy.desk.open_messages
    for number in range(most):
        _tell(player, f"お尋ね{number}の件です")
    assert player.say("職員に伝えて") == ["desk.too_many"]
    assert len(_open(player)) == most
    _answer(player)
    player.rim.run(WHO)
    assert player.say("職員に伝えて") == ["desk.what"]


def test_one_that_came_in_between_counts_when_it_is_confirmed(player: Player) -> None:
    player.say("職員に伝えて")
    player.rim.send({"type": "message", "message": {"type": "text", "id": "m1", "text": TEXT}})
    with writing(player.database) as session:
        Friends(session, player.clock).met(WHO)
        for number in range(player.rim.policy.desk.open_messages):
            DeskMessages(session, player.clock).add(
                WHO, card_number="", text=str(number), message_id="", most=99
            )
    assert player.say("はい") == ["desk.too_many"]


def test_after_two_misses_the_way_to_write_is_offered(player: Player) -> None:
    for nonsense in ("？", "。。。", "！？"):
        if "miss.person" in player.say(nonsense):
            break
    assert "職員に伝える" in [label for label, _ in player.all_buttons()]
