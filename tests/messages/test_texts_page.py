"""The page of all texts says what the texts say."""

import subprocess
import sys
from pathlib import Path

from bot.messages.wording import easy_texts, texts

ROOT = Path(__file__).parents[2]


def test_texts_page_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "scripts/texts_page.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    page = (ROOT / "docs" / "texts.md").read_text(encoding="utf-8")
    assert page == made.stdout, "run: .venv/bin/python scripts/texts_page.py > docs/texts.md"


def test_every_text_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "texts.md").read_text(encoding="utf-8")
    said = [text for variants in (*texts().values(), *easy_texts().values()) for text in variants]
    missing = [text for text in said if "{" not in text and text.replace("\n", "<br>") not in page]
    assert missing == []
