"""What a question that waits expects, and how much that says about the words that follow it.

Words that hold what was asked for (a branch after "where", a title after "which") are an answer rather than
anything else; words that ask something themselves are not. An abort, a question or another wish that is
clearly said outweighs this: it is one more vote (see `weigh`).
"""

from collections.abc import Iterable, Mapping, Set
from enum import StrEnum
from typing import Final

from bot.intents.model import Intent, Reading


class Expected(StrEnum):
    """What a question can be answered with."""

    YES_NO = "yes_no"
    NUMBER = "number"
    """Of an entry in a list."""
    TITLE = "title"
    BRANCH = "branch"
    CONTACT = "contact"


_ANSWERS: Final[Mapping[Expected, tuple[Intent, frozenset[str]]]] = {
    Expected.NUMBER: (Intent.CHOOSE, frozenset({"@numbers", "everything"})),
    Expected.TITLE: (Intent.SEARCH_CATALOG, frozenset({"@quote", "@noun", "@work", "@author", "@isbn"})),
    Expected.BRANCH: (Intent.BRANCH_INFO, frozenset({"@branch"})),
    Expected.CONTACT: (
        Intent.NOTIFICATION_SETTINGS,
        frozenset({"contact_mail", "contact_line", "contact_phone", "contact_none"}),
    ),
}
"""How an answer is read, and the groups of which it holds one."""
_ASKS: Final = frozenset({"where", "how", "how_suffix", "until_when", "how_many", "limit", "rule", "show"})
_WISHES: Final = frozenset({"renewal", "lengthen", "reserving", "cancelling", "stopping"})
_ANSWER: Final = 5.0
"""What it is worth that the words hold what was asked for, as a logarithm."""
_BARE: Final = 2.5
"""What it is worth for a mere name, which nobody says for nothing while a question waits."""
_YES_NO: Final = 1.5


def leaning(expects: Set[Expected], groups: Iterable[str], said: Reading) -> dict[Intent, float]:
    """What the question that waits adds for each intent; `said` is what the patterns read without it."""
    found = frozenset(groups)
    lean: dict[Intent, float] = {}
    if not expects:
        return lean
    if Expected.YES_NO in expects and said.intent in {Intent.AFFIRM, Intent.DENY}:
        lean[said.intent] = _YES_NO
    if _ASKS.isdisjoint(found) and _WISHES.isdisjoint(found):
        for expected in expects - {Expected.YES_NO}:
            intent, words = _ANSWERS[expected]
            if not words.isdisjoint(found):
                lean |= {intent: _ANSWER, Intent.AFFIRM: -_ANSWER}  # はい、西部で is no mere yes.
    if said.matched and said.matched[0].endswith((".bare", ".branch_alone")):
        lean[said.intent] = max(_BARE, lean.get(said.intent, 0.0))
    return lean


def is_answer(intent: Intent, lean: Mapping[Intent, float]) -> bool:
    """Whether a message that is read as this intent holds what was asked for."""
    return lean.get(intent, 0.0) >= _ANSWER
