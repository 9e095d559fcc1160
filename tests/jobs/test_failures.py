"""What may be said of an exception: its kind and its place in our own code, never its text."""

import json

from bot.jobs import failures
from bot.messages.wording import Wording, WordingError
from bot.policies import load_policy


def test_place_is_in_our_own_code_even_if_somebody_elses_raised_it() -> None:
    try:
        Wording(load_policy("mito")).text("no.such.text")
    except WordingError as error:
        assert failures.kind(error) == "WordingError"
        assert failures.place(error).startswith("wording.py:")


def test_place_elsewhere_is_named_where_none_is_ours() -> None:
    try:
        json.loads("水戸 花子")
    except ValueError as error:
        assert failures.kind(error) == "JSONDecodeError"
        assert "花子" not in failures.place(error)
        assert failures.place(error).startswith("decoder.py:")
