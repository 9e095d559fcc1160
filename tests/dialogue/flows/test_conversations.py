"""Conversations as data: what is said or tapped, and what comes back, by key and values, with the record behind it."""

from collections.abc import Iterator
from typing import Any

import pytest
from yaml_files import read_yaml

from bot.library import CancellationReason, ChangeReason, PickupReason, RenewalReason, ReservationReason
from tests.dialogue.flows.player import DATA, WHO, Conversation, Databases, Player

_REASONS = (RenewalReason, ReservationReason, CancellationReason, ChangeReason, PickupReason)


def _conversations() -> Iterator[Any]:
    for file in sorted(DATA.glob("[!_]*.yaml")):
        for talk in read_yaml(file):
            libraries = talk.get("libraries", ["mito"])
            for library in libraries:
                # How a button is typed is the same in every library: once is enough.
                usual = ["buttons", "plain"] if library == libraries[0] else ["buttons"]
                for layout in talk.get("layouts", usual):
                    name = f"{file.stem}: {talk['it']} ({library}, {layout})"
                    yield pytest.param(talk, library, layout, id=name)


@pytest.mark.parametrize(("talk", "library", "layout"), list(_conversations()))
def test_conversation(talk: Conversation, library: str, layout: str, databases: Databases) -> None:
    """Each is played with buttons, and in plain text messages with numbers typed where a button is tapped."""
    player = Player(talk, library, databases, layout)
    for at, step in enumerate(talk["talk"], start=1):
        try:
            player.play(step)
        except AssertionError as error:
            raise AssertionError(f"step {at} {step}: {error}\n{player.heard_text()}") from None


@pytest.mark.parametrize(("talk", "library", "layout"), list(_conversations())[::5])
def test_conversation_with_readings_can_be_sent(
    talk: Conversation, library: str, layout: str, databases: Databases
) -> None:
    """A sample of them in easy words with readings, in either layout: only that LINE takes it is looked at."""
    player = Player(talk, library, databases, layout)
    player.rim.set(WHO, "reading", "kana")
    for step in talk["talk"]:
        if "tapped" not in step and "kept" not in step:
            # Labels bear readings, too: no button is looked for by its usual words.
            player.play({key: value for key, value in step.items() if key != "keep"}, look=False)
    assert player.messages


def test_every_reason_and_every_saying_is_met() -> None:
    """The tables of conversations leave no reason code and no saying of the guide without a case."""
    met = {code for talk in _conversations() for step in talk.values[0]["talk"] for code in _codes(step)}
    sayings = {
        "shelf_race",
        "series_order",
        "may_decline",
        "mail_sender",
        "mail_confirm",
        "mail_costs",
        "mail_address",
    }
    wanted = {reason.value for kind in _REASONS for reason in kind}
    assert met >= wanted | sayings | {"no_contact", "renewal_is_final"}


def _codes(step: dict[str, Any]) -> list[str]:
    values = step.get("with", {})
    return [code for name in ("reasons", "sayings") for code in str(values.get(name, "")).split(",")]
