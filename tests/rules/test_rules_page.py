"""The page of the rules says what the code says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_rules_page_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "scripts/rules_page.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == made.stdout, "run: .venv/bin/python scripts/rules_page.py > docs/rules.md"
