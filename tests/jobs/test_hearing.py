"""Whether words were understood is counted; what was not is kept with gaps, and only if the library wants it."""

from collections.abc import Set
from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from way import Way, the_parser

from bot.dialogue.engine import Engine
from bot.intents import Expected, Intent, Reading
from bot.jobs.retention import Retention
from bot.jobs.turns import TurnRunner
from bot.storage.insight import NotUnderstood
from bot.storage.tables.insight import NotUnderstoodRow
from bot.storage.tables.messages import InboxRow

MISSED = "三体の延長の返却ほげほげ 1001"
LEFT = "＿の延長の返却＿"


class HardOfHearing:
    """The parser, which takes whatever has ほげ in it for a renewal, and is not sure."""

    def parse(self, text: str, *, today: date, expects: Set[Expected] = frozenset()) -> Reading:
        if "ほげ" in text:
            return Reading(Intent.RENEW, {"title": "三体"}, 0.2, None, ())
        return the_parser().parse(text, today=today, expects=expects)


def listening(way: Way, **values: Any) -> Way:
    """The same counter with another `[insight]`."""
    insight = way.policy.insight.model_copy(update=values)
    way.policy = way.policy.model_copy(update={"insight": insight})
    ids = count()
    dialogue = Engine(HardOfHearing(), lambda: f"id-{next(ids)}")
    way.runner = TurnRunner(way.engine, dialogue, way.policy, way.clock, way.open_library)
    return way


def kept(way: Way) -> list[tuple[str, str, int]]:
    """What was not understood, as it is kept."""
    rows = way.one(lambda session: session.scalars(select(NotUnderstoodRow)).all())
    return sorted((row.masked, row.guess, row.times) for row in rows)


def understood(way: Way) -> list[bool | None]:
    """Of each event whether its words were."""
    return list(
        way.one(lambda session: session.scalars(select(InboxRow.understood).order_by(InboxRow.id)).all())
    )


def test_by_default_nothing_that_was_said_is_kept(way: Way) -> None:
    assert not way.policy.insight.not_understood
    listening(way).says("U1", MISSED)
    assert kept(way) == []
    assert understood(way) == [False]


def test_what_was_not_understood_is_kept_with_gaps_and_counted(way: Way) -> None:
    listening(way, not_understood=True)
    way.says("U1", MISSED)
    way.says("U2", MISSED)
    way.says("U1", "開館時間は？")
    assert kept(way) == [(LEFT, "renew", 2)]
    assert understood(way) == [False, False, True]


def test_what_was_missed_within_a_question_is_kept_too(way: Way) -> None:
    listening(way, not_understood=True).link("U1")
    way.says("U1", "延長して")
    way.says("U1", MISSED)
    assert kept(way) == [(LEFT, "renew", 1)]


def test_words_without_any_of_the_counter_are_not_kept(way: Way) -> None:
    listening(way, not_understood=True).says("U1", "水戸花子ほげほげ")
    assert kept(way) == []
    assert understood(way) == [False]


def test_what_is_written_once_is_not_shown(way: Way) -> None:
    listening(way, not_understood=True).says("U1", MISSED)
    assert way.one(lambda session: NotUnderstood(session, way.clock).shown()) == ()
    way.later(days=1)
    way.says("U2", MISSED)
    (shown,) = way.one(lambda session: NotUnderstood(session, way.clock).shown())
    assert (shown.masked, shown.guess, shown.times, shown.last_on) == (LEFT, "renew", 2, way.clock.today())


@pytest.mark.parametrize(("later", "left"), [(30, 1), (31, 0)])
def test_it_is_forgotten_after_its_days(way: Way, later: int, left: int) -> None:
    listening(way, not_understood=True, days=30).says("U1", MISSED)
    way.later(days=later)
    Retention(way.engine, way.policy, way.clock).run()
    assert len(kept(way)) == left


def test_turned_off_all_of_it_goes_with_the_next_night(way: Way) -> None:
    listening(way, not_understood=True).says("U1", MISSED)
    listening(way, not_understood=False)
    Retention(way.engine, way.policy, way.clock).run()
    assert kept(way) == []
