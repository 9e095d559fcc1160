"""Turns: a message in, messages and record out, once, in order, and whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from line_stand_in import LineStandIn
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from way import CARD, Way, again, tap, text

from bot.dialogue.effects import Broken, RenewLoan, Result, UnlinkCard
from bot.dialogue.events import Event
from bot.dialogue.state import State
from bot.dialogue.turn import Decided, Finished
from bot.dialogue.view import View
from bot.ils.embedded.library import EmbeddedLibrary
from bot.jobs.backoff import TURN_TRIES
from bot.jobs.turns import TurnRunner
from bot.library import Library, LibraryTimedOut, LibraryUnavailable, RenewalOutcome
from bot.storage.engine import writing
from bot.storage.inbox import Inbox
from bot.storage.leases import LEASE, Leases
from bot.storage.tables.library import LoanHistoryRow, ReservationRow
from bot.storage.tables.messages import ButtonRow, ConversationRow, OutboxRow


def test_renewing_by_words_moves_the_due_date(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    assert way.due_on() == date(2026, 12, 4)
    way.says("U1", "はい")
    assert way.due_on() == date(2026, 12, 15)
    assert "12月15日" in line.texts()[-1]


def test_answer_goes_by_the_token_of_its_event(way: Way, line: LineStandIn) -> None:
    first, second = way.says("U1", "こんにちは"), way.says("U2", "ありがとう")
    assert [token for token, _ in line.replies] == [first["replyToken"], second["replyToken"]]
    assert line.pushes == []


def test_renewing_by_a_tapped_button_works_once(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    yes = line.buttons()[0]
    way.store(tap("U1", yes, way.now()), tap("U1", yes, way.now()))
    way.work()
    assert way.renewals() == 1
    assert way.one(lambda session: session.get_one(ButtonRow, yes)).used_at == way.now()
    assert len(line.replies) == 3


def test_somebody_elses_button_changes_nothing(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    way.link("U2", "1002")
    way.says("U1", "延長して")
    way.store(tap("U2", line.buttons()[0], way.now()))
    way.work()
    assert way.renewals() == 0
    assert len(line.replies) == 2


def test_reserving_and_cancelling_reach_the_record(way: Way) -> None:
    way.link("U1")
    way.says("U1", "「坊っちゃん」を東部で予約、連絡はいらない")
    way.says("U1", "はい")
    reservation = way.one(lambda session: session.scalar(select(ReservationRow)))
    assert (reservation.card_number, reservation.title_id, reservation.pickup_branch) == (CARD, "T2", "tobu")
    way.says("U1", "予約を取り消して")
    way.says("U1", "はい")
    assert way.one(lambda session: session.scalar(select(ReservationRow.state))) == "cancelled"


def test_what_was_written_and_answered_does_not_stay(way: Way) -> None:
    way.link("U1")
    way.says("U1", "「坊っちゃん」を探して")
    assert [(row.payload, row.chat_id, row.state) for row in way.inbox()] == [(None, "", "handled")]
    assert [(row.messages, row.reply_token, row.state) for row in way.outbox()] == [(None, "", "sent")]


def test_events_are_handled_in_the_order_in_which_they_happened(way: Way) -> None:
    now = way.now()
    later, earlier = text("U1", "ありがとう", now), text("U1", "こんにちは", now - timedelta(seconds=2))
    way.store(later, earlier)
    way.work()
    assert way.dialogue.heard == ["こんにちは", "ありがとう"]


def test_event_delivered_twice_is_handled_once(way: Way, line: LineStandIn) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    yes = text("U1", "はい", way.now())
    assert way.store(yes, yes) == ("U1",)
    way.work()
    assert way.store(again(yes)) == ()
    way.work()
    assert way.renewals() == 1
    assert len(line.replies) == 2


def test_event_without_an_id_is_told_from_itself_by_its_content(way: Way) -> None:
    raw = {
        key: value for key, value in text("U1", "こんにちは", way.now()).items() if key != "webhookEventId"
    }
    way.store(raw)
    way.store(again(raw))
    way.work()
    assert way.dialogue.heard == ["こんにちは"]


def test_one_webhook_with_several_patrons_is_answered_to_each(way: Way, line: LineStandIn) -> None:
    events = [text(f"U{number}", "こんにちは", way.now()) for number in range(1, 4)]
    assert way.store(*events) == ("U1", "U2", "U3")
    way.work()
    assert sorted(token for token, _ in line.replies) == sorted(event["replyToken"] for event in events)


def test_old_yes_confirms_nothing(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    old = text("U1", "はい", way.now())
    way.store(old)
    way.later(minutes=11)
    way.work()
    assert way.renewals() == 0


def test_lease_is_let_go_after_the_turn(way: Way) -> None:
    way.says("U1", "こんにちは")
    row = way.one(lambda session: session.scalar(select(ConversationRow)))
    assert (row.lease_owner, row.lease_until) == ("", None)


def test_chat_that_another_worker_has_is_left_alone_until_its_lease_ends(way: Way) -> None:
    with writing(way.engine) as session:
        assert Leases(session, way.clock).hold("U1", "another")
    way.store(text("U1", "こんにちは", way.now()))
    way.handle("U1")
    assert way.dialogue.heard == []
    way.later(seconds=LEASE.total_seconds() + 1)
    way.handle("U1")
    assert way.dialogue.heard == ["こんにちは"]


def test_worker_that_lost_its_lease_between_two_turns_writes_nothing_more(way: Way) -> None:
    way.link("U1")
    way.store(text("U1", "延長して", way.now()), text("U1", "はい", way.now() + timedelta(seconds=1)))
    taken: list[bool] = []
    original = way.dialogue.finish

    def slow(event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Finished:
        if event.text == "延長して":
            # The clock jumps: after this turn the lease has run out, and another worker is quicker.
            way.later(seconds=LEASE.total_seconds() + 1)
        return original(event, view, decided, results)

    def another_takes_it(*_args: Any) -> Library:
        if way.dialogue.heard == ["延長して"] and not taken:
            pytest.fail("the second turn began without the lease")
        return way.open_library(*_args)

    way.dialogue.finish = slow  # type: ignore[method-assign]
    runner = TurnRunner(way.engine, way.dialogue, way.policy, way.clock, another_takes_it)
    step = runner._step("U1", "slow")
    assert step.goes_on
    with writing(way.engine) as session:
        assert Leases(session, way.clock).hold("U1", "another")
    assert not runner._step("U1", "slow").goes_on
    assert way.renewals() == 0
    assert [row.state for row in way.inbox()] == ["handled", "waiting"]


def test_what_comes_in_during_a_turn_is_found_before_the_lease_is_let_go(way: Way) -> None:
    original, late = way.dialogue.finish, text("U1", "ありがとう", way.now())

    def finish(event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Finished:
        if event.text == "こんにちは":
            session: Session = view.library._session  # type: ignore[attr-defined]
            Inbox(session, way.clock).store([late])
        return original(event, view, decided, results)

    way.dialogue.finish = finish  # type: ignore[method-assign]
    way.store(text("U1", "こんにちは", way.now()))
    way.runner.run("U1")
    assert way.dialogue.heard == ["こんにちは", "ありがとう"]


def test_turn_that_breaks_leaves_nothing_and_is_tried_again(way: Way, line: LineStandIn) -> None:
    way.says("U1", "壊れて")
    assert way.dialogue.heard == ["壊れて"]
    assert way.outbox() == []
    way.dialogue.breaks_at.clear()
    way.later(seconds=5)
    way.work()
    assert way.dialogue.heard == ["壊れて", "壊れて"]
    assert len(line.replies) == 1


def test_turn_that_always_breaks_is_put_aside_told_and_holds_up_nothing(way: Way, line: LineStandIn) -> None:
    way.store(text("U1", "壊れて", way.now()), text("U1", "こんにちは", way.now() + timedelta(seconds=1)))
    for _ in range(TURN_TRIES):
        way.work()
        way.later(seconds=5)
    assert way.dialogue.heard == ["壊れて"] * TURN_TRIES + ["こんにちは"]
    failed, handled = way.inbox()
    assert (failed.state, failed.reason, failed.attempts) == ("failed", "RuntimeError", TURN_TRIES)
    assert handled.state == "handled"
    assert "うまくお答えできませんでした" in line.texts()[0]
    assert len(line.replies) == 2


def test_broken_turn_of_one_patron_does_not_touch_another(way: Way, line: LineStandIn) -> None:
    way.store(text("U1", "壊れて", way.now()), text("U2", "こんにちは", way.now()))
    way.work()
    assert len(line.replies) == 1


def test_nothing_personal_is_logged_when_a_turn_breaks(way: Way, capfd: pytest.CaptureFixture[str]) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    way.says("U1", "壊れて")
    captured = capfd.readouterr()
    logged = captured.out + captured.err
    assert "turn broke" in logged
    for secret in ("水戸", "花子", CARD, "壊れて", "延長して", "こころ", "U1", "token-"):
        assert secret not in logged


class _Failing(EmbeddedLibrary):
    """Renews, and then fails."""

    error: Exception = LibraryUnavailable("down")

    def renew(self, card_number: str, loan_id: str, *, expected_due_on: date) -> RenewalOutcome:
        """Half done."""
        super().renew(card_number, loan_id, expected_due_on=expected_due_on)
        raise self.error


def _with_failing_library(way: Way, error: Exception) -> None:
    class Failing(_Failing):
        pass

    Failing.error = error
    way.runner = TurnRunner(
        way.engine,
        way.dialogue,
        way.policy,
        way.clock,
        lambda session: Failing(session, way.policy, way.clock),
    )


@pytest.mark.parametrize(
    ("error", "maybe_done"), [(LibraryUnavailable("down"), False), (LibraryTimedOut("late"), True)]
)
def test_effect_that_fails_half_way_is_undone_and_said_to_have_failed(
    way: Way, error: Exception, maybe_done: bool
) -> None:
    _with_failing_library(way, error)
    results: list[Result] = []
    original = way.dialogue.finish

    def finish(event: Event, view: View, decided: Decided, told: Sequence[Result]) -> Finished:
        results.extend(told)
        return original(event, view, decided, told)

    way.dialogue.finish = finish  # type: ignore[method-assign]
    way.link("U1")
    way.says("U1", "延長して")
    way.says("U1", "はい")
    assert way.renewals() == 0
    assert way.one(lambda session: session.scalar(select(func.count()).select_from(LoanHistoryRow))) == 0
    [result] = results
    assert isinstance(result, Broken)
    assert isinstance(result.effect, RenewLoan)
    assert result.maybe_done is maybe_done


def test_effect_that_fails_undoes_no_other_effect(way: Way) -> None:
    way.link("U1")
    _with_failing_library(way, LibraryUnavailable("down"))

    def begin(event: Event, view: View, state: State) -> Decided:
        return Decided((), state, (RenewLoan(CARD, "L1", date(2026, 12, 15)), UnlinkCard(CARD)))

    def finish(event: Event, view: View, decided: Decided, results: Sequence[Result]) -> Finished:
        assert view.cards == ()  # Gathered anew after the effects.
        return Finished((), (), replace(decided.state, flow=""))

    way.dialogue.begin = begin  # type: ignore[method-assign]
    way.dialogue.finish = finish  # type: ignore[method-assign]
    way.says("U1", "延長して")
    assert way.renewals() == 0
    assert [row.state for row in way.inbox()] == ["handled"]


def test_change_is_marked_so_that_its_answer_does_not_get_lost(way: Way) -> None:
    way.link("U1")
    way.says("U1", "延長して")
    way.says("U1", "はい")
    marks = way.one(
        lambda session: session.scalars(select(OutboxRow.reports_change).order_by(OutboxRow.id)).all()
    )
    assert marks == [False, True]
