"""The conversations once more in the other order: words where buttons were tapped, buttons where words were said.

What is answered and what stands on record must be the same. Which conversations have no other order stands in
`_one_way.yaml`, each with its reason; one that could be played otherwise must leave that list.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from yaml_files import read_yaml

from tests.dialogue.flows.other_order import other_way
from tests.dialogue.flows.player import DATA, Conversation, Databases, Player

ONE_WAY: dict[str, str] = read_yaml(DATA / "_one_way.yaml") or {}


def _conversations() -> Iterator[Any]:
    for file in sorted(DATA.glob("[!_]*.yaml")):
        for talk in read_yaml(file):
            if len(talk["talk"]) > 1:
                yield pytest.param(f"{file.stem}: {talk['it']}", talk, id=f"{file.stem}: {talk['it']}")


@pytest.mark.parametrize(("name", "talk"), list(_conversations()))
def test_the_other_order_comes_to_the_same(name: str, talk: Conversation, databases: Databases) -> None:
    if name in ONE_WAY:
        with pytest.raises(AssertionError):
            _play(talk, databases)
    else:
        _play(talk, databases)


def _play(talk: Conversation, databases: Databases) -> None:
    player = Player(talk, talk.get("libraries", ["mito"])[-1], databases)
    for at, step in enumerate(talk["talk"], start=1):
        otherwise = other_way(player, step) if at > 1 else None
        try:
            player.play(otherwise or step)
        except AssertionError as error:
            raise AssertionError(f"step {at} {otherwise or step}: {error}\n{player.heard_text()}") from None


def test_what_has_no_other_order_is_a_conversation() -> None:
    assert sorted(set(ONE_WAY) - {param.values[0] for param in _conversations()}) == []
