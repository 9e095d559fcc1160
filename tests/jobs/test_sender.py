"""Sending to a LINE that loses answers, is busy, refuses or knows the key already: nothing lost, nothing twice."""

import json
import re
from datetime import timedelta

import pytest
from line_stand_in import LineStandIn
from sqlalchemy import select
from way import CARD, PUBLIC_URL, Way, tap, text

from bot.accounts import CardPages, Friends, Links, LinkTokens
from bot.jobs.delivery import PUSHED_FOR
from bot.jobs.parcels import plain
from bot.jobs.sender import _Made
from bot.storage.engine import writing
from bot.storage.outbox import ATTEMPT_LIMIT, Outbox
from bot.storage.tables.accounts import CardPageRow, LinkTokenRow

EARLIER = "先ほどのお返事が届いていないかもしれません"


def renew(way: Way) -> None:
    """A change that must be told."""
    way.link("U1")
    way.says("U1", "延長して")
    way.store(text("U1", "はい", way.now()))
    way.handle("U1")


def push(way: Way, said: str = "お知らせ", *, reports_change: bool = False) -> None:
    """Something that answers no event."""
    with writing(way.engine) as session:
        Friends(session, way.clock).met("U1")
        message = {"type": "text", "text": said}
        Outbox(session, way.clock).add("U1", [message], may_push=True, reports_change=reports_change)


@pytest.mark.parametrize("fault", ["lost", "500 accepted"])
def test_reply_whose_answer_was_lost_had_arrived(way: Way, line: LineStandIn, fault: str) -> None:
    line.faults.append(fault)
    way.says("U1", "こんにちは")
    way.later(seconds=2)
    way.work()
    assert len(line.replies) == 1
    assert [path for path, _, _ in line.bodies] == ["/v2/bot/message/reply"] * 2
    assert [(row.state, row.reason) for row in way.outbox()] == [("sent", "invalid_reply_token")]
    assert line.pushes == []


def test_reply_that_did_not_arrive_is_tried_again_with_the_same_bytes(way: Way, line: LineStandIn) -> None:
    line.faults += ["500", "429"]
    way.says("U1", "こんにちは")
    for _ in range(2):
        way.later(seconds=5)
        way.work()
    assert len(line.replies) == 1
    first, *others = [body for _, _, body in line.bodies]
    assert others == [first, first]


def test_reply_whose_fate_stays_unknown_is_not_pushed(way: Way, line: LineStandIn) -> None:
    line.faults.append("500")
    way.says("U1", "こんにちは")
    way.later(minutes=2)
    way.work()
    assert (line.replies, line.pushes) == ([], [])
    assert [(row.state, row.reason, row.messages) for row in way.outbox()] == [
        ("dropped", "unconfirmed", None)
    ]


def test_change_whose_answer_may_be_lost_is_told_again_before_the_next_answer(
    way: Way, line: LineStandIn
) -> None:
    renew(way)
    line.faults.append("500")
    way.work()
    way.later(minutes=2)
    way.work()
    assert line.pushes == []
    way.says("U1", "ありがとう")
    _, messages = line.replies[-1]
    said = [json.dumps(message, ensure_ascii=False) for message in messages]
    assert EARLIER in said[0]
    assert "12月15日" in said[1]
    assert len(said) >= 3
    assert way.renewals() == 1
    assert [(row.state, row.reason) for row in way.outbox()][1:] == [
        ("dropped", "repeated"),
        ("sent", "accepted"),
    ]
    way.says("U1", "ありがとう")
    assert EARLIER not in line.texts()[-1]


def test_change_told_again_is_told_once_more_if_that_is_lost_too(way: Way, line: LineStandIn) -> None:
    renew(way)
    for _ in range(2):
        line.faults.append("500")
        way.work()
        way.later(minutes=2)
        way.work()
        way.store(text("U1", "ありがとう", way.now()))
        way.handle("U1")
    way.work()
    assert "12月15日" in "".join(json.dumps(m, ensure_ascii=False) for m in line.replies[-1][1])


def test_dead_token_that_was_never_tried_becomes_a_push(way: Way, line: LineStandIn) -> None:
    raw = text("U1", "こんにちは", way.now())
    line.dead_tokens.add(raw["replyToken"])
    way.store(raw)
    way.work()
    assert line.replies == []
    assert len(line.pushes) == 1


@pytest.mark.parametrize("fault", ["lost", "500 accepted", "500", "429", "401"])
def test_push_arrives_once_whatever_happens(way: Way, line: LineStandIn, fault: str) -> None:
    line.faults.append(fault)
    push(way)
    way.work()
    way.later(seconds=5)
    way.work()
    assert len(line.pushes) == 1
    assert [row.state for row in way.outbox()] == ["sent"]
    (first_key, first), (second_key, second) = [(key, body) for _, key, body in line.bodies]
    assert (first_key, first) == (second_key, second)
    assert first_key


def test_push_is_given_up_before_line_forgets_its_key(way: Way, line: LineStandIn) -> None:
    line.faults += ["500"] * 1000
    push(way)
    begun = way.now()
    while way.now() < begun + timedelta(hours=30):
        way.work()
        way.later(minutes=16)
    assert [(row.state, row.reason) for row in way.outbox()] == [("dropped", "expired")]
    assert len(line.bodies) <= PUSHED_FOR / timedelta(minutes=15)


def test_replies_overtake_a_push_that_line_does_not_take(way: Way, line: LineStandIn) -> None:
    line.faults.append("429")
    push(way)
    way.work()
    way.says("U1", "こんにちは")
    assert len(line.replies) == 1
    way.later(minutes=1)
    way.work()
    assert len(line.pushes) == 1


def test_refused_messages_are_not_sent_again_but_a_change_is_told_in_plain_words(
    way: Way, line: LineStandIn
) -> None:
    renew(way)
    line.faults.append("400")
    way.work()
    assert [user for user, _ in line.pushes] == ["U1"]
    assert "「貸出一覧」" in line.texts()[-1]


def test_refused_messages_that_told_of_no_change_are_dropped(way: Way, line: LineStandIn) -> None:
    line.faults.append("400")
    way.says("U1", "こんにちは")
    way.later(minutes=5)
    way.work()
    assert len(line.bodies) == 1
    assert [(row.state, row.reason) for row in way.outbox()] == [("dropped", "refused")]


def test_answers_leave_in_the_order_of_their_events(way: Way, line: LineStandIn) -> None:
    line.faults.append("500")
    first = way.says("U1", "こんにちは")
    second = way.says("U1", "ありがとう")
    assert line.replies == []
    way.later(seconds=2)
    way.work()
    assert [token for token, _ in line.replies] == [first["replyToken"], second["replyToken"]]


def test_link_token_is_asked_for_at_sending_and_remembered(way: Way, line: LineStandIn) -> None:
    way.says("U1", "カードを登録したい")
    while not line.link_tokens:
        way.store(_tap_first(way, line))
        way.work()
    address = f"{PUBLIC_URL}/link?linkToken=link-token-1"
    assert address in line.texts()[-1]
    owner = way.one(lambda session: LinkTokens(session, way.clock).owner("link-token-1"))
    assert owner == "U1"


def test_link_token_is_asked_for_once_however_often_the_message_is_tried(way: Way, line: LineStandIn) -> None:
    line.faults.append("500")
    _offer_link(way)
    way.work()
    way.later(seconds=3)
    way.work()
    assert line.link_tokens == 1
    assert len(line.replies) == 1
    assert "link-token-1" in line.texts()[0]
    assert len({body for path, _, body in line.bodies if path.endswith("reply")}) == 1


def test_where_line_gives_no_link_token_the_message_says_so(way: Way, line: LineStandIn) -> None:
    line.gives_link_tokens = False
    _offer_link(way)
    way.work()
    assert plain("delivery.no_link")["text"] in line.texts()[0]
    assert "{link-url}" not in "".join(line.texts())
    assert way.one(lambda session: session.scalars(select(LinkTokenRow)).all()) == []


def test_two_senders_at_once_make_one_attempt(way: Way, line: LineStandIn) -> None:
    push(way)
    begun = way.sender._begin("U1")
    assert begun is not None
    way.sender.send("U1")
    assert line.bodies == []
    way.later(seconds=ATTEMPT_LIMIT.total_seconds())
    way.sender.send("U1")
    assert len(line.pushes) == 1


def test_outcome_of_an_attempt_that_was_given_up_changes_nothing(way: Way, line: LineStandIn) -> None:
    push(way)
    begun = way.sender._begin("U1")
    assert begun is not None
    way.later(seconds=ATTEMPT_LIMIT.total_seconds())
    way.sender.send("U1")
    line.faults.append("429")
    assert way.sender._begin("U1", _Made(begun, way.sender._try(begun))) is None
    assert [row.state for row in way.outbox()] == ["sent"]


def test_nothing_of_what_was_sent_stays_once_it_arrived(way: Way) -> None:
    push(way, "『こころ』の取り置き")
    way.work()
    [row] = way.outbox()
    assert (row.messages, row.reply_token) == (None, "")


def _offer_link(way: Way) -> None:
    raw = text("U1", "こんにちは", way.now())
    button = {"type": "uri", "label": "カードを登録する", "uri": "{link-url}"}
    message = {
        "type": "template",
        "altText": "カードの登録",
        "template": {"type": "buttons", "text": "こちらから", "actions": [button]},
    }
    with writing(way.engine) as session:
        Friends(session, way.clock).met("U1")
        Outbox(session, way.clock).add(
            "U1",
            [message],
            may_push=True,
            webhook_event_id="E",
            reply_token=raw["replyToken"],
            received_at=way.now(),
        )


def _tap_first(way: Way, line: LineStandIn) -> dict[str, object]:
    return tap("U1", line.buttons()[0], way.now())


def card_address(sent: object) -> str:
    """The key in the address of a card's page in what was sent."""
    found = re.search(rf"{re.escape(PUBLIC_URL)}/card\?key=([\w-]+)", str(sent))
    assert found
    return found[1]


def test_address_of_the_cards_page_is_made_when_it_is_sent(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    way.store(text("U1", "カードを見せて", way.now()))
    way.handle("U1")
    assert way.one(lambda session: session.scalar(select(CardPageRow))) is None
    way.later(seconds=5)
    way.work()
    key = card_address(line.replies)
    with writing(way.engine) as session:
        assert CardPages(session, way.clock).open(key) == CARD
        assert key not in str([vars(row) for row in session.scalars(select(CardPageRow))])


def test_address_of_the_cards_page_is_the_same_in_every_attempt(way: Way, line: LineStandIn) -> None:
    line.faults += ["500"]
    way.link("U1")
    way.says("U1", "カードを見せて")
    way.later(seconds=5)
    way.work()
    assert len({card_address(body) for _, _, body in line.bodies}) == 1
    assert len(line.bodies) == 2


def test_card_that_is_unlinked_before_its_page_is_sent_has_no_address(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    way.store(text("U1", "カードを見せて", way.now()))
    way.handle("U1")
    with writing(way.engine) as session:
        Links(session, way.clock).unlink("U1", CARD)
    way.work()
    assert "/card?key=" not in str(line.replies)
    assert "もう一度「カードを見せて」とお送りください" in str(line.replies)
