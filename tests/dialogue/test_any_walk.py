"""Any walk over events, of any kind and age: nothing breaks, all can be sent, nothing changes without a yes."""

from datetime import timedelta
from itertools import chain

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.dialogue.events import Event, EventKind
from bot.library import LibraryUnavailable
from tests.dialogue.flows.player import WHO, Databases, Player
from tests.dialogue.sendable import problems_of
from tests.dialogue.walk_checks import UNCONFIRMED

RECORD = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-hibana"},
        {"loan_id": "l3", "card_number": "jiro", "barcode": "b-sanshiro"},
    ],
    "reservations": [
        {"reservation_id": "r1", "card_number": "hanako", "title_id": "momo"},
        {"reservation_id": "r2", "card_number": "jiro", "title_id": "norwei1"},
    ],
}
SAID = [
    *(
        "延長して",
        "全部延長して",
        "予約一覧",
        "貸出一覧",
        "予約を取り消したい",
        "こころを予約",
        "三四郎を予約、連絡は不要",
    ),
    *(
        "こころをカートに入れて",
        "カートを見せて",
        "カートを空にして",
        "カートの本を予約、連絡は不要",
        "もう要りません",
    ),
    *(
        "カードを連携",
        "連携を解除したい",
        "カードを切り替える",
        "次郎のカードに切り替えて",
        "娘の本を延長して",
    ),
    *("はい", "いいえ", "いいです", "やめる", "続ける", "もっと見る", "1番", "全部", "最後の", "99"),
    *(
        "開館時間は？",
        "電子書籍",
        "パスワードを忘れた",
        "職員と話したい",
        "こんにちは",
        "何ができる？",
        "延長は何回まで？",
    ),
]
ASKING = [
    "全部延長して",
    "予約全部キャンセルして",
    "こころを予約、連絡は不要、中央で",
    "連携を解除したい",
    "受取場所を東部に変えて",
]
"""What leads straight to a confirmation."""
QUIET = [EventKind.STICKER, EventKind.IMAGE, EventKind.LOCATION, EventKind.UNKNOWN_MESSAGE, EventKind.FOLLOW]
SECRET = ["こころ", "火花", "三四郎", "モモ", "ノルウェイ", "花子"]
"""Titles and names of the record: none may stand on a locked screen."""

steps = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(SAID)),
    st.tuples(st.just("say"), st.sampled_from(ASKING)),
    st.tuples(st.just("say"), st.sampled_from(ASKING)),
    st.tuples(st.just("say"), st.just("はい")),
    st.tuples(st.just("say"), st.text(max_size=20)),
    st.tuples(st.just("tap"), st.integers(0, 1)),
    st.tuples(st.just("tap"), st.integers(0, 40)),
    st.tuples(st.just("tap long ago"), st.integers(0, 400)),
    st.tuples(st.just("tap of another"), st.integers(0, 40)),
    st.tuples(st.just("late yes"), st.integers(1, 40)),
    st.tuples(st.just("send"), st.sampled_from(QUIET)),
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("fail"), st.booleans()),
    st.tuples(st.just("link elsewhere"), st.just(0)),
)

YES = st.sampled_from([("say", "はい"), ("tap", 0)])
asked_and_answered = st.builds(
    lambda asking, between, yes: [("say", asking), *between, yes],
    st.sampled_from(ASKING),
    st.lists(steps, max_size=2),
    YES,
)
walks = st.lists(st.one_of(steps.map(lambda step: [step]), asked_and_answered), min_size=2, max_size=10)


@pytest.mark.timeout(600)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=walks, library=st.sampled_from(["mito", "kyoto"]))
def test_any_walk(databases: Databases, walk: list[list[tuple[str, object]]], library: str) -> None:
    player = Player({"record": RECORD}, library, databases)
    player.rim.link(WHO, "jiro")
    player.clock.advance(timedelta(seconds=1))
    player.rim.link(WHO, "hanako")
    seen: list[str] = ["unknown"]
    for step in chain.from_iterable(walk):
        player.clock.advance(timedelta(seconds=3))
        _take(player, seen, *step)


def _take(player: Player, seen: list[str], what: str, value: object) -> None:
    """One step of the walk, and what must hold after it."""
    number = value if isinstance(value, int) else 0
    now, before, state = player.clock.now(), player.record(), player.rim.state()
    buttons = [button_id for _, button_id in player.all_buttons()] or seen
    match what:
        case "wait":
            player.clock.advance(timedelta(minutes=number))
            return
        case "fail":
            player.rim.library_fails = LibraryUnavailable() if value else None
            return
        case "say":
            player.say(str(value))
        case "tap":
            player.tap(buttons[number % len(buttons)])
        case "tap long ago":
            player.tap(seen[number % len(seen)])
        case "tap of another":
            player.tap(buttons[number % len(buttons)], "U2")
        case "late yes":
            player.turn(Event(EventKind.TEXT, now - timedelta(minutes=number), WHO, text="はい"))
        case "send":
            player.turn(Event(EventKind(value), now, WHO))
        case _:
            tidings = {"card_number": "hanako", "link_id": "x"}
            player.turn(Event(EventKind.CARD_LINKED_ELSEWHERE, now, WHO, **tidings))  # type: ignore[arg-type]
    seen.extend(button_id for _, button_id in player.all_buttons())
    changing = [effect for effect in player.rim.effects if not isinstance(effect, UNCONFIRMED)]
    may_change = what in {"say", "tap", "tap long ago"} and state.step == "confirm" and state.question_id
    event("a change" if changing else "no change")
    assert not changing or may_change
    assert player.record() == before or changing
    assert problems_of(player.messages, SECRET) == []
