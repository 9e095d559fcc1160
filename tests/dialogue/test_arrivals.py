"""Events besides words and taps: friends, stickers, pictures, groups, linked cards, and our own tidings."""

import json
from datetime import timedelta

import pytest

from bot.dialogue.events import Chat, Event, EventKind
from bot.library import LibraryUnavailable, PatronNotFound
from tests.dialogue.flows.player import WHO, Databases, Player

LOANS = {"loans": [{"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"}]}


@pytest.fixture
def player(databases: Databases) -> Player:
    return Player({"record": LOANS}, "mito", databases)


@pytest.fixture
def stranger(databases: Databases) -> Player:
    return Player({"card": "", "record": LOANS}, "mito", databases)


def _arrives(player: Player, kind: EventKind, **more: object) -> list[str]:
    return player.turn(Event(kind, player.clock.now(), WHO, **more))  # type: ignore[arg-type]


def _link(player: Player, result: str = "ok", nonce: str = "") -> list[str]:
    link = {"result": result, "nonce": nonce or player.rim.nonce(WHO, "hanako")}
    finished = player.rim.send({"type": "accountLink", "timestamp": _ms(player), "link": link})
    assert finished is not None
    player.messages = finished.messages
    return [reply.key for reply in player.heard]


def _ms(player: Player) -> int:
    return int(player.clock.now().timestamp() * 1000)


def test_a_new_friend_is_greeted_with_what_can_be_done_and_the_link_button(stranger: Player) -> None:
    assert _arrives(stranger, EventKind.FOLLOW) == ["arrivals.welcome", "help.menu"]
    assert "カードを連携する" in [label for label, _ in stranger.all_buttons()]


def test_a_friend_who_comes_back_finds_the_card_still_linked(player: Player) -> None:
    assert _arrives(player, EventKind.FOLLOW, is_unblocked=True) == ["arrivals.welcome_back", "help.menu"]
    assert "カードを連携する" not in [label for label, _ in player.all_buttons()]


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (EventKind.IMAGE, "arrivals.image"),
        (EventKind.VIDEO, "arrivals.video"),
        (EventKind.AUDIO, "arrivals.audio"),
        (EventKind.FILE, "arrivals.file"),
        (EventKind.LOCATION, "arrivals.location"),
        (EventKind.UNKNOWN_MESSAGE, "arrivals.unknown_message"),
    ],
)
def test_what_can_not_be_read_is_answered_with_what_can_be_sent(
    stranger: Player, kind: EventKind, key: str
) -> None:
    assert _arrives(stranger, kind) == [key, "arrivals.instead"]
    first = stranger.messages[0]["text"]
    _arrives(stranger, kind)
    assert stranger.messages[0]["text"] != first


def test_a_sticker_gets_a_friendly_word(stranger: Player) -> None:
    assert _arrives(stranger, EventKind.STICKER) == ["arrivals.sticker"]


def test_a_linked_card_shows_its_loans_at_once(stranger: Player) -> None:
    assert _link(stranger) == ["link.done", "loans.lead", "loans.list"]
    done = stranger.messages[0]
    assert "水戸 花子さん" in str(done["contents"])
    assert "花子" not in done["altText"]


def test_a_card_linked_already_is_said_so(player: Player) -> None:
    assert _link(player) == ["link.already", "loans.lead", "loans.list"]


def test_a_link_that_came_to_nothing_can_be_tried_again(stranger: Player) -> None:
    assert _link(stranger, nonce="made-up-by-somebody") == ["link.failed"]
    assert stranger.tap(stranger.button("もう一度連携する")) == ["link.agree"]


def test_a_link_that_line_refused_is_told_to_the_one_who_asked(stranger: Player) -> None:
    nonce = stranger.rim.nonce(WHO, "hanako")
    refused = {"type": "accountLink", "source": None, "timestamp": _ms(stranger)}
    stranger.rim.send({**refused, "link": {"result": "failed", "nonce": nonce}})
    assert stranger.rim.run(WHO) is not None
    assert [reply.key for reply in stranger.heard] == ["link.failed"]


def test_a_linked_card_whose_library_is_down_is_still_linked(stranger: Player) -> None:
    stranger.rim.library_fails = LibraryUnavailable()
    assert _link(stranger) == ["link.done", "trouble.unavailable"]


def test_another_account_on_the_card_is_told_and_can_be_ended_from_here(player: Player) -> None:
    nonce = player.rim.nonce("U2", "hanako")
    source = {"type": "user", "userId": "U2"}
    player.rim.send(
        {
            "type": "accountLink",
            "source": source,
            "timestamp": _ms(player),
            "link": {"result": "ok", "nonce": nonce},
        }
    )
    finished = player.rim.run(WHO)
    assert finished is not None
    player.messages = finished.messages
    assert [reply.key for reply in player.heard] == ["link.elsewhere"]
    assert player.tap(player.button("この連携を解除する")) == ["unlink.other"]
    assert player.rim.cards("U2") == {"hanako": True}
    assert player.tap(player.button("はい、解除する")) == ["unlink.other_done"]
    assert player.rim.cards("U2") == {}
    assert player.rim.cards(WHO) == {"hanako": True}
    assert player.rim.run("U2") is not None
    assert [reply.key for reply in player.heard] == ["link.ended"]


def test_the_button_to_end_another_link_comes_anew_when_it_is_old(player: Player) -> None:
    link_id = player.rim.link("U2", "hanako")
    tidings = {"card_number": "hanako", "link_id": link_id}
    _arrives(player, EventKind.CARD_LINKED_ELSEWHERE, **tidings)
    end = player.button("この連携を解除する")
    player.clock.advance(timedelta(hours=2))
    assert player.tap(end) == ["stale.expired", "stale.again"]
    assert player.tap(player.button("この連携を解除する")) == ["unlink.other"]


def test_another_link_can_be_ended_long_after_it_was_told(player: Player) -> None:
    player.rim.link("U2", "hanako")
    player.clock.advance(timedelta(days=30))
    assert player.say("連携を解除したい") == ["unlink.own", "unlink.elsewhere"]
    assert "11月24日（火）に連携されました" in player.heard_text()
    assert player.tap(player.button("この連携を解除する")) == ["unlink.other"]
    assert player.tap(player.button("はい、解除する")) == ["unlink.other_done"]
    assert (player.rim.cards("U2"), player.rim.cards(WHO)) == ({}, {"hanako": True})


def test_tidings_leave_the_open_question_open(player: Player) -> None:
    player.say("延長して")
    yes = player.button("はい、延長する")
    _arrives(player, EventKind.CARD_LINKED_ELSEWHERE, card_number="hanako", link_id="x")
    assert player.tap(yes) == ["renew.done"]


def test_nobodys_name_stands_on_a_locked_screen_after_such_tidings(player: Player) -> None:
    _arrives(player, EventKind.CARD_LINKED_ELSEWHERE, card_number="hanako", link_id="x")
    assert all("花子" not in message["altText"] for message in player.messages)


def test_a_library_that_is_down_is_said_so(player: Player) -> None:
    player.rim.library_fails = LibraryUnavailable()
    assert player.say("貸出一覧") == ["trouble.unavailable"]


def test_a_card_that_the_library_does_not_know_any_more_is_said_so(player: Player) -> None:
    player.rim.library_fails = PatronNotFound()
    assert player.say("貸出一覧") == ["trouble.card_unknown"]
    player.rim.library_fails = None
    assert player.tap(player.button("連携を解除する")) == ["unlink.own"]


@pytest.mark.parametrize("text", ["貸出一覧", "延長して", "はい"])
def test_in_a_group_it_says_once_that_it_talks_in_private(player: Player, text: str) -> None:
    def says(text: str) -> tuple[str, ...]:
        event = Event(EventKind.TEXT, player.clock.now(), WHO, Chat.GROUP, text=text)
        finished = player.rim.send(_group(event))
        assert finished is not None
        return tuple(json.dumps(message, ensure_ascii=False) for message in finished.messages)

    [first] = says(text)
    assert "1対1のトーク" in first
    assert says(text) == ()
    player.clock.advance(timedelta(hours=20))
    assert says(text) == ()


def test_coming_into_a_group_it_introduces_itself(player: Player) -> None:
    joined = {"type": "join", "source": {"type": "group", "groupId": "C1"}, "timestamp": _ms(player)}
    finished = player.rim.send(joined)
    assert finished is not None
    assert [reply.key for reply in player.heard] == ["arrivals.group"]
    assert finished.buttons == ()


def _group(event: Event) -> dict[str, object]:
    return {
        "type": "message",
        "timestamp": int(event.at.timestamp() * 1000),
        "source": {"type": "group", "groupId": "C1", "userId": event.line_user_id},
        "message": {"type": "text", "id": "m", "text": event.text},
    }


def test_a_wish_made_before_the_card_was_linked_is_taken_up_again(stranger: Player) -> None:
    assert stranger.say("三四郎を東部で予約、連絡はいらない") == ["link.offer"]
    stranger.say("カードを連携")
    assert stranger.say("同意します") == ["link.open"]
    assert _link(stranger) == ["link.done", "loans.lead", "loans.list", "link.go_on"]
    before = stranger.record()
    assert stranger.tap(stranger.button("『三四郎』の予約を続ける")) == ["reserve.confirm"]
    assert stranger.record() == before
    assert stranger.say("はい") == ["reserve.done"]


def test_a_wish_of_more_than_half_an_hour_ago_is_forgotten(stranger: Player) -> None:
    assert stranger.say("延長して") == ["link.offer"]
    stranger.clock.advance(timedelta(minutes=31))
    assert "link.go_on" not in _link(stranger)


def test_a_wish_is_taken_up_once(stranger: Player) -> None:
    stranger.say("延長して")
    assert "link.go_on" in _link(stranger)
    assert not stranger.rim.state().wish
