"""A random patron: messages, buttons, old and foreign buttons, two LINE accounts of one card, a family's card, the
counter and the clock, in any order. After each step the record obeys the rules, the answer can be sent, nothing was
changed without its confirmation, and the same question gets the same answer.

A few dozen walks are made here; `RANDOM_WALKS=2000 pytest tests/dialogue/test_random_patron.py` makes as many.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.dialogue.events import Event, EventKind
from bot.dialogue.taps import ANSWER
from bot.ils.embedded.desk import Desk, DeskError
from bot.storage.engine import writing
from tests.dialogue.flows.player import WHO, Databases, Player
from tests.dialogue.walk_checks import (
    IN_CHAT,
    UNCONFIRMED,
    check_changes,
    check_discretion,
    check_moves,
    check_record,
    meaning,
)

WALKS = int(os.environ.get("RANDOM_WALKS", "30"))
STEPS = 50 if "RANDOM_WALKS" in os.environ else 20
OTHER = "U2"
"""Another LINE account of the same card."""
RECORD = {
    "loans": [
        {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"},
        {"loan_id": "l2", "card_number": "hanako", "barcode": "b-hibana", "due_on": date(2026, 11, 26)},
        {"loan_id": "l3", "card_number": "jiro", "barcode": "b-sanshiro"},
    ],
    "reservations": [
        {"reservation_id": "r1", "card_number": "hanako", "title_id": "momo"},
        {"reservation_id": "r2", "card_number": "jiro", "title_id": "norwei1"},
    ],
}
SECRETS = ("こころ", "火花", "三四郎", "モモ", "ノルウェイ", "花子", "次郎")
CARDS = ("hanako", "jiro", "taro")
BARCODES = ("b-kokoro", "b-hibana", "b-sanshiro", "b-momo", "b-norwei1", "b-norwei2", "b-kokoro2")

WISHES = [
    *("延長して", "全部延長して", "1番を延長", "こころを延長", "2番キャンセル", "予約全部キャンセルして"),
    *("こころを予約", "モモを予約、連絡は不要", "ノルウェイの森を予約", "三四郎を予約、東部で、連絡はLINE"),
    *(
        "家族ぜんぶの返却日",
        "次郎の本を延長して",
        "次郎のカードに切り替えて",
        "カードを切り替える",
        "連携を解除したい",
    ),
    *("文字だけにして", "ボタンに戻して", "ひらがなで", "もとに戻して", "こんにちは", "何ができる？"),
]
ANSWERS = [
    "はい",
    "はい",
    "はい",
    "お願いします",
    "いいえ",
    "いいです",
    "大丈夫",
    "やめる",
    "続ける",
    "1",
    "2",
    "全部",
    "1と2",
]
QUESTIONS = ["貸出一覧", "予約一覧", "開館時間は？", "延長は何回まで？", "電話番号は？", "家族ぜんぶの返却日"]
"""They change nothing: asked twice they get one answer."""

numbers = st.integers(0, 40)


class RandomPatron(RuleBasedStateMachine):
    """One library, two LINE accounts, one counter."""

    databases: Databases

    @initialize(library=st.sampled_from(["mito", "kyoto"]))
    def begin(self, library: str) -> None:
        self.player = Player({"record": RECORD}, library, self.databases)
        self.player.rim.link(WHO, "jiro")
        self.player.clock.advance(timedelta(seconds=1))
        self.player.rim.link(WHO, "hanako")
        self.player.rim.link(OTHER, "hanako")
        self.policy = self.player.rim.policy
        self.seen: dict[str, list[str]] = {WHO: [], OTHER: []}
        """Ids of all buttons that each of them was sent, the newest last."""

    # What patrons do

    @rule(text=st.sampled_from(WISHES), who=st.sampled_from([WHO, WHO, OTHER]))
    def wish(self, text: str, who: str) -> None:
        self._say(text, who)

    @rule(text=st.sampled_from(ANSWERS), who=st.sampled_from([WHO, WHO, WHO, OTHER]))
    def answer(self, text: str, who: str) -> None:
        self._say(text, who)

    @rule(text=st.text(max_size=12), who=st.sampled_from([WHO, OTHER]))
    def say_anything(self, text: str, who: str) -> None:
        self._say(text, who)

    @rule(minutes=st.integers(1, 40))
    def a_yes_that_was_long_on_its_way(self, minutes: int) -> None:
        at = self.player.clock.now() - timedelta(minutes=minutes)
        self._turn(Event(EventKind.TEXT, at, WHO, text="はい"))

    @precondition(lambda self: self.seen[WHO])
    @rule(back=st.integers(0, 5))
    def tap(self, back: int) -> None:
        """One of the newest buttons."""
        self._tap(self.seen[WHO][-1 - back % len(self.seen[WHO])], WHO)

    @precondition(lambda self: self.seen[WHO])
    @rule(number=numbers)
    def tap_an_old_button(self, number: int) -> None:
        self._tap(self.seen[WHO][number % len(self.seen[WHO])], WHO)

    @precondition(lambda self: self.seen[OTHER])
    @rule(number=numbers)
    def tap_a_foreign_button(self, number: int) -> None:
        before = self.player.record()
        self._tap(self.seen[OTHER][number % len(self.seen[OTHER])], WHO)
        assert self.player.record() == before

    @rule(question=st.sampled_from(QUESTIONS), who=st.sampled_from([WHO, OTHER]))
    def ask_twice(self, question: str, who: str) -> None:
        self._say(question, who)
        first = meaning(self.player.heard)
        self._say(question, who)
        assert meaning(self.player.heard) == first, f"{question} was answered in two ways"

    @rule(card=st.sampled_from(CARDS), who=st.sampled_from([WHO, OTHER]))
    def link(self, card: str, who: str) -> None:
        if card not in self.player.rim.cards(who):
            self.player.rim.link(who, card)

    # What the counter does

    @rule(card=st.sampled_from(CARDS), barcode=st.sampled_from(BARCODES))
    def checkout(self, card: str, barcode: str) -> None:
        self._at_the_desk(lambda desk: desk.lending.checkout(card, barcode))

    @rule(barcode=st.sampled_from(BARCODES))
    def take_back(self, barcode: str) -> None:
        self._at_the_desk(lambda desk: desk.lending.take_back(barcode))

    @rule(
        number=numbers,
        what=st.sampled_from(["set_aside", "ready", "put_back", "decline", "cancel", "expire"]),
    )
    def move_a_reservation(self, number: int, what: str) -> None:
        ids = list(self.player.record()["reservations"])
        if ids:
            more = ("破損",) if what == "decline" else ()
            self._at_the_desk(lambda desk: getattr(desk.reservations, what)(ids[number % len(ids)], *more))

    @rule(number=numbers)
    def pick_up(self, number: int) -> None:
        ids = list(self.player.record()["reservations"])
        if ids:
            self._at_the_desk(lambda desk: desk.lending.pick_up(ids[number % len(ids)]))

    # What time does

    @rule(minutes=st.integers(1, 45))
    def minutes_pass(self, minutes: int) -> None:
        self.player.clock.advance(timedelta(minutes=minutes))

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.player.clock.advance(timedelta(days=days))

    # One step

    def _say(self, text: str, who: str) -> None:
        self._turn(Event(EventKind.TEXT, self.player.clock.now(), who, text=text))

    def _tap(self, button_id: str, who: str) -> None:
        self._turn(Event(EventKind.TAP, self.player.clock.now(), who, button_id=button_id))

    def _turn(self, happened: Event) -> None:
        self.player.clock.advance(timedelta(seconds=2))
        happened = Event(
            happened.kind,
            happened.at + timedelta(seconds=2),
            happened.line_user_id,
            text=happened.text,
            button_id=happened.button_id,
        )
        who, before = happened.line_user_id, self.player.record()
        state, tapped = self.player.rim.state(who), self._button(happened)
        self.player.turn(happened)
        self.seen[who] += [record_id for _, record_id in self.player.all_buttons()]
        confirmed = [effect for effect in self.player.rim.effects if not isinstance(effect, UNCONFIRMED)]
        event("a change" if confirmed else "no change")
        if confirmed:
            assert state.step == "confirm", "something was changed without its question"
            assert state.question_id
            assert tapped is None or (tapped.action == ANSWER and tapped.question_id == state.question_id)
            assert tapped is None or tapped.args.get("yes") is True
            assert happened.at.isoformat() >= state.asked_at, "an answer older than its question"
        after = self.player.record()
        check_changes(before, after, self.player.rim.effects)
        check_moves(before, after, IN_CHAT)
        check_record(after, self.policy)
        check_discretion(self.player.messages, SECRETS)

    def _button(self, happened: Event) -> Any:
        """The button that was tapped, or typed by its number."""
        number = self.player.rim.state(happened.line_user_id).numbers.get(happened.text)
        button_id = happened.button_id or number or ""
        return self.player.rim.button(button_id) if button_id else None

    def _at_the_desk(self, do: Callable[[Desk], object]) -> None:
        before = self.player.record()
        try:
            with writing(self.player.database) as session:
                do(Desk(session, self.policy, self.player.clock))
        except DeskError:
            assert self.player.record() == before
            return
        check_moves(before, self.player.record())
        check_record(self.player.record(), self.policy)


@pytest.mark.timeout(600)
def test_a_random_patron_finds_no_contradiction(databases: Databases) -> None:
    class Patron(RandomPatron):
        pass

    Patron.databases = databases
    run_state_machine_as_test(
        Patron,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
