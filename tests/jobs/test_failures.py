"""What may be said of an exception: its kind and its place in our own code, never its text."""

import json

import pytest

from bot.jobs import failures
from bot.messages.wording import Wording, WordingError
from bot.policies import load_policy


def test_place_is_in_our_own_code() -> None:
    with pytest.raises(WordingError) as caught:
        Wording(load_policy("mito")).text("no.such.text")
    assert failures.kind(caught.value) == "WordingError"
    assert failures.place(caught.value).startswith("wording.py:")


def test_place_elsewhere_is_named_where_none_is_ours_and_never_the_text() -> None:
    with pytest.raises(ValueError, match="Expecting value") as caught:
        json.loads("水戸 花子")
    assert failures.kind(caught.value) == "JSONDecodeError"
    assert failures.place(caught.value).startswith("decoder.py:")
