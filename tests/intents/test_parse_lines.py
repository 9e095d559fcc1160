"""What `madoguchi parse` reads and writes, line by line."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from bot.intents import Parser
from bot.intents.command import explain_lines, parse_lines, unescape

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (r"延長して\nお願い", "延長して\nお願い"),
        (r"\\n", r"\n"),
        (r"\\\n", "\\\n"),
        (r"C:\temp", r"C:\temp"),
        ("こころ\r\n", "こころ"),
        ("", ""),
    ],
)
def test_line_stands_for_the_message_it_was_made_of(line: str, message: str) -> None:
    assert unescape(line) == message


def test_every_line_gets_its_answer_in_order(parser: Parser) -> None:
    lines = ["延長して", "", "『こころ』を予約", "12/3は開いてる？"]
    answers = [json.loads(line) for line in parse_lines(parser, lines, TODAY)]
    assert [answer["intent"] for answer in answers] == ["renew", "out_of_scope", "reserve", "opening_hours"]
    assert [answer["slots"] for answer in answers] == [{}, {}, {"title": "こころ"}, {"date": "2026-12-03"}]
    assert all(set(answer) == {"intent", "slots", "confidence"} for answer in answers)
    assert all(0.0 <= answer["confidence"] <= 1.0 for answer in answers)


def test_answer_is_one_line_of_readable_japanese(parser: Parser) -> None:
    (line,) = parse_lines(parser, [r"『罪と\n罰』を予約して"], TODAY)
    assert "\n" not in line
    assert "罪と" in line


def test_answers_come_while_lines_still_come(parser: Parser) -> None:
    given: list[str] = []

    def lines() -> Iterator[str]:
        for line in ("延長", "予約"):
            given.append(line)
            yield line

    answers = parse_lines(parser, lines(), TODAY)
    assert json.loads(next(answers))["intent"] == "renew"
    assert given == ["延長"]


def test_explanation_says_what_matched(parser: Parser) -> None:
    (line,) = explain_lines(parser, ["こころを延長して"], TODAY)
    answer = json.loads(line)
    assert answer["matched"][0].startswith("renew.")
    assert "延長" in answer["matched"]
    assert "runner_up" in answer
    assert list(answer["patterns"]) == ["renew"]
    assert answer["classifier"]["renew"] > 0.5
    assert max(answer["weighed"], key=answer["weighed"].get) == "renew"


def test_message_without_a_word_is_explained_too(parser: Parser) -> None:
    (line,) = explain_lines(parser, ["…"], TODAY)
    assert json.loads(line)["weighed"] == {}
