"""What an event does by itself: friends, links, words taken back; and what is left alone."""

from typing import Any

import pytest
from line_stand_in import LineStandIn
from sqlalchemy import func, select
from way import CARD, Way, account_link, again, failed_link, follow, tap, text, unfollow, unsend

from bot.accounts import Friends, Links
from bot.storage.tables.messages import ButtonRow, ConversationRow


def is_friend(way: Way, user: str) -> bool:
    return bool(way.one(lambda session: Friends(session, way.clock).is_friend(user)))


def cards(way: Way, user: str) -> list[str]:
    return [link.card_number for link in way.one(lambda session: Links(session, way.clock).cards(user))]


def deliver(way: Way, *events: dict[str, Any]) -> None:
    way.store(*events)
    way.work()


def test_new_friend_is_greeted(way: Way, line: LineStandIn) -> None:
    deliver(way, follow("U1", way.now()))
    assert is_friend(way, "U1")
    assert len(line.replies) == 1


def test_who_writes_in_private_is_a_friend(way: Way) -> None:
    way.says("U1", "こんにちは")
    assert is_friend(way, "U1")


def test_who_blocks_the_account_gets_no_push(way: Way, line: LineStandIn) -> None:
    way.store(text("U1", "こんにちは", way.now()))
    way.handle("U1")
    deliver(way, unfollow("U1", way.now()))
    way.later(minutes=2)
    way.work()
    assert not is_friend(way, "U1")
    assert line.pushes == []


def test_reply_token_that_died_before_it_was_used_is_no_loss_for_a_friend(
    way: Way, line: LineStandIn
) -> None:
    way.store(text("U1", "こんにちは", way.now()))
    way.handle("U1")
    way.later(minutes=2)
    way.work()
    assert [user for user, _ in line.pushes] == ["U1"]
    assert line.replies == []


def test_confirmed_link_puts_the_card_in_use_and_shows_the_loans(way: Way, line: LineStandIn) -> None:
    deliver(way, account_link("U1", way.nonce("U1"), way.now()))
    assert cards(way, "U1") == [CARD]
    assert any("こころ" in message for message in line.texts())


def test_somebody_elses_nonce_links_nothing_and_says_so(way: Way, line: LineStandIn) -> None:
    nonce = way.nonce("U1")
    deliver(way, account_link("U2", nonce, way.now()))
    assert (cards(way, "U1"), cards(way, "U2")) == ([], [])
    assert len(line.replies) == 1


def test_new_link_is_told_to_the_accounts_that_have_the_card_already(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    deliver(way, account_link("U2", way.nonce("U2"), way.now()))
    assert [user for user, _ in line.pushes] == ["U1"]


def test_other_link_is_ended_by_the_button_and_its_owner_is_told(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    deliver(way, account_link("U2", way.nonce("U2"), way.now()))
    line.replies.clear()
    button = next(
        found for found in line.buttons() if way.one(lambda s, b=found: s.get_one(ButtonRow, b)).args
    )
    way.says("U2", "延長して")
    deliver(way, tap("U1", button, way.now()))
    if cards(way, "U2"):
        way.says("U1", "はい")
    assert cards(way, "U2") == []
    assert cards(way, "U1") == [CARD]
    assert [user for user, _ in line.pushes] == ["U1", "U2"]
    kept = way.one(lambda s: s.scalar(select(func.count()).where(ButtonRow.line_user_id == "U2")))
    state = way.one(lambda s: s.get_one(ConversationRow, "U2")).state
    assert "こころ" not in str(state)
    assert kept <= 5


def test_failed_link_is_told_to_the_one_who_asked(way: Way, line: LineStandIn) -> None:
    deliver(way, failed_link(way.nonce("U1"), way.now()))
    assert [user for user, _ in line.pushes] == ["U1"]
    assert cards(way, "U1") == []


def test_failed_link_that_nobody_asked_for_is_told_to_nobody(way: Way, line: LineStandIn) -> None:
    deliver(way, failed_link("made up", way.now()))
    assert (line.pushes, line.replies) == ([], [])
    assert [row.state for row in way.inbox()] == ["handled"]


def test_unlinking_forgets_conversation_buttons_and_what_was_sent(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    way.says("U1", "やめる")
    way.says("U1", "カードの連携を解除して")
    way.says("U1", "はい")
    assert cards(way, "U1") == []
    assert "こころ" not in str(way.one(lambda s: s.get_one(ConversationRow, "U1")).state)
    assert not [
        row for row in way.one(lambda s: s.scalars(select(ButtonRow)).all()) if row.card_number == CARD
    ]
    assert [row.state for row in way.outbox()] == ["sent"]  # The last answer alone.


def test_message_that_was_unsent_before_its_turn_is_not_acted_on(way: Way, line: LineStandIn) -> None:
    raw = text("U1", "「坊っちゃん」を探して", way.now())
    deliver(way, raw, unsend("U1", raw["message"]["id"], way.now()))
    assert way.dialogue.heard == []
    assert [(row.state, row.payload) for row in way.inbox()] == [("handled", None)] * 2
    assert line.replies == []


def test_message_that_arrives_after_it_was_unsent_is_not_kept(way: Way) -> None:
    raw = text("U1", "「坊っちゃん」を探して", way.now())
    deliver(way, unsend("U1", raw["message"]["id"], way.now()))
    deliver(way, raw)
    assert way.dialogue.heard == []
    assert [row.payload for row in way.inbox()] == [None, None]


def test_unsending_a_handled_message_forgets_the_conversation_that_holds_its_words(way: Way) -> None:
    way.link("U1")
    raw = way.says("U1", "「坊っちゃん」を探して")
    deliver(way, unsend("U1", raw["message"]["id"], way.now()))
    assert way.one(lambda s: s.get_one(ConversationRow, "U1")).state is None


def test_answer_that_waits_is_not_sent_when_its_message_was_unsent(way: Way, line: LineStandIn) -> None:
    raw = text("U1", "「坊っちゃん」を探して", way.now())
    way.store(raw)
    way.handle("U1")
    deliver(way, unsend("U1", raw["message"]["id"], way.now()))
    assert line.replies == []
    assert [(row.messages, row.reason) for row in way.outbox()] == [(None, "unsent")]


def test_unsending_a_failed_message_removes_it(way: Way) -> None:
    raw = way.says("U1", "壊れて")
    for _ in range(3):
        way.later(seconds=5)
        way.work()
    assert way.inbox()[0].payload is not None
    deliver(way, unsend("U1", raw["message"]["id"], way.now()))
    assert way.inbox()[0].payload is None


def test_standby_event_gets_nothing(way: Way, line: LineStandIn) -> None:
    deliver(way, text("U1", "こんにちは", way.now(), mode="standby"))
    assert (way.dialogue.heard, line.replies) == ([], [])
    assert [(row.payload, row.reason) for row in way.inbox()] == [(None, "standby")]


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "memberLeft", "source": {"type": "group", "groupId": "C1"}, "left": {"members": []}},
        {"type": "beacon", "source": {"type": "user", "userId": "U1"}, "replyToken": "t"},
        {"type": "somethingNew"},
        {},
        {"type": ["odd"], "source": 3, "timestamp": "soon"},
    ],
)
def test_event_that_says_nothing_to_us_is_left_alone(
    way: Way, line: LineStandIn, raw: dict[str, Any]
) -> None:
    deliver(way, raw)
    assert [(row.state, row.payload) for row in way.inbox()] == [("handled", None)]
    assert (line.replies, line.pushes) == ([], [])


def test_in_a_group_nothing_of_the_patron_is_looked_up(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    raw = text("U1", "貸出一覧", way.now(), source={"type": "group", "groupId": "C1", "userId": "U1"})
    deliver(way, raw)
    deliver(way, {**raw, "webhookEventId": "another", "replyToken": "another"})
    assert len(line.replies) == 1  # It introduces itself once.
    assert "こころ" not in line.texts()[0]


def test_in_a_group_nothing_is_pushed(way: Way, line: LineStandIn) -> None:
    way.store(text("U1", "貸出一覧", way.now(), source={"type": "group", "groupId": "C1", "userId": "U1"}))
    way.handle("C1")
    way.later(minutes=2)
    way.work()
    assert (line.replies, line.pushes) == ([], [])
    assert [row.reason for row in way.outbox()] == ["too_late"]


def test_redelivered_event_gives_its_token_another_minute(way: Way, line: LineStandIn) -> None:
    raw = text("U1", "こんにちは", way.now())
    way.store(raw)
    way.later(minutes=2)
    assert way.store(again(raw)) == ("U1",)
    way.work()
    assert [token for token, _ in line.replies] == [raw["replyToken"]]


def test_redelivery_after_the_turn_still_saves_the_push(way: Way, line: LineStandIn) -> None:
    raw = text("U1", "こんにちは", way.now())
    way.store(raw)
    way.handle("U1")
    way.later(minutes=2)
    way.store(again(raw))
    way.work()
    assert [token for token, _ in line.replies] == [raw["replyToken"]]
    assert line.pushes == []


def test_token_of_an_event_older_than_twenty_minutes_does_not_come_again(way: Way, line: LineStandIn) -> None:
    raw = text("U1", "こんにちは", way.now())
    way.store(raw)
    way.later(minutes=21)
    way.store(again(raw))
    way.work()
    assert line.replies == []
    assert len(line.pushes) == 1
