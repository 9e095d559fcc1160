"""Readings that are half understood: what was understood is said, and nothing is begun on a guess."""

from collections.abc import Set
from datetime import date

import pytest

from bot.intents import Expected, Intent, Reading
from tests.dialogue.flows.player import Databases, Player
from tests.dialogue.rim import HeardEngine

LOANS = {"loans": [{"loan_id": "l1", "card_number": "hanako", "barcode": "b-kokoro"}]}


class Guesses:
    """A parser that is never sure."""

    def __init__(
        self, intent: Intent, confidence: float, runner_up: Intent | None = None, **slots: str
    ) -> None:
        self._reading = Reading(intent, slots, confidence, runner_up, ())

    def parse(self, text: str, *, today: date, expects: Set[Expected] = frozenset()) -> Reading:
        return self._reading


def _player(databases: Databases, guesses: Guesses) -> Player:
    player = Player({"record": LOANS}, "mito", databases)
    player.rim.engine = HeardEngine(guesses)
    return player


def _labels(player: Player) -> list[str]:
    return [label for label, _ in player.all_buttons()]


def test_half_understood_offers_the_two_likeliest_readings(databases: Databases) -> None:
    player = _player(databases, Guesses(Intent.OPENING_HOURS, 0.45, Intent.BRANCH_INFO))
    assert player.say("ええと") == ["miss.half", "miss.choices"]
    assert _labels(player) == ["開館日と時間", "図書館の場所と電話", "できること"]


def test_the_work_that_was_understood_is_named_on_a_card_and_not_on_a_locked_screen(
    databases: Databases,
) -> None:
    player = _player(databases, Guesses(Intent.SEARCH_CATALOG, 0.4, Intent.RESERVE, title="火花"))
    player.say("ええと")
    assert "『火花』について" in player.heard_text()
    assert all("火花" not in str(m.get("altText", "")) + str(m.get("text", "")) for m in player.messages)


@pytest.mark.parametrize("intent", [Intent.RENEW, Intent.RESERVE, Intent.CANCEL_RESERVATION])
def test_an_unsure_wish_to_change_something_is_asked_back(databases: Databases, intent: Intent) -> None:
    player = _player(databases, Guesses(intent, 0.55, Intent.LIST_LOANS))
    assert player.say("ええと") == ["miss.unsure"]
    assert not player.rim.state().question_id
    assert len(_labels(player)) == 3


def test_a_sure_wish_is_begun(databases: Databases) -> None:
    player = _player(databases, Guesses(Intent.RENEW, 0.86))
    assert player.say("延長して") == ["renew.confirm"]
