"""The messages that are known to be misread: a list that must shrink."""

from pathlib import Path

import yaml

_FILE = Path(__file__).parents[1] / "data" / "intents" / "_known_misses.yaml"


def read_known_misses() -> set[str]:
    return set(yaml.safe_load(_FILE.read_text(encoding="utf-8")) or [])
