"""What a turn asks the database for: everything once, and once more only where something was changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from way import Way, text


@contextmanager
def statements(way: Way) -> Iterator[list[str]]:
    """Every statement that is run meanwhile."""
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(way.engine, "before_cursor_execute", see)
    yield seen
    event.remove(way.engine, "before_cursor_execute", see)


@pytest.mark.parametrize(("said", "times"), [("ヘルプ", 1), ("貸出状況", 1), ("延長して", 1), ("はい", 2)])
def test_what_may_be_seen_is_gathered_anew_only_after_effects(way: Way, said: str, times: int) -> None:
    way.link("U1")
    if said == "はい":
        way.says("U1", "延長して")
    with statements(way) as seen:
        way.says("U1", said)
    own_cards = [text for text in seen if "FROM links" in text and "links.line_user_id = " in text]
    assert len(own_cards) == times
    assert way.renewals() == (said == "はい")


def test_a_question_takes_few_statements_from_the_inbox_to_the_answer_that_was_sent(way: Way) -> None:
    way.link("U1")
    way.says("U1", "ヘルプ")
    way.store(text("U1", "ヘルプ", way.now()))
    with statements(way) as seen:
        way.handle("U1")
        turn = len(seen)
        way.sender.send("U1")
    assert turn <= 14
    assert len(seen) - turn <= 6  # Two transactions; each looks once and writes once.
