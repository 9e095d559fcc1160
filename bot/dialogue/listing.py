"""Lists: which page is shown, what 「2番」 and 「最後の」 point to, and what is remembered of it.

A list is remembered by the ids that it showed, so that a number means what stood there, not what has come to
stand there since.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from bot.dialogue.steps import Data
from bot.intents.lexicon import Lexicon, load_lexicon
from bot.intents.normalize import Spellings, normalize
from bot.intents.numbers import NumberFinder
from bot.library import Title
from bot.messages.limits import CAROUSEL_BUBBLES, IN_SENTENCE, clean, cut
from bot.messages.replies import Json

PAGE: Final = CAROUSEL_BUBBLES
"""Entries of a list on one page."""

Item = TypeVar("Item")


def page_of(items: Sequence[Item], offset: int) -> Sequence[Item]:
    """The entries shown from `offset` on."""
    return items[offset : offset + PAGE]


def offset_of(slots: Mapping[str, Any]) -> int:
    """Where a page begins; 0 unless a button of an earlier page says otherwise."""
    offset = slots.get("offset", 0)
    return offset if isinstance(offset, int) and offset > 0 else 0


def remember(kind: str, ids: Sequence[str], *, next_offset: int = 0, **slots: Json) -> Data:
    """What is kept of a list: its kind, all its ids in order, and how its next page is asked for.

    `next_offset` is 0 where there is none; `slots` are the wish that made the list.
    """
    return {"kind": kind, "ids": list(ids), "next": next_offset, "slots": dict(slots)}


def shown_ids(shown: Data, *kinds: str) -> list[str]:
    """The ids of the list shown last, if it is of one of these kinds.

    `titles.new` is of the kind `titles`: the same things, listed by another answer.
    """
    kind, _, _ = str(shown.get("kind", "")).partition(".")
    ids = shown.get("ids") if kind in kinds else None
    return [str(item) for item in ids] if isinstance(ids, list) else []


def picked(ids: Sequence[str], ordinals: Sequence[int]) -> list[str] | None:
    """The ids at these places (from 1; -1 is the last), each once; None where a place is not on the list."""
    found: list[str] = []
    for ordinal in ordinals:
        at = ordinal - 1 if ordinal > 0 else len(ids) + ordinal
        if ordinal == 0 or not 0 <= at < len(ids):
            return None
        if ids[at] not in found:
            found.append(ids[at])
    return found


def ordinals_in(text: str) -> list[int]:
    """The places that words point to (2番を予約: 2), for wishes whose reading carries none."""
    lexicon = _lexicon()
    said = normalize(text, Spellings(lexicon.spellings)).canon
    found = NumberFinder(lexicon.tables["numbers"]).find(said, lambda _: True)
    return [ordinal for place in found for ordinal in place.ordinals]


def name_of(title: Title, longest: int = IN_SENTENCE) -> str:
    """A work as it is named in a sentence, with its volume or issue, cut where it is very long."""
    parts = [clean(title.title)]
    parts += [part for part in (title.volume, title.issue) if part and part not in title.title]
    return cut(" ".join(parts), longest)


@cache
def _lexicon() -> Lexicon:
    return load_lexicon()
