"""Tables of cases and conversations, read by libyaml: ten times as fast, and every process of a test run reads them."""

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Path) -> Any:
    """What stands in it."""
    return yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506  # One of the safe loaders.
