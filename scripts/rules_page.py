"""Writes `docs/rules.md`: the rules with their numbers, from the docstrings of `bot/rules` and its table of life.

.venv/bin/python scripts/rules_page.py > docs/rules.md
"""

import re
import sys
from importlib import import_module

from bot.rules.reservation_life import TRANSITIONS

HEAD = """# The rules, numbered

Made from `bot/rules` by `scripts/rules_page.py`; a test sees that it is current. A decision tells **every** reason
that applies, in the order of its table; allowed means no reasons. Rows of `tests/data/rules/` bear the numbers.
The figures (days, limits, seasons) are the library's, in `bot/policies/<library>.toml`; each assumption is marked
there.

A decision is made for the confirmation and made again on the locked record when it is applied. If it came out
otherwise, nothing is done and the patron is asked again with the new outcome.
"""

SUBJECTS = {
    "renewal": "Renewing a loan (延長)",
    "reservation": "Reserving a title (予約・貸出待ち登録)",
    "cancellation": "Cancelling a reservation (予約の取消)",
    "change": "Changing what waits (受取場所・ご連絡の変更)",
    "series": "Volumes and series (上下巻・シリーズ)",
    "pickup": "Picking up and keeping (受け取り・取り置き)",
    "calendar": "Open and closed days (開館・休館)",
    "due_dates": "Dates on closed days (休館日と期限)",
    "notice_timing": "What is told when (お知らせ)",
    "passwords": "A new password (パスワード)",
}

_ROW = re.compile(r"^    ([A-Z]+-\d+) +(\w+) +(.+)$", re.MULTILINE)


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_table(name, title) for name, title in SUBJECTS.items()), _life()])


def _table(module: str, title: str) -> str:
    text = import_module(f"bot.rules.{module}").__doc__ or ""
    rows = [f"| {number} | `{outcome}` | {when} |" for number, outcome, when in _ROW.findall(text)]
    head = [f"## {title}", "", "| number | outcome | when |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows, ""])


def _life() -> str:
    arrows = [
        f"    {before.value} --> {after.value}: {event.value}"
        for (before, event), after in TRANSITIONS.items()
    ]
    head = ["## The life of a reservation", "", "```mermaid", "stateDiagram-v2", "    [*] --> queued: place"]
    return "\n".join([*head, *arrows, "```", ""])


if __name__ == "__main__":
    sys.stdout.write(page())
