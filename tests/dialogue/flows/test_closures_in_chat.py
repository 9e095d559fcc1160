"""A sudden closure in the middle of a chat: the next turn goes by it, and nothing is done that was not shown."""

from datetime import date
from typing import Any

import pytest

from bot.ils.embedded.desk import Desk
from bot.storage.calendar import SpecialEntry
from bot.storage.engine import reading, writing
from bot.storage.tables.library import LoanRow
from tests.dialogue.flows.player import Databases, Player

LOAN = {"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro", "due_on": date(2026, 11, 30)}
TALK: dict[str, Any] = {"record": {"loans": [LOAN]}}
RENEWED = date(2026, 12, 8)
"""What a renewal on 24 November gives while the library is open."""


def close(player: Player, first: date, last: date) -> None:
    with writing(player.database) as session:
        desk = Desk(session, player.rim.policy, player.clock)
        desk.opening.enter(SpecialEntry("", first, last, reason="台風のため"), by="desk")


def due_on(player: Player) -> date:
    with reading(player.database) as session:
        return session.get_one(LoanRow, "l1").due_on


@pytest.mark.parametrize("library", ["mito", "kyoto"])
def test_a_renewal_into_a_closure_is_shown_and_done_until_the_next_open_day(
    databases: Databases, library: str
) -> None:
    player = Player(TALK, library, databases)
    close(player, RENEWED, date(2026, 12, 9))
    assert player.say("延長して") == ["renew.confirm"]
    assert "12月10日（木）まで延長します" in player.heard_text()
    assert player.say("はい") == ["renew.done"]
    assert due_on(player) == date(2026, 12, 10)


def test_a_closure_between_question_and_answer_is_shown_before_anything_is_done(databases: Databases) -> None:
    player = Player(TALK, "mito", databases)
    player.say("延長して")
    assert "12月8日（火）まで延長します" in player.heard_text()
    close(player, RENEWED, RENEWED)
    player.say("はい")
    assert due_on(player) == date(2026, 11, 30)
    assert "12月9日（水）まで延長します" in player.heard_text()
    assert player.say("はい") == ["renew.done"]
    assert due_on(player) == date(2026, 12, 9)


def test_a_due_date_that_a_closure_moved_stands_in_the_list_of_loans(databases: Databases) -> None:
    player = Player(TALK, "mito", databases)
    close(player, date(2026, 11, 30), date(2026, 12, 1))
    player.say("貸出一覧")
    assert "12月2日（水）" in player.heard_text()
