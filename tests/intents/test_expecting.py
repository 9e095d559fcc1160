"""In a conversation the same words mean what the question asks for; what is no answer still gets through."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.intents import Expected, Parser
from training.messages import TODAY

CASES = yaml.safe_load((Path(__file__).parents[1] / "data" / "expecting.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{'+'.join(case['expects'])}: {case['say']}")
def test_words_mean_what_the_question_asks_for(case: dict[str, Any], parser: Parser) -> None:
    expects = frozenset(map(Expected, case["expects"]))
    reading = parser.parse(case["say"], today=TODAY, expects=expects)
    assert (reading.intent, dict(reading.slots)) == (case["intent"], case.get("slots", {}))
    assert any(name.endswith(".expected") for name in reading.matched[:1]) is case.get("answers", False)
