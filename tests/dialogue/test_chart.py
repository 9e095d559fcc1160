"""The chart of the flows can't go stale, and the tables it is drawn from hold together."""

from pathlib import Path

import pytest

from bot.dialogue.chart import chart
from bot.dialogue.flows import FLOWS, flow_named, intent_of
from bot.dialogue.steps import Flow

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == chart(), "write it anew: python -m bot.dialogue.chart > docs/flows.md"


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_every_step_leads_to_a_step_of_its_flow(flow: Flow) -> None:
    names = [step.name for step in flow.steps]
    assert len(set(names)) == len(names)
    assert all(step.next in {"", *names} for step in flow.steps)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
def test_a_flow_is_found_by_its_name(flow: Flow) -> None:
    assert flow_named(flow.name) is flow
    assert FLOWS[intent_of(flow)] is flow
