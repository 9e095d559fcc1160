"""The state survives JSON, and one of another version is forgotten."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.state import VERSION, State

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)
slots = st.dictionaries(st.text(), json_values, max_size=4)
states = st.builds(State, flow=st.text(), step=st.text(), data=slots, misses=st.integers(0, 9), shown=slots)


@given(states)
def test_a_state_survives_json(state: State) -> None:
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_another_version_is_forgotten() -> None:
    kept = {**State(flow="renew").to_json(), "version": VERSION + 1}
    assert State.from_json(kept) == State()


def test_nothing_kept_is_the_empty_state() -> None:
    assert State.from_json(None) == State()


def test_fields_that_are_no_more_are_left_alone() -> None:
    assert State.from_json({**State(flow="renew").to_json(), "gone": 1}) == State(flow="renew")
