"""What every confirmation must stand, in every flow: nothing is changed but by a clear yes in its time."""

from datetime import timedelta

import pytest

from bot.dialogue.events import Event, EventKind
from bot.library import LibraryUnavailable
from tests.dialogue.flows.player import WHO, Databases, Player

RECORD = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "jiro", "barcode": "b-sanshiro"},
    ],
    "reservations": [{"reservation_id": "r1", "card_number": "hanako", "title_id": "momo"}],
}
QUESTIONS = {
    "renew": ("こころを延長して", "はい、延長する", "貸出一覧"),
    "reserve": ("三四郎を中央で予約、連絡はLINEで", "はい、申し込む", "予約一覧"),
    "cancel": ("予約を取り消したい", "はい、取り消す", "予約一覧"),
}
"""By flow: what leads to its confirmation at once, the label of its yes, and a question beside it."""


@pytest.fixture(params=[(flow, library) for flow in QUESTIONS for library in ("mito", "kyoto")], ids="-".join)
def asked(request: pytest.FixtureRequest, databases: Databases) -> tuple[Player, str]:
    """A conversation whose confirmation waits, and the flow it belongs to."""
    flow, library = request.param
    player = Player({"record": RECORD}, library, databases)
    said, _, _ = QUESTIONS[flow]
    assert player.say(said) == [f"{flow}.confirm"]
    return player, flow


def _yes(player: Player, flow: str) -> str:
    return player.button(QUESTIONS[flow][1])


def test_what_is_no_text_confirms_nothing(asked: tuple[Player, str]) -> None:
    player, _ = asked
    before = player.record()
    for kind in (EventKind.STICKER, EventKind.IMAGE, EventKind.LOCATION, EventKind.UNKNOWN_MESSAGE):
        player.turn(Event(kind, player.clock.now(), WHO))
        assert player.record() == before, kind
    player.say("はい")
    assert player.record() != before


ODD = [
    "",
    " ",
    "\n",
    "？",
    "😀😀",
    "はい？",
    "はいは言いません",
    "はい、でも待って",
    "もしはいと言ったら？",
    "x" * 5000,
]


def test_odd_words_confirm_nothing(asked: tuple[Player, str]) -> None:
    player, _ = asked
    before = player.record()
    for text in ODD:
        player.say(text)
        assert player.record() == before, text


@pytest.mark.parametrize("flow", list(QUESTIONS))
@pytest.mark.parametrize(
    "text", ["はい", "うん", "お願いします", "ええよ頼むわ", "はい、間違いないです", "\u202eはい"]
)
def test_a_clear_yes_confirms(flow: str, text: str, databases: Databases) -> None:
    player = Player({"record": RECORD}, "mito", databases)
    player.say(QUESTIONS[flow][0])
    assert player.say(text)[0] == f"{flow}.done"


def test_stop_always_works(asked: tuple[Player, str]) -> None:
    player, _ = asked
    before = player.record()
    assert player.say("キャンセル") == ["confirm.stopped"]
    player.say("はい")
    assert player.record() == before


def test_a_second_tap_does_nothing_more(asked: tuple[Player, str]) -> None:
    player, flow = asked
    yes = _yes(player, flow)
    assert player.tap(yes)[0] == f"{flow}.done"
    done = player.record()
    player.tap(yes)
    assert player.record() == done
    player.say("はい")
    assert player.record() == done


def test_after_half_an_hour_neither_tap_nor_word_confirms(asked: tuple[Player, str]) -> None:
    player, flow = asked
    before, yes = player.record(), _yes(player, flow)
    player.clock.advance(timedelta(minutes=31))
    player.tap(yes)
    player.say("はい")
    assert player.record() == before


def test_an_event_kept_waiting_by_an_outage_confirms_nothing(asked: tuple[Player, str]) -> None:
    player, flow = asked
    before, sent_at = player.record(), player.clock.now()
    player.clock.advance(timedelta(minutes=11))
    player.turn(Event(EventKind.TEXT, sent_at, WHO, text="はい"))
    assert player.record() == before
    assert player.heard[-1].key == f"{flow}.confirm"


def test_somebody_elses_tap_does_nothing(asked: tuple[Player, str]) -> None:
    player, flow = asked
    before, yes = player.record(), _yes(player, flow)
    player.rim.link("U2", "jiro")
    player.tap(yes, who="U2")
    assert player.record() == before


def test_a_question_replaced_by_a_newer_one_is_stale(asked: tuple[Player, str]) -> None:
    player, flow = asked
    before, yes = player.record(), _yes(player, flow)
    others = [said for name, (said, _, _) in QUESTIONS.items() if name != flow]
    player.say(others[0])
    player.tap(yes)
    assert player.record() == before


def test_a_side_question_leaves_it_open(asked: tuple[Player, str]) -> None:
    player, flow = asked
    before, yes = player.record(), _yes(player, flow)
    assert "side.can_go_on" in player.say(QUESTIONS[flow][2])
    assert player.record() == before
    assert player.tap(yes)[0] == f"{flow}.done"


def test_a_library_that_fails_is_said_so_and_nothing_is_claimed(asked: tuple[Player, str]) -> None:
    player, _ = asked
    before = player.record()
    player.rim.library_fails = LibraryUnavailable()
    keys = player.say("はい")
    assert not any(key.endswith(".done") for key in keys)
    player.rim.library_fails = None
    assert player.record() == before
