"""Logs: JSON on one line, and nothing personal in them, whoever writes."""

import io
import json
import logging
from typing import Any

import pytest
import structlog

from bot import logs
from bot.messages.wording import Wording, WordingError
from bot.policies import load_policy


@pytest.fixture
def stream() -> io.StringIO:
    written = io.StringIO()
    logs.set_up(written)
    return written


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_ours_is_one_json_object(stream: io.StringIO) -> None:
    structlog.get_logger("bot.jobs").info("turn", seconds=0.1)
    [line] = lines(stream)
    assert (line["event"], line["seconds"], line["level"]) == ("turn", 0.1, "info")
    assert line["timestamp"].endswith("Z")


def test_a_line_that_cannot_be_written_breaks_nothing() -> None:
    closed = io.StringIO()
    logs.set_up(closed)
    closed.close()
    structlog.get_logger("bot.jobs").info("turn", seconds=0.1)


def test_a_line_by_the_standard_library_is_kept_as_it_is_if_it_is_ours(stream: io.StringIO) -> None:
    logging.getLogger("webhooks.link").info("sign-in: %s", "Waiting")
    assert lines(stream)[0]["event"] == "sign-in: Waiting"


def test_of_others_lines_only_the_unfilled_text_is_kept(stream: io.StringIO) -> None:
    logging.getLogger("urllib3.connectionpool").warning("Retrying after %r: %s", "reset", "/v2/bot/user/U123")
    logging.getLogger("gunicorn.error").error("Error handling /link?linkToken=abc")
    logging.getLogger("gunicorn.error").info("not worth a line")
    assert [line["event"] for line in lines(stream)] == ["Retrying after %r: %s", "(a line that is not kept)"]
    assert "U123" not in stream.getvalue()
    assert "abc" not in stream.getvalue()


def test_an_exception_is_told_by_kind_and_place(stream: io.StringIO) -> None:
    for log in (
        structlog.get_logger("bot.x"),
        logging.getLogger("bot.y"),
        logging.getLogger("gunicorn.error"),
    ):
        try:
            raise ValueError("『こころ』")
        except ValueError:
            log.exception("it broke")
    assert len(lines(stream)) == 3
    for line in lines(stream):
        assert line["error"] == "ValueError"
        assert "test_logs.py" in line["where"][-1]
    assert "こころ" not in stream.getvalue()


def test_what_broke_names_our_own_code_on_the_way_and_where_it_was_raised() -> None:
    with pytest.raises(WordingError) as ours:
        Wording(load_policy("mito")).text("no.such.text")
    told = logs.what_broke(ours.value)
    assert told["error"] == "WordingError"
    assert told["where"][-1].startswith("bot/messages/wording.py:")
    with pytest.raises(ValueError, match="Expecting value") as elsewhere:
        json.loads("水戸 花子")
    told = logs.what_broke(elsewhere.value)
    assert (told["error"], len(told["where"])) == ("JSONDecodeError", 1)
    assert told["where"][0].startswith("decoder.py:")
